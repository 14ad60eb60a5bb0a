"""The pace, simulated: a server with exactly the documented bucket, and whoever else draws on it."""

import random
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client._limits import Governor


@dataclass
class Server:
    """Refuses what the limit does not cover: 25 a second, 20 at once (doc 0012)."""

    rate: float = 25.0
    burst: float = 20.0
    level: float = field(init=False)
    at: float = 0.0

    def __post_init__(self):
        self.level = self.burst

    def admits(self, now):
        self.level = min(self.burst, self.level + (now - self.at) * self.rate)
        self.at = now
        if self.level < 1 - 1e-9:
            return False
        self.level -= 1
        return True


@dataclass
class Drive:
    """One sender at a server's door for some seconds: when it sent, and when it was refused.

    Refusals are heard `latency` seconds later; `taken(t)` is what others take a second; some requests
    are refused for no reason.
    """

    server: Server = field(default_factory=Server)
    governor: Governor = field(default_factory=lambda: Governor(25.0, 20))
    taken: object = staticmethod(lambda _: 0.0)
    latency: float = 0.15
    retry_after: float = 0.0
    senseless: float = 0.0
    sent: list = field(default_factory=list)
    refused: list = field(default_factory=list)

    def run(self, seconds, *, start=0.0, seed=0):
        chance = random.Random(seed)
        now, visit, news = start, start + chance.random() / 10, []
        while now < start + seconds:
            permit = self.governor.reserve(now)
            leaves = now + permit.wait
            while news and news[0][0] <= leaves:
                heard, refused = news.pop(0)
                self.governor.refused(heard, refused, self.retry_after)
                now = max(now, heard)
            if not self.governor.honours(leaves, permit):
                continue
            now = leaves
            while visit <= now:
                rate = self.taken(visit - start)
                if rate:
                    self.server.admits(visit)
                visit += chance.uniform(0.5, 1.5) / rate if rate else 0.1
            self.sent.append(now)
            if not self.server.admits(now) or chance.random() < self.senseless:
                self.refused.append(now)
                news.append((now + self.latency, permit))
        return self

    def got(self, start, end):
        """Count what got through between two moments, a second."""
        came = [t for t in self.sent if start <= t < end]
        return (len(came) - sum(start <= t < end for t in self.refused)) / (end - start)


def departures(governor, gaps):
    now = 0.0
    for gap in gaps:
        now += gap
        now += governor.reserve(now).wait
        yield now


@given(st.lists(st.floats(0, 0.2), min_size=1, max_size=300))
def test_no_request_comes_before_the_bucket_has_room(gaps):
    server = Server()
    assert all(server.admits(at) for at in departures(Governor(25.0, 20), gaps))


@given(st.lists(st.floats(0, 0.06), min_size=200, max_size=400))
def test_jitter_of_60_ms_on_the_way_provokes_no_429(jitter):
    leave = departures(Governor(25.0, 20), [0.0] * len(jitter))
    arrivals = sorted(at + late for at, late in zip(leave, jitter, strict=True))
    server = Server()
    assert all(server.admits(at) for at in arrivals)


@given(st.lists(st.floats(0, 3), min_size=1, max_size=10))
def test_a_process_that_stalled_does_not_send_in_one_bunch_what_was_due_meanwhile(stalls):
    """A laptop slept for a second, and 25 requests left at once: half of them were refused."""
    server, governor, now = Server(), Governor(25.0, 20), 0.0
    for stall in stalls:
        for _ in range(30):
            now += governor.reserve(now).wait
            assert server.admits(now)
        now += governor.reserve(now).wait + stall  # booked, and late
        assert server.admits(now)


def test_the_whole_rate_is_used():
    leave = list(departures(Governor(25.0, 20), [0.0] * 400))
    assert leave[12] == 0.0
    assert leave[-1] == pytest.approx((400 - 20 + 25 * 0.25) / 25)


@given(st.floats(0.1, 1000), st.integers(1, 100))
def test_every_rate_and_burst_is_kept(rate, burst):
    server = Server(rate, burst)
    leave = departures(Governor(rate, burst), [0.0] * 300)
    assert all(server.admits(at) for at in leave)


def test_a_burst_of_one_is_a_plain_metronome():
    leave = list(departures(Governor(10.0, 1), [0.0] * 4))
    assert [round(at, 6) for at in leave] == [0.0, 0.1, 0.2, 0.3]


def test_what_is_free_is_what_needs_no_wait():
    governor = Governor(25.0, 20)
    for free in range(13, 0, -1):
        assert governor.free(5.0) == free
        assert governor.reserve(5.0).wait == 0.0
    assert governor.free(5.0) == 0
    assert governor.free(5.04) == 1
    assert governor.free(50.0) == 13


