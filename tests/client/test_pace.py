"""Whole scans at the limit, in virtual time: the real engine, plans and governor against a Coupa that is a function."""

from statistics import mean

import pytest

from virtual import EPOCH, Bucket, Coupa, drain, list_schedule

LATENCY = 0.15
ROWS = range(1, 20_001)
PAGINGS = pytest.mark.parametrize("paging", ["auto", "offset"])


def with_stragglers(chance):
    return 2.0 if chance.random() < 0.05 else 0.1


@PAGINGS
@pytest.mark.parametrize("queues", [False, True], ids=["refuses", "queues"])
@pytest.mark.parametrize("seed", range(5))
def test_a_resource_is_drained_at_the_limit_without_a_single_429(paging, queues, seed):
    coupa = Coupa(ROWS, seed=seed, jitter=0.06, bucket=Bucket(queues=queues))

    drained = drain(coupa, paging)

    assert coupa.refused == 0
    floor = (drained.receipt.requests - 20) / 25
    assert drained.seconds <= 1.03 * floor + 4 * LATENCY


@PAGINGS
def test_what_a_second_client_leaves_is_used(paging):
    drains = []
    for seed in range(10):
        coupa = Coupa(
            ROWS, seed=seed, jitter=0.06, bucket=Bucket(), neighbour=lambda _: 10.0, retry_after="1"
        )
        drained = drain(coupa, paging)
        assert drained.receipt.requests >= 0.9 * 15 * drained.seconds
        assert drained.receipt.statuses.get(429, 0) == coupa.refused
        drains.append(coupa.refused / drained.receipt.requests)
    assert mean(drains) < 0.01


@PAGINGS
def test_a_slow_page_holds_up_no_other(paging):
    ratios = []
    for seed in range(10):
        coupa = Coupa(ROWS, seed=seed, latency=with_stragglers)
        drained = drain(coupa, paging, rate=None, default_concurrent=20)
        ratios.append(drained.seconds / list_schedule(coupa.durations, 20))
    assert mean(ratios) <= 1.15


@PAGINGS
def test_slots_follow_latency_so_that_nobody_has_to_guess_a_number(paging):
    """A page took 1 s, 20 slots were the default, and the scan ran at 20 requests a second."""
    coupa = Coupa(ROWS, latency=lambda chance: chance.uniform(0.8, 1.2), bucket=Bucket())

    drained = drain(coupa, paging)

    assert coupa.refused == 0
    assert drained.seconds <= 1.05 * (drained.receipt.requests - 20) / 25 + 6 * 1.0


def test_retry_after_holds_every_request_up():
    coupa = Coupa(ROWS[:2000], bucket=Bucket(burst=3), retry_after="7")

    drain(coupa, "auto")

    first = min(time for time in coupa.refusals)
    heard = first + 1.5
    assert not [time for time in coupa.arrivals if heard < time < first + 7]


def test_a_rate_of_none_asks_as_fast_as_the_slots_allow():
    coupa = Coupa(ROWS, latency=lambda _: 0.1)

    drained = drain(coupa, "auto", rate=None, default_concurrent=20)

    assert len(coupa.arrivals) / (max(coupa.arrivals) - EPOCH) > 3 * 25
    assert drained.receipt.waited == 0.0


@PAGINGS
def test_a_slow_consumer_is_not_run_ahead_of(paging):
    """A million rows by offset, taken at 1,000 a second, filled 64 MB with pages long before their turn."""
    drained = drain(Coupa(ROWS), paging, pause=0.05, rate=None, default_concurrent=20)
    assert drained.ahead <= 3 * 20  # in flight, waiting for their turn, and looks ahead
    assert drained.seconds >= 400 * 0.05
