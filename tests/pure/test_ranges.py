"""Spans of ids bring every row once: for any ids, page size, slots and order of completion."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client import CoupaShapeError, Page
from coupa_async_client._ledger import Ledger
from coupa_async_client._ranges import IdRanges
from coupa_async_client.types import Ask
from plans import Carried, by_place, ids, page, page_sizes, picking, sparse_ids

slots = st.integers(1, 20)


@given(st.one_of(ids, sparse_ids), page_sizes, slots, st.data())
def test_every_row_once_and_nothing_left(ids, limit, slots, data):
    plan = IdRanges(limit=limit, slots=slots)
    carried = Carried(plan, lambda ask: by_place(ids, ask), picking(data), slots)
    assert sorted(carried.ids) == ids
    assert carried.left == ()


@given(st.one_of(ids, sparse_ids), st.integers(2, 20), st.data())
def test_ids_of_forty_digits_come_once_too(ids, slots, data):
    """Middles of spans were worked out in floats, which know some sixteen digits."""
    ids = [10**39 + id_ for id_ in ids]
    plan = IdRanges(limit=10, slots=slots)
    carried = Carried(plan, lambda ask: by_place(ids, ask), picking(data), slots)
    assert sorted(carried.ids) == ids
    assert carried.left == ()


@given(ids, page_sizes, st.data())
def test_one_slot_is_a_chain_in_order(ids, limit, data):
    carried = Carried(IdRanges(limit=limit), lambda ask: by_place(ids, ask), picking(data))
    assert carried.ids == ids
    assert carried.asks == -(-len(ids) // limit) + 1 + (len(ids) >= limit)


@given(ids, page_sizes, st.integers(1, 24), slots, st.data())
def test_an_instance_that_caps_pages_loses_no_row(ids, limit, cap, slots, data):
    plan = IdRanges(limit=limit, slots=slots)
    carried = Carried(plan, lambda ask: by_place(ids, ask, cap), picking(data), slots)
    assert sorted(carried.ids) == ids


@given(ids, st.lists(st.integers(0, 3_000), max_size=6, unique=True), slots, st.data())
def test_given_spans_are_covered_and_nothing_else(ids, bounds, slots, data):
    bounds = sorted(bounds)
    spans = list(zip(bounds[::2], bounds[1::2], strict=False))
    if len(bounds) % 2:
        spans.append((bounds[-1], None))
    plan = IdRanges(limit=25, slots=slots, spans=spans)
    carried = Carried(plan, lambda ask: by_place(ids, ask), picking(data), slots, spans)
    wanted = [i for i in ids if any(a < i and (b is None or i <= b) for a, b in spans)]
    assert sorted(carried.ids) == wanted
    assert carried.left == ()


@given(ids, slots, st.sets(st.integers(0, 60), max_size=8), st.data())
def test_what_fails_for_good_is_left_and_the_rest_comes(ids, slots, failing, data):
    turn = iter(range(10**6))

    def answer(ask):
        return None if next(turn) in failing else by_place(ids, ask)

    carried = Carried(IdRanges(limit=10, slots=slots), answer, picking(data), slots)
    assert len(set(carried.ids)) == len(carried.ids)
    for i in set(ids) - set(carried.ids):
        assert any((a or 0) < i and (b is None or i <= b) for a, b in carried.left)
    again = IdRanges(limit=10, slots=slots, spans=carried.left)
    rest = Carried(again, lambda ask: by_place(ids, ask), picking(data), slots, carried.left)
    assert sorted(carried.ids + rest.ids) == ids
    assert rest.left == ()


@given(ids, slots, st.integers(0, 400), st.data())
def test_cut_anywhere_even_inside_a_page_the_rest_is_what_is_left(ids, slots, cut, data):
    """A run that is killed and its resume are together one clean run."""
    plan = IdRanges(limit=10, slots=slots)
    whole = Carried(plan, lambda ask: by_place(ids, ask), picking(data), slots)
    ledger, came = Ledger(), []
    for left in whole.pages:
        count = min(len(left), cut - len(came))
        if count < len(left):
            if count:
                ledger.settle((left.span[0], left.ids[count - 1]))
            came += left.ids[:count]
            break
        ledger.settle(left.span)
        came += left.ids
    again = IdRanges(limit=10, slots=slots, spans=ledger.left)
    rest = Carried(again, lambda ask: by_place(ids, ask), picking(data), slots, ledger.left)
    assert sorted(came + rest.ids) == ids
    assert rest.left == ()


@given(sparse_ids, slots, st.data())
def test_rows_that_match_throughout_come_once_while_others_come_and_go(ids, slots, data):
    rng = data.draw(st.randoms(use_true_random=False))
    alive = set(ids)
    steady = set(ids[::2])
    high = max(ids, default=0)

    def answer(ask):
        for i in rng.sample(ids, min(3, len(ids))):
            if i not in steady:
                alive.symmetric_difference_update({i})
        if rng.random() < 0.2:
            alive.add(high + rng.randrange(1, 1000))
        return by_place(sorted(alive), ask)

    carried = Carried(IdRanges(limit=25, slots=slots), answer, picking(data), slots)
    assert len(set(carried.ids)) == len(carried.ids)
    assert steady <= set(carried.ids)


def test_rows_born_above_the_top_are_reached_by_a_last_step():
    known = list(range(1, 401))

    def answer(ask):
        landed = by_place(known, ask)
        if 350 in landed.ids and len(known) == 400:
            known.extend(range(401, 480))
        return landed

    carried = Carried(IdRanges(limit=50, slots=4), answer, lambda n: n - 1, 4)
    assert sorted(carried.ids) == known


@pytest.mark.parametrize("slots", [1, 4, 20])
@pytest.mark.parametrize("start", [0, 10, 30, 50, 400])
@pytest.mark.parametrize("births", [1, 7])
def test_a_scan_ends_though_rows_are_born_with_every_answer(slots, start, births):
    """A scan of a busy tenant never ended: each look above the top found a newer row."""
    known = list(range(1, start + 1))

    def answer(ask):
        landed = by_place(known, ask)
        known.extend(range(len(known) + 1, len(known) + 1 + births))
        return landed

    carried = Carried(IdRanges(limit=50, slots=slots), answer, lambda n: n - 1, slots)
    assert carried.asks < 250
    assert set(range(1, start + 1)) <= set(carried.ids)
    assert len(set(carried.ids)) == len(carried.ids)
    assert carried.left == ()


OVERHEAD = {
    "dense": (range(1, 20_001), 1.06),
    "sparse": (sorted(random.Random(1).sample(range(1, 10_000_000), 20_000)), 1.25),
    "half behind a gap of a billion": (
        [*range(1, 10_001), *range(1_000_010_000, 1_000_020_000)],
        1.25,
    ),
    "skewed": (sorted({int(1e7 * (i / 20_000) ** 4) + i + 1 for i in range(20_000)}), 1.25),
    "clumps far apart": ([c * 10**7 + j for c in range(1, 201) for j in range(100)], 1.25),
}


@pytest.mark.parametrize("slots", [1, 4, 20])
@pytest.mark.parametrize("name", OVERHEAD)
def test_the_overhead_in_requests_is_bounded(name, slots):
    ids, most = OVERHEAD[name]
    ids = list(ids)
    rng = random.Random(7)
    plan = IdRanges(limit=50, slots=slots)
    carried = Carried(plan, lambda ask: by_place(ids, ask), rng.randrange, slots)
    assert sorted(carried.ids) == ids
    assert carried.asks <= most * len(ids) / 50 + 2 * slots


@given(ids, st.integers(1, 500), st.data())
def test_it_stops_after_enough(ids, most, data):
    plan = IdRanges(limit=min(50, most), spans=[(5, None)], most=most)
    carried = Carried(plan, lambda ask: by_place(ids, ask), picking(data))
    wanted = [i for i in ids if i > 5]
    assert carried.ids == wanted[: len(carried.ids)]
    assert min(most, len(wanted)) <= len(carried.ids) < most + 50


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
    plan = IdRanges(limit=50)

    def feed_all():
        for each in pages:
            (ask,) = plan.take(5)
            plan.feed(ask, page(each))

    with pytest.raises(CoupaShapeError, match='use paging="offset"') as caught:
        feed_all()
    assert words in str(caught.value)


def test_an_order_that_is_ignored_is_found_out_though_ids_happen_to_rise():
    """50 of 60 rows came, and the scan said complete: the first page was not the lowest."""
    order = [*range(11, 61), *range(1, 11)]

    def answer(ask):
        after, below = int(ask.params.get("id[gt]", 0)), int(ask.params.get("id[lt]", 10**9))
        return page([i for i in order if after < i < below][: int(ask.params["limit"])])

    with pytest.raises(CoupaShapeError, match="id 1 exists, though the first page"):
        Carried(IdRanges(limit=50), answer, lambda _: 0)


def test_a_filter_below_that_is_ignored_or_fails_says_nothing():
    known = list(range(1, 120))

    def ignoring(ask):
        return page(known[:1]) if "id[lt]" in ask.params else by_place(known, ask)

    def failing(ask):
        return None if "id[lt]" in ask.params else by_place(known, ask)

    for answer in (ignoring, failing):
        assert Carried(IdRanges(limit=50), answer, lambda _: 0).ids == known


@pytest.mark.parametrize(
    "row", [b"{}", b'{"id":null}', b'{"id":true}', b'{"id":1.5}', b'{"id":"x"}']
)
def test_paging_by_id_needs_an_id_in_every_row(row):
    plan = IdRanges(limit=50)
    (ask,) = plan.take(1)
    assert plan.take(1) == []
    with pytest.raises(CoupaShapeError, match='a row has none; use paging="offset"'):
        plan.feed(ask, Page([b'{"id":1}', row]))


def test_an_id_written_as_text_counts_as_one():
    plan = IdRanges(limit=50)
    plan.feed(plan.take(1)[0], Page([b'{"id":"9"}', b'{"id":"10"}']))
    asked = {"id[gt]": "10", "order_by": "id", "dir": "asc", "limit": "50"}
    assert plan.take(1) == [Ask(asked, 50, 10)]


def test_a_page_that_reaches_into_spans_not_yet_asked_for_serves_them_too():
    known = list(range(1, 81))
    spans = [(0, 10), (10, 20), (20, 30), (35, None)]
    plan = IdRanges(limit=50, spans=spans)
    carried = Carried(plan, lambda ask: by_place(known, ask), lambda _: 0, 1, spans)
    assert carried.ids == [i for i in known if i <= 30 or i > 35]
    assert carried.left == ()
    assert carried.asks == 3  # one for the first three spans, two for the open one


def test_after_three_failures_in_a_row_the_rest_is_not_asked_for():
    known = list(range(1, 5_001))

    def answer(ask):
        return by_place(known, ask) if ask.place is None else None

    carried = Carried(IdRanges(limit=50), answer, lambda _: 0)
    assert carried.asks == 5  # the first page, the look below it, and three that fail
    assert carried.ids == known[:50]
    assert carried.left == ((50, None),)


@pytest.mark.parametrize("slots", [1, 8])
def test_when_all_fails_little_is_asked(slots):
    carried = Carried(IdRanges(limit=50, slots=slots), lambda _: None, lambda _: 0, slots)
    assert carried.asks == 1
    assert carried.left == ((None, None),)


def test_what_lands_after_the_rest_was_given_up_is_no_error():
    """Three pages failed while others were in flight; the next answer was a StopIteration."""
    known = list(range(1, 5_001))
    plan = IdRanges(limit=50, slots=20)
    flying = plan.take(20)
    for _ in range(20):
        ask = flying.pop(0)
        plan.feed(ask, by_place(known, ask))
        flying += plan.take(20 - len(flying))
    *failing, late, later = flying[-5:]
    for ask in failing:
        plan.fail(ask)
    assert plan.done
    assert plan.feed(late, by_place(known, late)) == []
    assert plan.fail(later) == []
    assert plan.done
    assert plan.take(20) == []


def test_a_slow_first_answer_of_a_given_span_leaves_what_is_above_it_to_idle_slots():
    """A resumed scan stood still while the one request of its widest span was slow."""
    known = list(range(1, 10_001))
    plan = IdRanges(limit=50, slots=8, spans=[(0, 50), (100, 9_900)])
    quick, slow = plan.take(8)
    assert slow.place == 100
    came, flying = [], [quick]
    while flying:
        ask = flying.pop(0)
        came += [i for left in plan.feed(ask, by_place(known, ask)) for i in left.ids]
        flying += plan.take(8 - 1 - len(flying))
    assert len(came) > 9_500


@pytest.mark.parametrize("landed", [3, 30])
def test_a_slow_probe_leaves_the_rest_to_others(landed):
    """While the one request that looked for higher ids was slow, nineteen slots stood still."""
    known = list(range(1, 20_001))
    plan = IdRanges(limit=50, slots=20)
    flying, slow = plan.take(20), None
    for _ in range(1_000):
        if slow is None:
            far = [ask for ask in flying if (ask.place or 0) > 50 * (landed + 10)]
            slow = far[0] if far else None
            flying = [ask for ask in flying if ask is not slow]
        if not flying:
            break
        ask = flying.pop(0)
        plan.feed(ask, by_place(known, ask))
        flying += plan.take(20 - (slow is not None) - len(flying))
    assert slow is not None
    assert plan._rows > 19_000
