"""The pace, simulated: a server with exactly the documented bucket never has to refuse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client._limits import TokenBucket


class ServerBucket:
    """Refuses what the documented limit does not cover: 25 a second, 20 at once (doc 0012)."""

    def __init__(self, rate=25.0, burst=20):
        self.rate, self.burst, self.level, self.at = rate, burst, float(burst), 0.0

    def admits(self, now):
        self.level = min(self.burst, self.level + (now - self.at) * self.rate)
        self.at = now
        if self.level < 1 - 1e-9:
            return False
        self.level -= 1
        return True


def departures(bucket, asked_at):
    now = 0.0
    for gap in asked_at:
        now += gap
        yield now + bucket.reserve(now).wait


@given(st.lists(st.floats(0, 0.2), min_size=1, max_size=300))
def test_no_request_comes_before_the_bucket_has_room(gaps):
    server = ServerBucket()
    assert all(server.admits(at) for at in sorted(departures(TokenBucket(25.0, 20), gaps)))


@given(st.lists(st.floats(0, 0.06), min_size=200, max_size=400))
def test_jitter_of_60_ms_on_the_way_provokes_no_429(jitter):
    leave = departures(TokenBucket(25.0, 20), [0.0] * len(jitter))
    arrivals = sorted(at + late for at, late in zip(leave, jitter, strict=True))
    server = ServerBucket()
    assert all(server.admits(at) for at in arrivals)


def test_the_whole_rate_is_used():
    leave = list(departures(TokenBucket(25.0, 20), [0.0] * 400))
    assert leave[0] == leave[14] == 0.0
    assert leave[-1] <= (400 - 20) / 25 + 0.25


@given(st.floats(1, 200), st.integers(1, 50))
def test_every_rate_and_burst_is_kept(rate, burst):
    server = ServerBucket(rate, burst)
    leave = departures(TokenBucket(rate, burst), [0.0] * 100)
    assert all(server.admits(at) for at in leave)


def test_a_pause_voids_what_was_booked_and_spaces_what_follows():
    bucket = TokenBucket(25.0, 20)
    booked = [bucket.reserve(100.0) for _ in range(30)]
    assert all(bucket.honours(permit) for permit in booked)
    bucket.pause(100.0, 2.0)
    bucket.pause(100.5, 0.1)  # a shorter one takes nothing back
    assert not any(bucket.honours(permit) for permit in booked)
    again = [bucket.reserve(100.5) for _ in range(3)]
    assert [round(permit.wait, 6) for permit in again] == [1.5, 1.54, 1.58]
    assert all(bucket.honours(permit) for permit in again)


def test_what_is_free_is_what_needs_no_wait():
    bucket = TokenBucket(25.0, 20)
    for free in range(15, 0, -1):
        assert bucket.free(5.0) == free
        assert bucket.reserve(5.0).wait == 0.0
    assert bucket.free(5.0) == 0
    assert bucket.free(5.04) == 1
    assert bucket.free(50.0) == 15


def test_a_permit_that_is_given_back_delays_nobody():
    """500 calls were cancelled, and the next one waited 19 s for places nobody took."""
    bucket = TokenBucket(25.0, 20)
    booked = [bucket.reserve(0.0) for _ in range(500)]
    for permit in booked[15:]:
        bucket.give_back(permit)
    assert bucket.reserve(0.0).wait == pytest.approx(0.04)
    bucket.pause(0.0, 1.0)
    bucket.give_back(booked[0])
    assert bucket.reserve(0.0).wait == pytest.approx(1.0)


def test_a_burst_of_one_is_a_plain_metronome():
    bucket = TokenBucket(10.0, 1)
    assert [round(bucket.reserve(0.0).wait, 6) for _ in range(3)] == [0.0, 0.1, 0.2]
