"""A small Coupa for the fault matrix: rows, tokens, and one way to misbehave; made anew for each run.

Honest unless its `spoil` says otherwise; sockets are left to `servers`, the ways to misbehave to `faults`.
"""

import threading
import time
from bisect import bisect_right, insort
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from servers import Answer, Seen, grant, http, rows

ROWS = 1_000
MIDDLE = 500
"""The row whose page is the one that goes wrong, whatever the paging."""

PAGE = 50
_DAY = 86_399.0
_MOVING_EVERY = 7
_MOVES = 3


@dataclass(frozen=True, slots=True)
class Tokens:
    """How tokens are given: `life` seconds each, though the answer claims `claimed`.

    With `only_newest`, each new token ends the one before.
    """

    life: float = _DAY
    claimed: float | None = None
    only_newest: bool = False


@dataclass(eq=False)
class Coupa:
    """Answers for `invoices` with ids from 1 to `size`: `id[gt]`, `id[lt]`, `exported`, `offset`, `limit`.

    `spoil` is asked first and returns None to leave an answer honest. With `pace`, answers leave that
    many seconds apart. With `restless`, three rows leave the filter at the low end with every page,
    three enter it at the high end, and one is born, up to
    `births` in all.
    """

    spoil: "Spoil | None" = None
    size: int = ROWS
    tokens: Tokens = field(default_factory=Tokens)
    pace: float = 0.0
    restless: bool = False
    births: int = 100

    def __post_init__(self) -> None:
        """Lay out the rows; of those that move, the lower half is in and the upper half is out."""
        self.lock = threading.RLock()
        self.struck = False
        self.deaf_token_calls = 0
        self._given: dict[str, float] = {}
        self._next_answer = 0.0
        self._exported: set[int] = set()
        moving = sorted(self._moving)
        half = len(moving) // 2
        self._leaving, self._entering = moving[:half], moving[half:]
        self._born = 0
        self._ids = sorted(set(range(1, self.size + 1)) - set(self._entering))

    @property
    def expected(self) -> AbstractSet[int]:
        """The rows that are there throughout: each must come once."""
        return set(range(1, self.size + 1)) - self._moving

    @property
    def possible(self) -> AbstractSet[int]:
        """The rows that may come at all."""
        return set(range(1, self.size + 1 + (self.births if self.restless else 0)))

    def answer(self, seen: Seen) -> Answer:
        """Answer one request of the API."""
        with self.lock:
            if seen.method == "PUT":
                self._exported.add(int(seen.path.rpartition("/")[2]))
                return http(200, {})
            if not seen.path.endswith("/invoices"):
                return http(200, b"<html>log in</html>", content_type="text/html")
            if time.monotonic() > self._given.get(seen.token, 0.0):
                return http(401, {"error": "invalid_token"})
        self._wait_for_its_turn()
        with self.lock:
            spoiled = self.spoil(self, seen) if self.spoil else None
            honest = http(200, rows(self.page(seen)))
            if self.restless:
                self._move()
            return honest if spoiled is None else spoiled

    def token(self, _: Seen) -> Answer:
        """Answer one token call."""
        with self.lock:
            if self.deaf_token_calls:
                self.deaf_token_calls -= 1
                return http(503, b"try later")
            if self.tokens.only_newest:
                self._given.clear()
            name = f"token-{time.monotonic_ns()}"
            self._given[name] = time.monotonic() + self.tokens.life
            return grant(name, self.tokens.claimed or self.tokens.life)

    def revoke(self) -> None:
        """End every token."""
        self._given.clear()

    def page(self, seen: Seen, *, back: int = 0, more: int = 0) -> list[int]:
        """Return the ids that a request asks for; `back` rows earlier, `more` of them."""
        query = seen.query
        after = int(query.get("id[gt]", 0))
        offset = int(query.get("offset", 0))
        if "id[gt]" in query:
            after = max(0, after - back)
        else:
            offset = max(0, offset - back)
        below = int(query.get("id[lt]", self._ids[-1] + 1))
        limit = min(PAGE, int(query.get("limit", PAGE))) + more
        above = self._ids[bisect_right(self._ids, after) :]
        there = [i for i in above if i < below and i not in self._exported]
        return there[offset : offset + limit]

    @property
    def _moving(self) -> set[int]:
        return set(range(_MOVING_EVERY, self.size + 1, _MOVING_EVERY)) if self.restless else set()

    def _move(self) -> None:
        for _ in range(_MOVES):
            if self._leaving:
                self._ids.remove(self._leaving.pop(0))
            if self._entering:
                insort(self._ids, self._entering.pop())
        if self._born < self.births:
            self._born += 1
            self._ids.append(self.size + self._born)

    def _wait_for_its_turn(self) -> None:
        if not self.pace:
            return
        with self.lock:
            turn = max(time.monotonic(), self._next_answer)
            self._next_answer = turn + self.pace
        time.sleep(max(0.0, turn - time.monotonic()))


Spoil = Callable[[Coupa, Seen], Answer | None]
