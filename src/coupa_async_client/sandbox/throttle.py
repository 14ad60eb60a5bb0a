"""The rate limit of doc 0012 as a token bucket on a clock that is handed in."""


class Bucket:
    """A token bucket that may run into debt: each unit of debt is one call that waits."""

    def __init__(self, rate: float, burst: int, queue: int) -> None:
        """Hold at most `burst` tokens, refilled at `rate` a second, with `queue` calls waiting."""
        self._rate = rate
        self._burst = float(burst)
        self._queue = queue
        self._tokens = float(burst)
        self._at = 0.0

    def take(self, now: float) -> float | None:
        """Return the seconds this call has to wait, or None when it is refused."""
        self._refill(now)
        if self._tokens - 1 < -self._queue:
            return None
        self._tokens -= 1
        return max(0.0, -self._tokens / self._rate)

    def until_next(self, now: float) -> float:
        """Return the seconds until a call would be taken."""
        self._refill(now)
        return max(0.0, (1 - self._queue - self._tokens) / self._rate)

    def _refill(self, now: float) -> None:
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._at) * self._rate)
        self._at = now
