"""Offset windows bring every row once and in order, and know when rows have moved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client import CoupaShapeError, Page
from coupa_async_client._offsets import OffsetWindow
from plans import Carried, by_place, ids, page, page_sizes, picking

slots = st.integers(1, 20)
buffers = st.sampled_from([1, 5_000, 50_000, 2**26])
ALL = ((0, None),)


def window(limit=50, read_ahead=2**26, **options):
    return OffsetWindow(limit=limit, read_ahead=read_ahead, **options)


@given(ids, page_sizes, buffers, slots, st.data())
def test_every_row_once_in_order(ids, limit, read_ahead, slots, data):
    plan = window(limit, read_ahead)
    carried = Carried(plan, lambda ask: by_place(ids, ask), picking(data), slots, ALL)
    assert carried.ids == ids
    assert carried.left == ()
    assert (plan.drift, plan.duplicates) == (0, 0)


@given(ids, page_sizes, st.integers(1, 24), slots, st.data())
def test_an_instance_that_caps_pages_loses_no_row(ids, limit, cap, slots, data):
    plan = window(limit, data.draw(buffers))
    carried = Carried(plan, lambda ask: by_place(ids, ask, cap), picking(data), slots, ALL)
    if cap > 1:  # with a cap of 1 the row before a block leaves no room for the block's own
        assert carried.ids == ids


@given(ids, slots, st.data())
def test_rows_that_are_skipped_yet_not_shown_bring_no_row_twice(ids, slots, data):
    hidden = (
        frozenset(data.draw(st.lists(st.sampled_from(ids), max_size=30))) if ids else frozenset()
    )
    answer = lambda ask: by_place(ids, ask, hidden=hidden)  # noqa: E731
    carried = Carried(window(25), answer, picking(data), slots, ALL)
    assert carried.ids == sorted(set(carried.ids))
    assert not hidden & set(carried.ids)


@given(ids, st.integers(0, 500), st.integers(0, 500), st.booleans(), st.data())
def test_a_window_of_offsets_is_covered_exactly(ids, start, length, until_empty, data):
    spans = ((start, start + length),)
    plan = window(spans=spans, until_empty=until_empty)
    carried = Carried(plan, lambda ask: by_place(ids, ask), picking(data), data.draw(slots), spans)
    assert carried.ids == ids[start : start + length]
    assert carried.left == ()


@given(ids, st.sets(st.integers(0, 400), max_size=6), slots, st.data())
def test_given_spans_are_covered_one_after_the_other(ids, bounds, slots, data):
    bounds = sorted(bounds)
    spans = list(zip(bounds[::2], bounds[1::2], strict=False))
    plan = window(20, spans=spans)
    carried = Carried(plan, lambda ask: by_place(ids, ask), picking(data), slots, spans)
    assert carried.ids == [i for a, b in spans for i in ids[a:b]]
    assert carried.left == ()


@given(ids, slots, st.sets(st.integers(0, 40), max_size=6), st.data())
def test_what_fails_for_good_is_left_and_the_rest_comes(ids, slots, failing, data):
    turn = iter(range(10**6))

    def answer(ask):
        return None if next(turn) in failing else by_place(ids, ask)

    carried = Carried(window(10), answer, picking(data), slots, ALL)
    again = window(10, spans=carried.left)
    rest = Carried(again, lambda ask: by_place(ids, ask), picking(data), slots, carried.left)
    assert rest.left == ()
    assert set(carried.ids + rest.ids) == set(ids)
    assert len(set(carried.ids)) == len(carried.ids)


@pytest.mark.parametrize(("rows", "asks"), [(0, 1), (1, 2), (30, 2), (49, 2), (50, 3), (1000, 30)])
def test_a_small_resource_costs_two_requests(rows, asks):
    known = list(range(1, rows + 1))
    carried = Carried(window(), lambda ask: by_place(known, ask), lambda _: 0, 20, ALL)
    assert carried.ids == known
    assert carried.asks <= asks


def ahead_of_a_slow_head(read_ahead, rows=20_000, slots=20):
    """Leave the first of many requests unanswered; return the rest's bytes, and what comes in the end."""
    known = list(range(1, rows + 1))
    plan = window(read_ahead=read_ahead)
    for _ in range(40):
        ask = plan.take(1)[0]
        plan.feed(ask, by_place(known, ask))
    head, *flying = plan.take(slots)
    came = [by_place(known, head)]
    while flying:
        came.append(by_place(known, flying[0]))
        assert plan.feed(flying.pop(0), came[-1]) == []
        flying += plan.take(slots - 1 - len(flying))
    weight = sum(len(row) + 80 for each in came[1:] for row in each.raw)
    return weight, plan.feed(head, came[0])


def test_pages_that_wait_for_a_slow_one_are_bounded_by_their_bytes_not_by_the_slots():
    """Twenty slots stood still for two seconds behind one slow page of a few kilobytes."""
    weight, pages = ahead_of_a_slow_head(read_ahead=1_000_000)
    page_weight = 50 * (80 + 12)
    assert 1_000_000 - 20 * page_weight <= weight <= 1_000_000 + page_weight
    assert len(pages) > 200
    assert len(ahead_of_a_slow_head(read_ahead=2**26)[1]) > 350  # all of it, and the end