def test_a_refusal_voids_what_was_booked_and_holds_everybody_up():
    governor = Governor(25.0, 20)
    booked = [governor.reserve(100.0) for _ in range(3)]
    governor.refused(100.1, booked[0], 2.0)
    governor.refused(100.2, booked[1], 0.5)  # a shorter one takes nothing back
    assert not any(governor.honours(100.2, permit) for permit in booked)
    assert governor.free(101.0) == 0
    again = governor.reserve(100.2)
    assert again.wait == pytest.approx(1.9)
    assert not governor.honours(102.0, again)
    assert governor.honours(102.1, again)


def test_a_longer_pause_voids_even_what_was_booked_after_the_refusal():
    governor = Governor(25.0, 20)
    first, second = governor.reserve(0.0), governor.reserve(0.0)
    governor.refused(0.1, first, 0.0)
    booked = governor.reserve(0.2)
    governor.refused(0.3, second, 5.0)
    assert not governor.honours(1.0, booked)


@pytest.mark.parametrize("retry_after", [0.0, 1.0])
@pytest.mark.parametrize("others", [5.0, 10.0])
def test_what_another_client_leaves_is_used_and_hardly_anything_refused(others, retry_after):
    drives = [
        Drive(taken=lambda _: others, retry_after=retry_after).run(30, seed=seed)
        for seed in range(20)
    ]
    assert all(drive.got(0, 30) >= 0.9 * (25 - others) for drive in drives)
    assert mean(len(drive.refused) / len(drive.sent) for drive in drives) < 0.01


def test_hours_beside_a_steady_neighbour():
    drive = Drive(taken=lambda _: 10.0).run(3600)
    assert len(drive.refused) < 0.005 * len(drive.sent)
    for start in range(0, 3600, 60):
        assert drive.got(start, start + 60) >= 0.9 * 15


def test_a_neighbour_that_comes_and_goes_for_hours():
    busy = 600
    drive = Drive(taken=lambda t: 15.0 if t % (2 * busy) > busy else 0.0).run(2 * 3600)
    assert len(drive.refused) < 0.01 * len(drive.sent)
    for start in range(0, 2 * 3600, 2 * busy):
        assert drive.got(start + 120, start + busy) >= 0.97 * 25  # all of it, two minutes later
        assert drive.got(start + busy + 30, start + 2 * busy) >= 0.9 * 10


@pytest.mark.parametrize("rate", [2.5, 5.0, 12.0])
def test_an_instance_that_allows_less_than_documented(rate):
    drive = Drive(server=Server(rate, burst=5)).run(600)
    assert drive.got(60, 600) >= 0.9 * rate
    later = [t for t in drive.refused if t > 60]
    assert len(later) < 0.03 * rate * 540


def test_refusals_that_have_nothing_to_do_with_the_rate_do_not_bring_it_down_for_good():
    """One answer in 50 was 429 whatever was sent, and the scan crept along at one request a second."""
    drive = Drive(senseless=0.02).run(600)
    assert drive.got(0, 600) >= 6.0
    assert Drive(senseless=0.3).run(600).got(60, 600) >= 1.0  # at a tenth of the rate, its least


def busy(since):
    """Return a governor whose bucket was full at that time, and would not be again for seconds."""
    governor = Governor(25.0, 20)
    for _ in range(100):
        governor.reserve(since)
    return governor


@pytest.mark.parametrize(("seconds", "steady"), [(0.01, 0.5), (0.8, 4.0), (2.0, 10.0), (9.0, 30.0)])
def test_what_was_measured_in_a_moment_is_soon_put_to_the_test(seconds, steady):
    """A client that took its first second's word for half an hour left a tenth of the rate unused."""
    governor = busy(since=1.0)
    for _ in range(200):
        governor.reserve(1.0)
    governor.refused(1.0 + seconds, governor.reserve(1.0 + seconds))
    assert governor.pace.steady == pytest.approx(steady)


def test_the_rate_falls_climbs_back_rests_and_then_asks_for_more():
    governor = busy(since=0.0)
    governor.refused(2.0, governor.reserve(2.0))
    left = governor.pace.left
    rates = [governor.rate(2.0 + second) for second in range(30)]
    assert rates[0] == pytest.approx(0.93 * left)
    assert rates[10] == pytest.approx(left)
    assert all(earlier <= later for earlier, later in pairwise(rates))
    assert rates[-1] <= 25.0
    assert rates[11] - rates[9] < rates[1] - rates[0]  # flat around what was left


def test_a_refusal_that_no_probe_provoked_brings_the_next_one_sooner_and_one_that_it_did_later():
    governor = busy(since=8.0)
    steady = []
    for moment in (10.0, 30.0, 31.0, 35.0, 36.0, 36.1, 100.0):
        governor.refused(moment, governor.reserve(moment))
        steady.append(governor.pace.steady)
    assert steady == [10.0, 20.0, 5.0, 5.0, 1.25, 0.5, 1.0]


def test_a_clock_that_goes_back_brings_no_tokens():
    governor = Governor(25.0, 20)
    for _ in range(13):
        governor.reserve(100.0)
    assert governor.free(90.0) == 0
    assert governor.reserve(90.0).wait > 0
