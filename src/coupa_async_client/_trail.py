"""Where one request has got to, told to the account of its scan and to those who listen."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .types import Request

if TYPE_CHECKING:
    from ._listeners import Listeners

_NOTABLE = 0.001
"""Seconds in line below which nothing is told: every request takes a turn of the loop there."""


@dataclass(slots=True)
class Tally:
    """What the requests of one scan or call have cost so far; the receipt reads it."""

    requests: int = 0
    retries: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    waited: float = 0.0
    queued: int = 0
    queued_since: float = 0.0
    backed_off: float = 0.0


class Trail:
    """One request from its first try to its last."""

    __slots__ = ("_listeners", "_request", "_tries", "tally")

    def __init__(self, request: Request, tally: Tally, listeners: "Listeners | None") -> None:
        """Start before the first try."""
        self._request = request
        self._tries = 0
        self._listeners = listeners
        self.tally = tally

    def next(self, headers: Mapping[str, str] | None = None) -> Request:
        """Return the request of the next try."""
        self.tally.requests += 1
        self._tries += 1
        all_headers = {**self._request.headers, **(headers or {})}
        return replace(self._request, headers=all_headers, attempt=self._tries)

    def waited(self, seconds: float) -> None:
        """Note that the next try had to wait for leave to send."""
        if self._listeners is not None and seconds >= _NOTABLE:
            coming = replace(self._request, attempt=self._tries + 1)
            self._listeners.waited(coming, seconds)

    def retrying(self, reason: str, wait: float, error: str) -> None:
        """Note that the last try did not do."""
        self.tally.retries[reason] += 1
        if self._listeners is not None:
            last = replace(self._request, attempt=self._tries)
            self._listeners.retrying(last, reason, wait, error)
