"""Offset windows bring every row once and in order, and know when rows have moved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client import CoupaShapeError, Page
from coupa_async_client._offsets import OffsetWindow, Seen
from plans import Carried, by_place, ids, page, page_sizes, picking

windows = st.integers(1, 20)
ALL = ((0, None),)


@given(ids, page_sizes, windows, st.integers(1, 20), st.data())
def test_every_row_once_in_order(ids, limit, window, slots, data):
    plan = OffsetWindow(limit=limit, window=window)
    carried = Carried(plan, lambda ask: by_place(ids, ask), picking(data), slots, ALL)
    assert carried.ids == ids
    assert carried.left == ()
    assert (plan.drift, plan.duplicates) == (0, 0)


@given(ids, page_sizes, st.integers(1, 24), windows, st.data())
def test_an_instance_that_caps_pages_loses_no_row(ids, limit, cap, window, data):
    plan = OffsetWindow(limit=limit, window=window)
    carried = Carried(plan, lambda ask: by_place(ids, ask, cap), picking(data), 20, ALL)
    if cap > 1:  # with a cap of 1 the row before a block leaves no room for the block's own
        assert carried.ids == ids


@given(ids, windows, st.data())
def test_rows_that_are_skipped_yet_not_shown_bring_no_row_twice(ids, window, data):
    hidden = (
        frozenset(data.draw(st.lists(st.sampled_from(ids), max_size=30))) if ids else frozenset()
    )
    plan = OffsetWindow(limit=25, window=window)
    answer = lambda ask: by_place(ids, ask, hidden=hidden)  # noqa: E731
    carried = Carried(plan, answer, picking(data), 20, ALL)
    assert carried.ids == sorted(set(carried.ids))
    assert not hidden & set(carried.ids)


@given(ids, st.integers(0, 500), st.integers(0, 500), st.booleans(), st.data())
def test_a_window_of_offsets_is_covered_exactly(ids, start, length, until_empty, data):
    window, spans = data.draw(windows), ((start, start + length),)
    plan = OffsetWindow(limit=50, window=window, spans=spans, until_empty=until_empty)
    carried = Carried(plan, lambda ask: by_place(ids, ask), picking(data), 20, spans)
    assert carried.ids == ids[start : start + length]
    assert carried.left == ()


@given(ids, st.sets(st.integers(0, 400), max_size=6), windows, st.data())
def test_given_spans_are_covered_one_after_the_other(ids, bounds, window, data):
    bounds = sorted(bounds)
    spans = list(zip(bounds[::2], bounds[1::2], strict=False))
    plan = OffsetWindow(limit=20, window=window, spans=spans)
    carried = Carried(plan, lambda ask: by_place(ids, ask), picking(data), 20, spans)
    assert carried.ids == [i for a, b in spans for i in ids[a:b]]
    assert carried.left == ()


@given(ids, windows, st.sets(st.integers(0, 40), max_size=6), st.data())
def test_what_fails_for_good_is_left_and_the_rest_comes(ids, window, failing, data):
    turn = iter(range(10**6))

    def answer(ask):
        return None if next(turn) in failing else by_place(ids, ask)

    carried = Carried(OffsetWindow(limit=10, window=window), answer, picking(data), 20, ALL)
    again = OffsetWindow(limit=10, window=window, spans=carried.left)
    rest = Carried(again, lambda ask: by_place(ids, ask), picking(data), 20, carried.left)
    assert rest.left == ()
    assert set(carried.ids + rest.ids) == set(ids)
    assert len(set(carried.ids)) == len(carried.ids)


@pytest.mark.parametrize(("rows", "asks"), [(0, 1), (1, 2), (30, 2), (49, 2), (50, 3), (1000, 30)])
def test_a_small_resource_costs_two_requests(rows, asks):
    known = list(range(1, rows + 1))
    plan = OffsetWindow(limit=50, window=20)
    carried = Carried(plan, lambda ask: by_place(known, ask), lambda _: 0, 20, ALL)
    assert carried.ids == known
    assert carried.asks <= asks


def test_pages_held_back_are_bounded_by_the_window():
    plan = OffsetWindow(limit=1, window=5)
    rows = list(range(1, 1_000))
    for _ in range(20):
        plan.feed(*next((ask, by_place(rows, ask)) for ask in plan.take(1)))
    first, *others = plan.take(50)
    held = 0
    while others:
        ask = others.pop(0)
        assert plan.feed(ask, by_place(rows, ask)) == []
        held += 1
        others += plan.take(50)
    assert held == 4
    assert len(plan.feed(first, by_place(rows, first))) == 5


def test_rows_that_leave_under_the_offset_are_noticed():
    known = list(range(1, 1_001))

    def answer(ask):
        landed = by_place(known, ask)
        del known[:3]
        return landed

    plan = OffsetWindow(limit=50, window=4)
    carried = Carried(plan, answer, lambda _: 0, 4, ALL)
    assert len(carried.ids) < 1_000
    assert plan.drift > 0


def test_rows_that_come_in_under_the_offset_are_dropped_when_they_come_again():
    known = list(range(1, 1_001))
    born = iter(range(2_000, 3_000))

    def answer(ask):
        landed = by_place(known, ask)
        known.insert(0, next(born))
        return landed

    plan = OffsetWindow(limit=50, window=4)
    carried = Carried(plan, answer, lambda _: 0, 4, ALL)
    assert set(range(1, 1_001)) <= set(carried.ids)
    assert len(set(carried.ids)) == len(carried.ids)
    assert plan.duplicates > 0
    assert plan.drift > 0


@given(windows, st.integers(1, 19), st.data())
def test_a_page_that_is_answered_with_the_one_before_is_asked_for_again(window, bad, data):
    known = list(range(1, 1_001))
    answered = set()

    def answer(ask):
        start = int(ask.params["offset"])
        if start // 49 == bad and ask.place not in answered and ask.params["limit"] == "50":
            answered.add(ask.place)
            return page(known[max(0, start - 49) : start + 1])
        return by_place(known, ask)

    plan = OffsetWindow(limit=50, window=window)
    carried = Carried(plan, answer, picking(data), 20, ALL)
    assert carried.ids == known
    assert carried.left == ()


def test_a_resource_that_ignores_offset_is_found_out_instead_of_repeating_for_ever():
    plan = OffsetWindow(limit=50, window=3)
    with pytest.raises(CoupaShapeError, match='does not honour offset; use paging="keyset"'):
        Carried(plan, lambda ask: page(range(1, ask.limit + 1)), lambda _: 0, 3, ALL)


def test_a_resource_that_ignores_a_small_limit_is_read_all_the_same():
    known = list(range(1, 200))

    def answer(ask):
        start = int(ask.params["offset"])
        return page(known[start : start + 50])

    for limit in (7, 25):
        plan = OffsetWindow(limit=limit, window=3)
        assert Carried(plan, answer, lambda _: 0, 3, ALL).ids == known


def test_rows_without_ids_may_be_alike():
    """fields=["status"] made every page look like the first, and the scan was refused."""
    plan = OffsetWindow(limit=1, window=3)

    def answer(ask):
        count = max(0, min(ask.limit, 7 - int(ask.params["offset"])))
        return Page([b'{"status":"approved"}'] * count)

    assert len(Carried(plan, answer, lambda _: 0, 3, ALL).ids) == 7


def test_when_all_fails_little_is_asked():
    carried = Carried(OffsetWindow(limit=50, window=20), lambda _: None, lambda _: 0, 20, ALL)
    assert carried.asks <= 3
    assert carried.left == ((0, None),)


def test_a_set_of_ids_knows_them_and_stays_small():
    seen = Seen()
    assert all(seen.add(i) for i in range(5_000))
    assert not any(seen.add(i) for i in range(5_000))
    assert seen.add(10**12)
    assert seen.add(-3)
    assert len(seen._words) == 7
