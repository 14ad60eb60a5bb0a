"""Which ids to ask for next: disjoint spans of ids, each walked upwards by `id[gt]`.

One slot makes a chain in id order; more slots share the spans, and an idle one splits the widest.
Pure, like every plan: `_engine` sends what is asked for and feeds the answers in any order.
"""

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass

from .errors import CoupaShapeError
from .types import Ask, Page, Span

ORDER_BY_ID = {"order_by": "id", "dir": "asc"}
"""Declared on every GET of Coupa's Swagger files; whether it is honoured is verified, not trusted."""

_BELOW = "id[lt]"
_MOST_OVERHEAD = 1.12
"""Requests for each full page beyond which no span is split any more."""

_WORTH_SPLITTING = 0.3
"""Pages that must be left behind the one in flight: an idle slot costs more than a short page."""

_FIRST_JUMP = 2
"""Pages for each slot that the first probe leaves between itself and the highest row known."""

_FARTHER = 4
"""How many times as far each further probe jumps."""

_WORTH_PROBING = 3.0
"""Pages that a place without rows must lie above the highest row known, to look between them."""

_PATIENCE = 2
"""Answers for each other request in flight, after which a probe is slow and another is sent."""

_HOPELESS = 3
"""Pages in a row that failed for good before the rest is not asked for any more."""


@dataclass(slots=True, eq=False)
class _Walk:
    """The rest of one span: ids above `after`, up to `upto`; None where there is no bound.

    `width` is how many ids a page spans hereabouts, None before the first answer; `probing` is true
    until a walk that was split off has found its first row, `shorts` counts the pages in a row that
    were not full, a `final` walk ends at the first of them, one that is `held_by` another waits for
    its first answer, and nothing but walks in flight was left when the `last` one was asked for.
    """

    after: int | None
    upto: int | None
    width: float | None = None
    probing: bool = False
    shorts: int = 0
    final: bool = False
    last: bool = False
    held_by: "_Walk | None" = None
    flying: bool = False

    def __lt__(self, other: "_Walk") -> bool:
        return (self.after or -1) < (other.after or -1)

    @property
    def pages_left(self) -> float:
        """Estimate how many pages are left behind the one in flight or next; 0 where nothing is known."""
        if self.width is None or self.upto is None:
            return 0.0
        return (self.upto - (self.after or 0)) / self.width - 1

    def beyond(self, pages: float) -> int:
        """Return the id that lies some pages further up."""
        return (self.after or 0) + int((self.width or 1.0) * pages)


