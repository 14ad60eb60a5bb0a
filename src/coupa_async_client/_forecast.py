"""How many requests a plan will take, and how long: the plan itself, carried out in thought.

Pure: answers come out of rows that are made up, and time passes by arithmetic.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import accumulate

from ._limits import Governor
from .types import Ask, Page, Plan, Span

_AHEAD = 2
"""Requests that wait for leave to send beyond those that have it, as the engine lets them."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """How fast it goes: `slots` requests in flight, answers `latency` seconds later, and the pace at `now`.

    Without a governor nothing is paced; one is looked at only, never used up.
    """

    slots: int
    latency: float
    governor: Governor | None = None
    now: float = 0.0

    @property
    def rate(self) -> float | None:
        """Requests a second that may leave."""
        return None if self.governor is None else self.governor.rate(self.now)

    @property
    def at_once(self) -> int | None:
        """Requests that may leave together before that."""
        return None if self.governor is None else self.governor.free(self.now)


@dataclass(frozen=True, slots=True)
class Course:
    """What a plan took: `interval` seconds between requests in its second half."""

    rows: int
    requests: int
    seconds: float
    interval: float

    def times(self, scale: int) -> "Course":
        """Foretell the same with so many times as many rows: it goes on as in its second half."""
        more = (scale - 1) * self.requests
        return Course(
            self.rows * scale,
            self.requests + more,
            self.seconds + more * self.interval,
            self.interval,
        )


class MadeUp:
    """Rows that lie as those that were seen do, and answers out of them."""

    def __init__(
        self, ids: Sequence[int], *, cap: int, weight: int, spans: Sequence[Span] = ((None, None),)
    ) -> None:
        """Take their ids, the most that a page holds, a row's bytes, and what parts span."""
        self._ids = ids
        self._cap = cap
        self._row = bytes(weight)
        self._spans = spans

    def answer(self, ask: Ask) -> Page:
        """Answer as an instance would."""
        after, upto = self._spans[ask.part]
        low = max(int(ask.params.get("id[gt]", 0)), after or 0)
        start = bisect_right(self._ids, low) + int(ask.params.get("offset", 0))
        end = len(self._ids) if upto is None else bisect_right(self._ids, upto)
        if "id[lt]" in ask.params:
            end = min(end, bisect_left(self._ids, int(ask.params["id[lt]"])))
        ids = self._ids[start : min(end, start + min(ask.limit, self._cap))]
        return Page([self._row] * len(ids), ids)


def lying_like(gaps: Sequence[int], low: int, high: int, count: int) -> Sequence[int]:
    """Make up ids from `low` to `high`, as far apart and as unevenly as those that were seen."""
    if count < 2 or not gaps or min(gaps) == max(gaps):  # noqa: PLR2004
        step = max(1, (high - low) // max(1, count - 1))
        return range(low, low + step * count, step)
    steps = [gaps[int(chance * len(gaps))] for chance in _chances(count - 1)]
    stretch = (high - low) / sum(steps)
    places = accumulate(steps, initial=0)
    return list(accumulate((low + round(place * stretch) for place in places), _above))


def some_of(ids: Sequence[int], count: int) -> Sequence[int]:
    """Make up which of some ids have a row: so many, one at a chance place of each stretch."""
    stretch = len(ids) / max(1, count)
    wanted = (int((n + chance) * stretch) for n, chance in enumerate(_chances(count)))
    return [ids[place] for place in accumulate(wanted, _above) if place < len(ids)]


def _chances(count: int) -> Iterator[float]:
    """Yield numbers from 0 to 1 that look like chance, and are the same each time."""
    chance = 1
    for _ in range(count):
        chance = (chance * 1_103_515_245 + 12_345) % 2**31
        yield chance / 2**31


def _above(last: int, wanted: int) -> int:
    return max(last + 1, wanted)


def course(
    plan: Plan, answer: Callable[[Ask], Page], tempo: Tempo, most: int | None = None
) -> Course:
    """Carry a plan out in thought, every answer as late as the next; stop after `most` rows."""
    governor, now = tempo.governor and tempo.governor.copy(), tempo.now
    line: deque[Ask] = deque()
    flying: list[tuple[float, int, Ask]] = []
    departures: list[float] = []
    leave, rows = None, 0
    while not plan.done and (most is None or rows < most):
        room = tempo.slots - len(flying) - len(line)
        if governor is not None:
            least = 0 if flying or line else 1
            room = min(room, max(least, governor.free(now) + _AHEAD - len(line)))
        line += plan.take(max(0, room))
        if line and leave is None:
            leave = now if governor is None else now + governor.reserve(now).wait
        if leave is not None and not (flying and flying[0][0] < leave):
            now, leave = leave, None
            departures.append(now)
            heappush(flying, (now + tempo.latency, len(departures), line.popleft()))
        else:
            now, _, ask = heappop(flying)
            rows += sum(map(len, plan.feed(ask, answer(ask))))
    half = departures[len(departures) // 2 :]
    interval = (half[-1] - half[0]) / (len(half) - 1) if len(half) > 1 else tempo.latency
    return Course(rows, len(departures), now - tempo.now, interval)
