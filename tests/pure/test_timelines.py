"""In virtual time: no slot waits for a slow page, few requests are wasted, no plan grows with the rows."""

import random
import tracemalloc
from bisect import bisect_right
from collections import deque
from statistics import mean

import pytest

from coupa_async_client import Page
from coupa_async_client._offsets import OffsetWindow
from coupa_async_client._ranges import IdRanges
from timeline import Pace, list_schedule, lognormal, play, stragglers

ROW = b"{}"
DENSE = list(range(1, 20_001))


def spread(rows, gap):
    rng, last, ids = random.Random(rows + gap), 0, []
    for _ in range(rows):
        last += rng.randint(1, gap)
        ids.append(last)
    return ids


def answering(ids):
    def answer(ask):
        limit = int(ask.params["limit"])
        if "id[lt]" in ask.params:
            return Page(())
        if "offset" in ask.params:
            start = int(ask.params["offset"])
        else:
            start = bisect_right(ids, int(ask.params.get("id[gt]", 0)))
        found = ids[start : start + limit]
        return Page([ROW] * len(found), found)

    return answer


def offsets(_slots, limit=50):
    return OffsetWindow(limit=limit, read_ahead=2**26)


def ranges(slots, limit=50):
    return IdRanges(limit=limit, slots=slots)


PLANS = pytest.mark.parametrize("make", [offsets, ranges])


def ratios(make, ids, slots, seeds):
    """Play with stragglers, and compare with a list schedule of the same requests.

    Where the very first request straggles there is nothing to be done meanwhile: left out.
    """
    came = []
    for seed in range(seeds):
        timeline = play(make(slots), answering(ids), stragglers(random.Random(seed)), slots)
        assert sorted(timeline.ids) == ids
        if timeline.durations[0] < 1:
            came.append(timeline.makespan / list_schedule(timeline.durations, slots))
    return sorted(came)


@PLANS
@pytest.mark.parametrize(
    ("slots", "usual", "most"), [(8, 1.03, 1.05), (20, 1.06, 1.12), (32, 1.08, 1.25)]
)
def test_a_slow_page_holds_up_no_other_slot(make, slots, usual, most):
    """Of 20 slots 19 waited for the slowest: 400 pages took four times as long as need be."""
    came = ratios(make, DENSE, slots, seeds=40)
    assert mean(came) <= usual
    assert came[int(0.9 * len(came))] <= most


@pytest.mark.parametrize("gap", [8, 1_000])
def test_ids_far_apart_hold_up_no_slot_either(gap):
    came = ratios(ranges, spread(20_000, gap), slots=20, seeds=30)
    assert mean(came) <= 1.12


@PLANS
def test_a_slow_first_page_is_all_there_is_to_wait_for(make):
    waits = iter([2.0])
    timeline = play(make(20), answering(DENSE), lambda: next(waits, 0.1), 20)
    assert timeline.makespan <= 2.0 + 1.1 * timeline.requests * 0.1 / 20


PACED = [
    (offsets, DENSE, 418),
    (ranges, DENSE, 412),
    (ranges, spread(20_000, 8), 434),
    (ranges, spread(20_000, 1_000), 434),
]


@pytest.mark.parametrize(("make", "ids", "most"), PACED)
def test_at_the_rate_limit_the_drain_is_short_and_few_requests_are_wasted(make, ids, most):
    for seed in range(4):
        latency = lognormal(random.Random(seed))
        timeline = play(make(20), answering(ids), latency, 20, Pace(25, 15))
        assert sorted(timeline.ids) == ids
        assert timeline.requests <= most
        assert timeline.makespan <= 1.03 * (timeline.requests - 15) / 25 + 4 * 0.15


@PLANS
@pytest.mark.parametrize("pace", [None, (25, 15)])
def test_a_few_pages_cost_a_few_requests_and_round_trips(make, pace):
    for pages in range(1, 61):
        ids = list(range(1, 49 * pages + 1))
        latency = lambda: 1.0 if pace is None else 0.15  # noqa: E731
        timeline = play(make(20), answering(ids), latency, 20, pace and Pace(*pace))
        assert sorted(timeline.ids) == ids
        assert timeline.requests <= pages + 9 + pages // 4
        assert pace or timeline.makespan <= 12


@PLANS
def test_what_a_plan_keeps_does_not_grow_with_the_rows(make):
    plan, answer = make(20, limit=5), answering(range(1, 100_001))
    flying, pages, sizes = deque(), 0, []
    tracemalloc.start()
    try:
        while not plan.done:
            flying += plan.take(20 - len(flying))
            ask = flying.popleft()
            plan.feed(ask, answer(ask))
            pages += 1
            if pages in (2_000, 20_000):
                sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    early, late = sizes
    assert late - early < 100_000