class IdRanges:
    """Every row of some spans of ids, once each, with up to `slots` requests in flight.

    No answer is trusted to stop at the end of its span: one that goes beyond proves the span
    complete, and an empty one proves that there is nothing above at all. The top id is found by
    probes that jump ahead, each farther than the one before, so `order_by` and `dir` need not be
    honoured; that the first page held the lowest ids is verified by asking for one below.
    """

    def __init__(
        self,
        *,
        limit: int,
        slots: int = 1,
        spans: Iterable[Span] = ((None, None),),
        most: int | None = None,
    ) -> None:
        """Take the spans to cover; stop after `most` rows, or at the end."""
        self._limit = limit
        self._page = limit
        self._largest = 0
        self._slots = slots
        self._walks = sorted(_Walk(after, upto) for after, upto in spans)
        self._flying: dict[int | None, _Walk] = {}
        self._most = most
        self._jump = float(_FIRST_JUMP * slots)
        self._asks = 0
        self._answers = 0
        self._newest: _Walk | None = None
        self._probed_at = 0
        self._rows = 0
        self._failures = 0
        self._top = self._walks[-1].after if self._walks else None
        self._tail: _Walk | None = None
        self._lowest: int | None = None
        self._looking_below = False

    @property
    def done(self) -> bool:
        """Tell whether nothing is left to be asked for."""
        return not self._walks and self._lowest is None and self._tail is None

    def take(self, room: int) -> list[Ask]:
        """Ask for the next page of every idle span, lowest first; look ahead; split the widest."""
        asks: list[Ask] = []
        room = min(room, self._slots - len(self._flying) - self._looking_below)
        if self._lowest is not None and not self._looking_below and room > 0:
            self._looking_below = True
            asks.append(Ask({_BELOW: str(self._lowest), **ORDER_BY_ID, "limit": "1"}, 1))
        while len(asks) < room and (walk := self._next_walk()) is not None:
            self._flying[walk.after] = walk
            walk.flying = True
            self._asks += 1
            asks.append(self._ask(walk))
        return asks

    def _next_walk(self) -> _Walk | None:
        """Pick what to ask for: a probe that is due, the lowest walk that waits, half of the widest.

        A walk that seems to be at the end waits until nothing else is left: rows may be born.
        """
        if (probe := self._probe(_PATIENCE * (len(self._flying) - 1))) is not None:
            return probe
        idle = [w for w in self._walks if not (w.flying or self._held(w))]
        for walk in idle:
            if not (walk.shorts and self._at_the_top(walk)):
                return walk
        return self._split() or self._probe(_PATIENCE) or self._last_step(idle)

    def _held(self, walk: _Walk) -> bool:
        above = walk.held_by
        return above is not None and above.probing and above in self._walks

    def _at_the_top(self, walk: _Walk) -> bool:
        """Tell whether no row above a walk is known."""
        return walk.upto is None or self._top is None or walk.upto > self._top

    def feed(self, ask: Ask, page: Page) -> list[Page]:
        """Check that the ids rise, move the span behind them, let the rows in it go.

        Raises:
            CoupaShapeError: a row has no id, or the ids do not rise within and across pages.
        """
        if _BELOW in ask.params:
            self._look_below(ask, page)
            return []
        walk = self._landed(ask)
        if walk is None:
            return []
        self._failures = 0
        if not page:
            return self._nothing_above(walk)
        ids = _rising(ask, page)
        if walk.after is None and len(ids) >= self._limit:
            self._lowest = ids[0]
        self._measure(walk, ids)
        self._absorb(walk, ids[-1])
        start: int | None = walk.after
        end: int | None = ids[-1]
        if walk.final and walk.shorts:
            self._walks.remove(walk)
            end = None
        elif walk.upto is not None and ids[-1] >= walk.upto:
            end = walk.upto
            page = page.keep([i for i, id_ in enumerate(ids) if id_ <= walk.upto])
            self._walks.remove(walk)
        walk.after = ids[-1]
        if walk.upto is None and walk.shorts > 1 and not walk.final:
            walk.held_by = self._split_off(walk, walk.beyond(2) + self._limit)
        self._rows += len(page)
        if page:
            self._top = max(page.ids[-1] or 0, self._top or 0)
        if self._most is not None and self._rows >= self._most:
            self._give_up()
        return [page.covering((start, end))]

    def fail(self, ask: Ask) -> list[Page]:
        """Leave out a page that failed for good, or the rest once too many have."""
        if _BELOW in ask.params:
            self._look_below(ask, Page(()))
            return []
        walk = self._landed(ask)
        if walk is None:
            return []
        self._failures += 1
        if self._failures >= _HOPELESS:
            self._give_up()
        elif walk.width is None or (walk.upto is not None and walk.beyond(1) >= walk.upto):
            self._walks.remove(walk)
        else:
            walk.after = walk.beyond(1)
        return []

    def _give_up(self) -> None:
        """Ask for nothing more."""
        self._walks.clear()
        self._tail = self._lowest = None

    def _look_below(self, ask: Ask, page: Page) -> None:
        """Check that no row has a lower id than the first page; a filter that is ignored says nothing."""
        lowest, self._lowest, self._looking_below = int(ask.params[_BELOW]), None, False
        if any(id_ is not None and id_ < lowest for id_ in page.ids):
            msg = (
                f"id {page.ids[0]} exists, though the first page, asked for in order of id, began with "
                f'id {lowest}: this resource does not order by id; use paging="offset"'
            )
            raise CoupaShapeError(msg)

    def _ask(self, walk: _Walk) -> Ask:
        place = {} if walk.after is None else {"id[gt]": str(walk.after)}
        return Ask({**place, **ORDER_BY_ID, "limit": str(self._limit)}, self._limit, walk.after)

    def _landed(self, ask: Ask) -> _Walk | None:
        """Return the walk that an answer is for, unless it has been ended or given up meanwhile."""
        walk = self._flying.pop(ask.place, None)
        if walk is None or walk not in self._walks:
            return None
        walk.flying = False
        self._answers += 1
        return walk

    def _measure(self, walk: _Walk, ids: list[int]) -> None:
        """Learn from a page how close ids lie, and how many rows the instance answers with."""
        self._largest = max(self._largest, len(ids))
        if walk.shorts:  # a short page with rows behind it: the instance caps pages lower
            self._page = self._largest
        gap = (ids[-1] - ids[0]) / (len(ids) - 1) if len(ids) > 1 else 1.0
        walk.width = max(1.0, gap * self._page)
        for other in self._walks:  # its first answer may take long: let others share the work
            if other.width is None and other.upto is not None:
                other.width = walk.width
        walk.probing = walk.last = False
        walk.shorts = walk.shorts + 1 if len(ids) < self._page else 0

    def _split(self) -> _Walk | None:
        """Give an idle slot the upper half of the widest span, in whole pages where ids are dense."""
        below = [w for w in self._walks if not (self._at_the_top(w) or w.final)]
        widest = max(below, key=lambda w: w.pages_left, default=None)
        if widest is None or widest.pages_left < _WORTH_SPLITTING or self._wasteful:
            return None
        return self._split_off(
            widest, widest.beyond(1 + max(0, round((widest.pages_left - 1) / 2)))
        )

    def _probe(self, patience: int) -> _Walk | None:
        """Look for rows above the highest one known: far ahead, or half the way to where none is.

        One at a time, unless it is slow: then nearer and nearer, and at last beyond it.
        """
        top = next((w for w in reversed(self._walks) if not w.probing), None)
        if top is None or not self._may_probe_above(top, patience):
            return None
        nearest = _WORTH_PROBING if top is self._walks[-1] else self._slots
        if top.upto is not None and top.pages_left >= nearest:
            place = top.beyond(1 + top.pages_left // 2)
        elif self._walks[-1].upto is None:
            top = self._walks[-1]
            place = top.beyond(1 + self._jump)
            self._jump *= _FARTHER
        else:
            return None
        self._probed_at = self._answers
        self._newest = self._split_off(top, place)
        return self._newest

    def _may_probe_above(self, top: _Walk, patience: int) -> bool:
        """Tell whether a probe is due, where slots share the work and others keep theirs."""
        if self._slots == 1 or not self._flying or self._wasteful:
            return False
        if top.width is None or top.shorts or top.final or not self._at_the_top(top):
            return False
        waiting = self._newest is not None and self._newest.flying
        return not waiting or self._answers >= self._probed_at + patience

    def _last_step(self, idle: list[_Walk]) -> _Walk | None:
        """Look above the top once more when nothing else is left: rows may have been born meanwhile."""
        if idle:
            idle[0].last = True
            return idle[0]
        if self._tail is None or any(map(self._at_the_top, self._walks)):
            return None
        self._tail = None
        self._walks.append(_Walk(self._top, None, final=True, last=True))
        return self._walks[-1]

    def _split_off(self, walk: _Walk, middle: int) -> _Walk:
        """Leave what lies above an id to a walk of its own.

        Where two pages in a row were short, that is how an open end is closed: rows may be born as
        fast as they are read, yet nothing above the new walk's start says that they all are new.
        """
        upper = _Walk(middle, walk.upto, walk.width, probing=True)
        walk.upto = middle
        insort(self._walks, upper)
        return upper

    @property
    def _wasteful(self) -> bool:
        """Tell whether splits have cost too much: ids in clumps far apart make most of them vain."""
        return self._asks > _MOST_OVERHEAD * self._rows / self._page + 2 * self._slots

    def _absorb(self, walk: _Walk, last: int) -> None:
        """Take over idle spans just above that the answer reaches into."""
        above = self._walks.index(walk) + 1
        while (
            walk.upto is not None
            and last > walk.upto
            and above < len(self._walks)
            and not self._walks[above].flying
            and self._walks[above].after == walk.upto
        ):
            walk.upto = self._walks.pop(above).upto

    def _nothing_above(self, walk: _Walk) -> list[Page]:
        """End the spans that an empty answer proves empty; those that found rows say so themselves.

        The open end is looked at once more, unless nothing but that is left to be asked for.
        """
        at = self._walks.index(walk)
        ended = [w for w in self._walks[at:] if w is walk or w.probing or not w.flying]
        self._walks = [w for w in self._walks if w not in ended]
        goes_on = any(not w.flying or w.pages_left >= _WORTH_SPLITTING for w in self._walks)
        if goes_on and not walk.last and ended[-1].upto is None:
            self._tail = ended.pop()
        elif self._tail is not None and (walk.last or not goes_on):
            ended.append(self._tail)
            self._tail = None
        return [Page(()).covering((w.after, w.upto)) for w in ended]


def _rising(ask: Ask, page: Page) -> list[int]:
    """Return the page's ids, checked to rise from the place that was asked for."""
    last, ids = ask.place, []
    for id_ in page.ids:
        if id_ is None:
            msg = 'paging by id needs the id of every row, and a row has none; use paging="offset"'
            raise CoupaShapeError(msg)
        if last is not None and id_ <= last:
            msg = (
                f"id {id_} came after id {last}, though {dict(ask.params)} asked for ascending ids "
                'beyond the last: this resource does not order by id; use paging="offset"'
            )
            raise CoupaShapeError(msg)
        last = id_
        ids.append(id_)
    return ids
