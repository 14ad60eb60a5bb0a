"""A plan carried out in thought takes what it takes in earnest, and rows that are made up lie as told."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client._forecast import Course, MadeUp, Tempo, course, lying_like, some_of
from coupa_async_client._limits import Governor
from coupa_async_client._offsets import OffsetWindow
from coupa_async_client._ranges import IdRanges
from plans import Carried, by_place, ids, page_sizes


def plan_of(paging, limit, slots):
    if paging == "offset":
        return OffsetWindow(limit=limit, read_ahead=2**26)
    return IdRanges(limit=limit, slots=slots)


@pytest.mark.parametrize("paging", ["ranges", "offset"])
@given(ids, page_sizes, st.integers(1, 20))
def test_every_made_up_row_comes_once(paging, ids, limit, slots):
    made_up = MadeUp(ids, cap=50, weight=10)
    took = course(plan_of(paging, limit, slots), made_up.answer, Tempo(slots, 0.1))
    assert took.rows == len(ids)
    assert took.requests >= -(-len(ids) // limit)
    assert took.seconds >= took.requests * 0.1 / slots - 1e-9


def test_one_after_another_they_take_as_long_as_all_answers():
    plan, rows = IdRanges(limit=50), MadeUp(range(1, 2_001), cap=50, weight=10)
    took = course(plan, rows.answer, Tempo(1, 0.5))
    carried = Carried(IdRanges(limit=50), lambda ask: by_place(range(1, 2_001), ask), lambda _: 0)
    assert took.requests == carried.asks
    assert took.seconds == pytest.approx(carried.asks * 0.5)


def test_the_pace_bounds_it_and_is_not_used_up():
    governor = Governor(25, 20)
    plan, rows = IdRanges(limit=50, slots=32), MadeUp(range(1, 20_001), cap=50, weight=10)
    tempo = Tempo(32, 0.1, governor, 7.0)
    took = course(plan, rows.answer, tempo)
    assert (took.requests - 20) / 25 <= took.seconds <= took.requests / 25
    assert (tempo.rate, tempo.at_once) == (25, 13)


def test_a_pace_that_was_slowed_down_makes_it_longer():
    governor = Governor(25, 20)
    for _ in range(30):
        governor.refused(1.0, governor.reserve(1.0))
    rows = MadeUp(range(1, 5_001), cap=50, weight=10)
    slow = course(IdRanges(limit=50, slots=32), rows.answer, Tempo(32, 0.1, governor, 1.0))
    fast = course(IdRanges(limit=50, slots=32), rows.answer, Tempo(32, 0.1, Governor(25, 20), 1.0))
    assert slow.seconds > fast.seconds + 1


def test_it_stops_after_enough_rows():
    rows = MadeUp(range(1, 20_001), cap=50, weight=10)
    took = course(IdRanges(limit=50), rows.answer, Tempo(1, 0.1), most=120)
    assert (took.rows, took.requests) == (150, 4)  # one more looks below the first page


def test_more_of_the_same_goes_on_as_it_did():
    took = Course(rows=100, requests=10, seconds=3.0, interval=0.2)
    assert took.times(1) == took
    assert took.times(3) == Course(rows=300, requests=30, seconds=pytest.approx(7.0), interval=0.2)


def test_nothing_takes_nothing():
    took = course(IdRanges(limit=50, spans=()), MadeUp((), cap=50, weight=0).answer, Tempo(1, 0.1))
    assert (took.rows, took.requests, took.seconds) == (0, 0, 0)


@given(
    st.lists(st.integers(1, 10**6), max_size=150),
    st.integers(0, 10**6),
    st.integers(0, 10**9),
    st.integers(0, 3_000),
)
def test_made_up_rows_are_as_many_and_rise_from_the_first(gaps, low, width, count):
    made_up = lying_like(gaps, low, low + width, count)
    assert len(made_up) == count
    assert all(a < b for a, b in pairwise(made_up))
    assert not count or made_up[0] == low
    assert count < 2 or width < 10 * count or made_up[-1] <= low + width + count


@given(ids, st.floats(0, 1))
def test_some_of_the_listed_ids_rise_and_are_hardly_fewer_than_told(ids, share):
    count = int(share * len(ids))
    some = some_of(ids, count)
    assert set(some) <= set(ids)
    assert all(a < b for a, b in pairwise(some))
    assert count - 2 <= len(some) <= count
    assert some_of(ids, len(ids)) == ids