def test_with_no_memory_to_spare_it_still_goes_on():
    known = list(range(1, 1_001))
    plan = window(read_ahead=1)
    flying = 0
    while not plan.done:
        asks = plan.take(20)
        flying = max(flying, len(asks))
        for ask in asks:
            plan.feed(ask, by_place(known, ask))
    assert flying == 1


def test_rows_that_leave_under_the_offset_are_noticed():
    known = list(range(1, 1_001))

    def answer(ask):
        landed = by_place(known, ask)
        del known[:3]
        return landed

    plan = window()
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

    plan = window()
    carried = Carried(plan, answer, lambda _: 0, 4, ALL)
    assert set(range(1, 1_001)) <= set(carried.ids)
    assert len(set(carried.ids)) == len(carried.ids)
    assert plan.duplicates > 0
    assert plan.drift > 0


@given(slots, st.integers(1, 19), st.data())
def test_a_page_that_is_answered_with_the_one_before_is_asked_for_again(slots, bad, data):
    known = list(range(1, 1_001))
    answered = set()

    def answer(ask):
        start = int(ask.params["offset"])
        if start // 49 == bad and ask.place not in answered and ask.params["limit"] == "50":
            answered.add(ask.place)
            return page(known[max(0, start - 49) : start + 1])
        return by_place(known, ask)

    carried = Carried(window(), answer, picking(data), slots, ALL)
    assert carried.ids == known
    assert carried.left == ()


def test_a_resource_that_ignores_offset_is_found_out_instead_of_repeating_for_ever():
    plan = window()
    with pytest.raises(CoupaShapeError, match='does not honour offset; use paging="keyset"'):
        Carried(plan, lambda ask: page(range(1, ask.limit + 1)), lambda _: 0, 3, ALL)


def test_a_resource_that_ignores_a_small_limit_is_read_all_the_same():
    known = list(range(1, 200))

    def answer(ask):
        start = int(ask.params["offset"])
        return page(known[start : start + 50])

    for limit in (7, 25):
        assert Carried(window(limit), answer, lambda _: 0, 3, ALL).ids == known


def test_rows_without_ids_may_be_alike():
    """fields=["status"] made every page look like the first, and the scan was refused."""

    def answer(ask):
        count = max(0, min(ask.limit, 7 - int(ask.params["offset"])))
        return Page([b'{"status":"approved"}'] * count)

    assert len(Carried(window(1), answer, lambda _: 0, 3, ALL).ids) == 7


def test_when_all_fails_little_is_asked():
    carried = Carried(window(), lambda _: None, lambda _: 0, 20, ALL)
    assert carried.asks <= 3
    assert carried.left == ((0, None),)


def test_the_last_row_of_a_block_that_failed_comes_with_the_block_behind_it():
    known = list(range(1, 1_001))
    answer = lambda ask: None if ask.params["offset"] == "147" else by_place(known, ask)  # noqa: E731
    carried = Carried(window(), answer, lambda _: 0, 20, ALL)
    assert carried.left == ((148, 196),)
    assert carried.ids == [*range(1, 149), *range(197, 1_001)]


def test_what_lands_after_the_rest_was_given_up_is_no_error():
    """Three pages failed while others were in flight; the next answer was a StopIteration."""
    known = list(range(1, 2_001))
    plan = window()
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


def test_a_look_ahead_that_lands_late_or_never_holds_nothing_up():
    known = list(range(1, 3_001))
    plan = window()
    (first,) = plan.take(20)
    plan.feed(first, by_place(known, first))
    asks = plan.take(20)
    looks = [ask for ask in asks if ask.place is None]
    assert len(asks) == 2
    assert len(looks) == 1
    flying, came = [ask for ask in asks if ask.place is not None], list(by_place(known, first).ids)
    while not plan.done:
        ask = flying.pop(0)
        came += [i for left in plan.feed(ask, by_place(known, ask)) for i in left.ids]
        new = plan.take(19 - len(flying))
        looks += [ask for ask in new if ask.place is None]
        flying += [ask for ask in new if ask.place is not None]
    assert came == known
    assert plan.fail(looks[0]) == []


def test_a_look_ahead_finds_rows_that_are_gone_when_their_block_is_asked_for():
    known = list(range(1, 3_001))
    answered = []

    def answer(ask):
        answered.append(ask)
        landed = by_place(known, ask)
        if ask.place is None and landed:
            del known[500:]
        return landed

    carried = Carried(window(), answer, lambda _: 0, 20, ALL)
    assert any(ask.place is None for ask in answered)
    assert carried.ids == known
    assert carried.left == ()


@given(ids, st.integers(1, 500), slots, st.data())
def test_as_many_as_are_wanted_and_where_there_are_fewer_nothing_is_missing(ids, most, slots, data):
    """A scan of at most 5,000 rows found the 520 there are, and said that it was incomplete."""
    plan = window(most=most)
    carried = Carried(plan, lambda ask: by_place(ids, ask), picking(data), slots, ALL)
    assert carried.ids == ids[:most]
    assert carried.left == (() if len(ids) < most else ((most, None),))


def test_what_is_wanted_may_lie_in_several_spans():
    known, spans = list(range(1, 401)), ((10, 20), (100, 200), (300, None))
    carried = Carried(
        window(spans=spans, most=60), lambda ask: by_place(known, ask), lambda _: 0, 4, spans
    )
    assert carried.ids == [*known[10:20], *known[100:150]]
    assert carried.left == ((150, 200), (300, None))
