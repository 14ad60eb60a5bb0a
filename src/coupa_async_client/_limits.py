"""How fast to ask: a model of Coupa's token bucket, corrected by the answers, on a clock that is handed in.

No sleeping and no sharing here: the engine waits as long as it is told, and a budget that several
processes share carries a `Pace` from one to the next.
"""

from dataclasses import dataclass, replace

_SPREAD = 0.25
"""Seconds by which arrivals may differ in lateness: what leaves evenly in that time may arrive at once."""

_CUT = 0.07
"""Share of the rate that a refusal takes away at first."""

_DOUBT = 1.5
"""Requests by which the full bucket that a busy spell began with may have been less than full."""

_MEMORY = 0.1
"""Seconds for which the former rate counts in an estimate, so that a brief spell does not overrule it."""

_LEAST = 0.1
"""Share of the documented rate below which no refusal brings us: some are not about the rate at all."""

_TRUST = 5.0
_SOONEST, _LATEST = 0.5, 30.0
"""Seconds from a refusal until the rate is back at what was left: at first, for each second in which
that was measured, and the bounds."""


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to send after `wait` seconds, unless a refusal has come in between."""

    wait: float
    epoch: float


@dataclass(slots=True)
class Pace:
    """What is known of the bucket at a moment; plain numbers, for processes to hand on to each other.

    `level` tokens are left at the moment `at`. `left` is the rate that others left to us when last
    refused, until `refused`, and `steady` how many seconds later we are back at it; `burst` is what the
    bucket was trusted to hold then. Since `since` `through` requests got through, out of a bucket that
    held `began` tokens. Nobody sends before `paused`; `epoch` counts refusals.
    """

    level: float
    at: float
    left: float
    burst: float
    refused: float = float("-inf")
    steady: float = _SOONEST
    since: float = 0.0
    began: float = 0.0
    through: float = 0.0
    paused: float = float("-inf")
    epoch: float = 0.0


class Governor:
    """Coupa's limit seen from the sender: `rate` requests a second, `burst` at once (doc 0012).

    As long as nothing is refused, the model is that bucket, less a reserve: requests that set out
    evenly arrive bunched, and a bucket drained to the last token would refuse the bunch.

    A refusal says that the bucket is empty, so others draw on it. What got through since it was last
    known to be full, or empty, is what they left: the rate falls to just below that, climbs back,
    rests there, and then goes on in growing steps to find out whether there is more (a cubic, as
    TCP's congestion window has it in RFC 9438). What was measured in a moment is put to the test
    within seconds. A refusal long before the rate is back is no consequence of such steps, and lets
    the next ones come sooner; one after, later.
    """

    def __init__(self, rate: float, burst: int) -> None:
        """Take the documented limit: requests a second, and requests at once (at least 1)."""
        self._rate = rate
        self._burst = float(burst)
        self.pace = self.fresh()

    def copy(self) -> "Governor":
        """Return another that knows as much, to see what would be."""
        other = Governor(self._rate, int(self._burst))
        other.pace = replace(self.pace)
        return other

    def fresh(self) -> Pace:
        """Return what is known before anything was sent: the bucket is full."""
        burst = self._burst
        return Pace(burst, float("-inf"), self._rate, burst, began=burst)

    def rate(self, now: float) -> float:
        """Tell how many requests a second may leave at this moment; times are any one steady clock's."""
        pace = self.pace
        if not pace.epoch:
            return self._rate
        step = max(0.0, now - pace.refused) / pace.steady - 1
        return min(self._rate, max(self._least, pace.left * (1 + _CUT * step**3)))

    def free(self, now: float) -> int:
        """Count the requests that may leave at once."""
        pace = self.pace
        if now < pace.paused:
            return 0
        return max(0, int(self._filled(now) - self._reserve(now) + 1e-9))

    def reserve(self, now: float) -> Permit:
        """Book the next free moment."""
        self._advance(now)
        pace, rate = self.pace, self.rate(now)
        lacking = 1 + self._reserve(now) - pace.level
        pace.level -= 1
        pace.through += 1
        return Permit(max(0.0, pace.paused - now, lacking / rate), pace.epoch)

    def honours(self, now: float, permit: Permit) -> bool:
        """Tell whether a permit still stands; after a refusal it must be booked anew."""
        return permit.epoch == self.pace.epoch and now >= self.pace.paused

    def refused(self, now: float, permit: Permit, wait: float = 0.0) -> None:
        """Note that a request was refused, and that nobody is to send for `wait` seconds.

        One that left before an earlier refusal was heard says nothing that is not known by now.
        """
        self._advance(now)
        pace = self.pace
        pace.paused = max(pace.paused, now + wait)
        pace.through -= 1
        if permit.epoch != pace.epoch:
            return
        early = now - pace.refused < pace.steady / 2
        if not pace.epoch:
            pace.steady = min(_LATEST, max(_SOONEST, _TRUST * (now - pace.since)))
        elif early:
            pace.steady = max(_SOONEST, pace.steady / 4)
        elif now - pace.refused > pace.steady:
            pace.steady = min(_LATEST, pace.steady * 2)
        pace.through -= max(0.0, self._reserve(now) - pace.level)  # booked, and not sent yet
        pace.left = self._estimate(now, early=early)
        pace.burst = max(1.0, self._capacity(now) / 2)
        pace.level = pace.began = pace.through = 0.0
        pace.at = pace.since = now
        pace.refused = max(now, pace.paused)
        pace.epoch += 1

    @property
    def _least(self) -> float:
        return self._rate * _LEAST

    def _capacity(self, now: float) -> float:
        """Tell what the bucket is trusted to hold; a refusal halves that for half a minute."""
        if not self.pace.epoch:
            return self._burst
        regained = self._burst * max(0.0, now - self.pace.refused) / _LATEST
        return min(self._burst, self.pace.burst + regained)

    def _reserve(self, now: float) -> float:
        """Count the tokens to keep back; at least one is for sending, however small the burst."""
        return min(_SPREAD * self.rate(now), self._capacity(now) - 1)

    def _filled(self, now: float) -> float:
        pace = self.pace
        if pace.at == float("-inf"):
            return pace.level
        filled = pace.level + self.rate(pace.at) * max(0.0, now - pace.at)
        return min(self._capacity(now), filled)

    def _advance(self, now: float) -> None:
        """Fill the bucket up to now; one that is full begins a new spell."""
        pace = self.pace
        pace.level = self._filled(now)
        pace.at = max(now, pace.at)
        if pace.level >= self._capacity(pace.at):
            pace.since, pace.began, pace.through = pace.at, pace.level, 0.0

    def _estimate(self, now: float, *, early: bool) -> float:
        """Estimate the rate that was left to us: what got through, less what was in the bucket before."""
        pace = self.pace
        spell = now - pace.since
        if pace.began:
            got = pace.through - pace.began - _DOUBT
        else:
            got = pace.through
            spell -= _SPREAD if early else 0.0  # in which the reserve was filled up
        rate = (got + _MEMORY * pace.left) / max(_MEMORY, spell + _MEMORY)
        return min(self._rate, max(self._least, pace.left / 2, rate))
