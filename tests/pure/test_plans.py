"""Plans bring every row once: for any ids, page size, cap, window and order of completion."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client import CoupaShapeError, Page
from coupa_async_client._plans import Ask, Keyset, OffsetWindow

MOST_ASKS = 5_000

ids = st.lists(st.integers(1, 3_000), unique=True, max_size=400).map(sorted)
page_sizes = st.sampled_from([1, 7, 25, 50])


def page(ids):
    return Page([json.dumps({"id": i}).encode() for i in ids])


def by_place(ids, ask, cap=50, hidden=frozenset()):
    """Answer as Coupa does; hidden rows count for the offset, yet are not shown."""
    limit = min(cap, int(ask.params["limit"]))
    if "offset" in ask.params:
        start = int(ask.params["offset"])
        return page(i for i in ids[start : start + limit] if i not in hidden)
    after = int(ask.params.get("id[gt]", 0))
    return page([i for i in ids if i > after][:limit])


def carry_out(plan, answer, data, slots=20):
    """Run a plan with up to `slots` asks in flight, answered in an order that hypothesis picks."""
    flying, pages, asks = [], [], 0
    while not plan.done:
        new = plan.take(slots - len(flying))
        asks += len(new)
        flying += new
        assert flying, "the plan neither asks nor ends"
        assert asks < MOST_ASKS, "the plan does not end"
        ask = flying.pop(data.draw(st.integers(0, len(flying) - 1)))
        pages += plan.feed(ask, answer(ask))
    assert not flying
    assert not plan.take(slots)
    return [i for p in pages for i in p.ids], asks


@given(ids, page_sizes, st.integers(1, 20), st.integers(1, 20), st.data())
def test_offset_brings_every_row_once_in_order(ids, limit, window, slots, data):
    plan = OffsetWindow(limit=limit, window=window)
    came, asks = carry_out(plan, lambda ask: by_place(ids, ask), data, slots)
    assert came == ids
    assert asks <= -(-len(ids) // limit) + window + 2


@given(ids, page_sizes, st.data())
def test_keyset_brings_every_row_once_in_order(ids, limit, data):
    came, asks = carry_out(Keyset(limit=limit), lambda ask: by_place(ids, ask), data)
    assert came == ids
    assert asks == -(-len(ids) // limit) + 1


@given(ids, page_sizes, st.integers(1, 24), st.integers(1, 20), st.data())
def test_an_instance_that_caps_pages_lower_than_asked_loses_no_row(ids, limit, cap, window, data):
    plan = OffsetWindow(limit=limit, window=window)
    came, _ = carry_out(plan, lambda ask: by_place(ids, ask, cap), data)
    alone_on_its_page = cap < len(ids) <= limit  # nothing tells it from a resource of `cap` rows
    assert came == ids[:cap] if alone_on_its_page else came == ids
    came, _ = carry_out(Keyset(limit=limit), lambda ask: by_place(ids, ask, cap), data)
    assert came == ids


@given(ids, st.integers(1, 20), st.data())
def test_rows_that_are_skipped_yet_not_shown_bring_no_row_twice(ids, window, data):
    hidden = (
        frozenset(data.draw(st.lists(st.sampled_from(ids), max_size=30))) if ids else frozenset()
    )
    plan = OffsetWindow(limit=25, window=window)
    came, _ = carry_out(plan, lambda ask: by_place(ids, ask, hidden=hidden), data)
    assert came == sorted(set(came))
    assert not hidden & set(came)


@given(ids, st.integers(0, 500), st.integers(0, 500), st.booleans(), st.data())
def test_a_window_of_offsets_is_covered_exactly(ids, start, length, until_empty, data):
    window = data.draw(st.integers(1, 20))
    end = start + length
    plan = OffsetWindow(limit=50, window=window, start=start, end=end, until_empty=until_empty)
    came, _ = carry_out(plan, lambda ask: by_place(ids, ask), data)
    assert came == ids[start : start + length]


@given(ids, st.integers(1, 500), st.data())
def test_keyset_starts_behind_an_id_and_stops_after_enough(ids, most, data):
    after = ids[len(ids) // 2] if ids else 0
    plan = Keyset(limit=min(50, most), after=after, most=most)
    came, _ = carry_out(plan, lambda ask: by_place(ids, ask), data)
    wanted = [i for i in ids if i > after]
    assert came == wanted[: len(came)]
    assert len(came) >= min(most, len(wanted))
    assert len(came) < most + 50


@pytest.mark.parametrize(("rows", "asks"), [(0, 2), (1, 2), (30, 2), (49, 2), (100, 6)])
def test_a_small_resource_costs_two_requests_sent_together(rows, asks):
    plan = OffsetWindow(limit=50, window=20)
    first = plan.take(20)
    assert [ask.params["offset"] for ask in first] == ["0", "50"]
    sent = len(first)
    flying = list(first)
    while flying:
        ask = flying.pop(0)
        plan.feed(ask, by_place(list(range(1, rows + 1)), ask))
        new = plan.take(20 - len(flying))
        sent += len(new)
        flying += new
    assert plan.done
    assert sent <= asks


def test_pages_held_back_are_bounded_by_the_window():
    plan = OffsetWindow(limit=1, window=5)
    rows = list(range(1, 1_000))
    first, *others = plan.take(50)
    while others:
        ask = others.pop(0)
        assert plan.feed(ask, by_place(rows, ask)) == []
        others += plan.take(50)
    assert [p.ids for p in plan.feed(first, by_place(rows, first))] == [
        (1,),
        (2,),
        (3,),
        (4,),
        (5,),
    ]


def test_a_resource_that_ignores_offset_is_found_out_instead_of_repeating_for_ever():
    plan = OffsetWindow(limit=2, window=3)
    first, second = plan.take(5)
    plan.feed(first, page([1, 2]))
    with pytest.raises(CoupaShapeError, match='does not honour offset; use paging="keyset"'):
        plan.feed(second, page([1, 2]))


def test_rows_without_ids_may_be_alike():
    plan = OffsetWindow(limit=1, window=3)
    first, second = plan.take(5)
    assert plan.feed(first, Page([b'{"status":"approved"}']))
    assert plan.feed(second, Page([b'{"status":"approved"}']))


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ([[3, 2]], "id 2 came after id 3"),
        ([[1, 1]], "id 1 came after id 1"),
        ([[1, 2], [1, 2]], "id 1 came after id 2"),
        ([[5, 6], [4]], "id 4 came after id 6"),
    ],
)
def test_ids_that_do_not_rise_are_an_error_and_never_wrong_rows(pages, words):
    plan = Keyset(limit=50)

    def feed_all():
        for ids in pages:
            (ask,) = plan.take(5)
            plan.feed(ask, page(ids))

    with pytest.raises(CoupaShapeError, match='use paging="offset"') as caught:
        feed_all()
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "row", [b"{}", b'{"id":null}', b'{"id":true}', b'{"id":1.5}', b'{"id":"x"}']
)
def test_keyset_needs_an_id_in_every_row(row):
    plan = Keyset(limit=50)
    (ask,) = plan.take(1)
    assert plan.take(1) == []
    with pytest.raises(CoupaShapeError, match='a row has none; use paging="offset"'):
        plan.feed(ask, Page([b'{"id":1}', row]))


def test_an_id_written_as_text_counts_as_one():
    plan = Keyset(limit=50)
    plan.feed(plan.take(1)[0], Page([b'{"id":"9"}', b'{"id":"10"}']))
    assert plan.take(1) == [
        Ask({"id[gt]": "10", "order_by": "id", "dir": "asc", "limit": "50"}, 50)
    ]
