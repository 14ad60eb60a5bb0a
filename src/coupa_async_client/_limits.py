"""How fast to ask: a token bucket as arithmetic on a clock that is handed in.

No sleeping here; the engine waits as long as it is told.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to send after `wait` seconds, unless a pause has come in between."""

    wait: float
    epoch: int


class TokenBucket:
    """Coupa's limit seen from the sender: `rate` requests a second, `burst` at once (doc 0012).

    A quarter of the burst is kept back: requests that set out evenly arrive bunched, and a bucket
    drained to the last token would answer the bunch with 429.
    """

    def __init__(self, rate: float, burst: int) -> None:
        """Take the documented limit: requests a second, and requests at once (at least 1)."""
        self._interval = 1.0 / rate
        self._slack = (max(1, burst - burst // 4) - 1) * self._interval
        self._arrival = float("-inf")
        self._paused_until = float("-inf")
        self._epoch = 0

    def free(self, now: float) -> int:
        """Count the requests that may leave at this moment."""
        ahead = now + self._slack - max(self._arrival, now)
        return max(0, int(ahead / self._interval + 1 + 1e-9))

    def reserve(self, now: float) -> Permit:
        """Book the next free moment; times are seconds on any one steady clock.

        This is the generic cell rate algorithm: `_arrival` is when the request would come if all
        were evenly spaced, and it may come up to `_slack` early.
        """
        self._arrival = max(self._arrival, now)
        permit = Permit(max(0.0, self._arrival - self._slack - now), self._epoch)
        self._arrival += self._interval
        return permit

    def give_back(self, permit: Permit) -> None:
        """Free the place of a permit that is not waited for any more."""
        if self.honours(permit):
            self._arrival -= self._interval

    def honours(self, permit: Permit) -> bool:
        """Tell whether a permit still stands; after a pause it must be booked anew."""
        return permit.epoch == self._epoch

    def pause(self, now: float, seconds: float) -> None:
        """Let nobody send for some seconds, nor in a burst after that: a 429 slows everyone.

        Permits that are still waited for are void, so their places are not counted.
        """
        self._paused_until = max(self._paused_until, now + seconds)
        self._arrival = self._paused_until + self._slack
        self._epoch += 1
