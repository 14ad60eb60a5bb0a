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
_WORTH_SPLITTING = 3.0
"""Pages that must be left in a span: each split costs half a page, asked for on both sides."""

_MOST_OVERHEAD = 1.12
"""Requests for each full page beyond which no span is split any more."""

_HOPELESS = 3
"""Pages in a row that failed for good before the rest is not asked for any more."""


@dataclass(slots=True, eq=False)
class _Walk:
    """The rest of one span: ids above `after`, up to `upto`; None where there is no bound.

    `width` is how many ids a page spans hereabouts, None before the first answer; `probing` is true
    until a walk that was split off has found its first row, `shorts` counts the pages in a row that
    were not full, a `final` walk ends at the first of them, and one that is `held_by` another waits for
    its first answer.
    """

    after: int | None
    upto: int | None
    width: float | None = None
    probing: bool = False
    shorts: int = 0
    final: bool = False
    held_by: "_Walk | None" = None
    flying: bool = False

    def __lt__(self, other: "_Walk") -> bool:
        return (self.after or -1) < (other.after or -1)


class IdRanges:
    """Every row of some spans of ids, once each, with up to `slots` requests in flight.

    No answer is trusted to stop at the end of its span: one that goes beyond proves the span
    complete, and an empty one proves that there is nothing above at all. The top id is found by
    probes that jump ahead, twice as far each time, so `order_by` and `dir` need not be honoured; that
    the first page held the lowest ids is verified by asking for one below.
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
        self._most = most
        self._allowed = 1
        self._flying = 0
        self._jump = 1.0
        self._asks = 0
        self._rows = 0
        self._failures = 0
        self._top = self._walks[-1].after if self._walks else None
        self._tail: _Walk | None = None
        self._lowest: int | None = None
        self._looking_below = False

    @property
    def done(self) -> bool:
        """Tell whether nothing is left to be asked for."""
        return not self._walks and self._lowest is None

    def take(self, room: int) -> list[Ask]:
        """Ask for the next page of every idle span, lowest first, then split the widest."""
        asks: list[Ask] = []
        if self._lowest is not None and not self._looking_below and room:
            self._looking_below = True
            self._flying += 1
            asks.append(Ask({_BELOW: str(self._lowest), **ORDER_BY_ID, "limit": "1"}, 1))
        while len(asks) < room and self._flying < min(self._slots, self._allowed):
            walk = self._idle() or self._split()
            if walk is None:
                break
            walk.flying = True
            self._flying += 1
            self._asks += 1
            asks.append(self._ask(walk))
        return asks

    def _idle(self) -> _Walk | None:
        """Pick the lowest walk that waits, unless it is held until an open end is closed."""
        return next((w for w in self._walks if not w.flying and not self._held(w)), None)

    def _held(self, walk: _Walk) -> bool:
        above = walk.held_by
        return above is not None and above.probing and above in self._walks

    def feed(self, ask: Ask, page: Page) -> list[Page]:
        """Check that the ids rise, move the span behind them, let the rows in it go.

        Raises:
            CoupaShapeError: a row has no id, or the ids do not rise within and across pages.
        """
        if _BELOW in ask.params:
            self._look_below(ask, page)
            return []
        walk = self._landed(ask)
        self._failures = 0
        if not page:
            return self._nothing_above(walk)
        ids = _rising(ask, page)
        if walk.after is None and len(ids) >= self._limit:
            self._lowest = ids[0]
        self._allowed += 1
        self._largest = max(self._largest, len(page))
        if walk.shorts:  # a short page with rows behind it: the instance caps pages lower
            self._page = self._largest
        gap = (ids[-1] - ids[0]) / (len(ids) - 1) if len(ids) > 1 else 1.0
        walk.width, walk.probing = max(1.0, gap * self._page), False
        walk.shorts = walk.shorts + 1 if len(page) < self._page else 0
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
            walk.held_by = self._split_off(walk, int(ids[-1] + 2 * max(self._limit, walk.width)))
        self._rows += len(page)
        if page:
            self._top = max(page.ids[-1] or 0, self._top or 0)
        self._ask_the_tail()
        if self._most is not None and self._rows >= self._most:
            self._walks.clear()
            self._lowest = None
        return [page.covering((start, end))]

    def fail(self, ask: Ask) -> list[Page]:
        """Leave out a page that failed for good, or the rest once too many have."""
        if _BELOW in ask.params:
            self._look_below(ask, Page(()))
            return []
        walk = self._landed(ask)
        self._failures += 1
        beyond = None if walk.width is None else int((walk.after or 0) + walk.width)
        if self._failures >= _HOPELESS:
            self._walks.clear()
            self._lowest = None
        elif beyond is None or (walk.upto is not None and beyond >= walk.upto):
            self._walks.remove(walk)
            self._ask_the_tail()
        else:
            walk.after = beyond
        return []

    def _look_below(self, ask: Ask, page: Page) -> None:
        """Check that no row has a lower id than the first page; a filter that is ignored says nothing."""
        lowest, self._lowest = int(ask.params[_BELOW]), None
        self._flying -= 1
        if any(id_ is not None and id_ < lowest for id_ in page.ids):
            msg = (
                f"id {page.ids[0]} exists, though the first page, asked for in order of id, began with "
                f'id {lowest}: this resource does not order by id; use paging="offset"'
            )
            raise CoupaShapeError(msg)

    def _ask(self, walk: _Walk) -> Ask:
        place = {} if walk.after is None else {"id[gt]": str(walk.after)}
        return Ask({**place, **ORDER_BY_ID, "limit": str(self._limit)}, self._limit, walk.after)

    def _landed(self, ask: Ask) -> _Walk:
        walk = next(w for w in self._walks if w.flying and w.after == ask.place)
        walk.flying = False
        self._flying -= 1
        return walk

    def _split(self) -> _Walk | None:
        widest = max(self._walks, key=self._pages_left, default=None)
        if widest is None or self._pages_left(widest) < _WORTH_SPLITTING or self._wasteful:
            return None
        after, width = widest.after or 0, widest.width or 1.0
        if widest.upto is not None:
            return self._split_off(widest, int((after + width + widest.upto) / 2))
        self._jump *= 2
        return self._split_off(widest, int(after + width * self._jump))

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

    def _pages_left(self, walk: _Walk) -> float:
        """Estimate how many pages are left behind the one in flight; 0 where nothing is known."""
        if walk.width is None or walk.shorts or walk.final or (walk.probing and walk.upto is None):
            return 0.0
        if walk.upto is None:
            return float("inf")
        return (walk.upto - (walk.after or 0)) / walk.width - 1

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
        """End the spans that an empty answer proves empty; those in flight say so themselves."""
        at = self._walks.index(walk)
        ended = [walk, *(w for w in self._walks[at + 1 :] if not w.flying)]
        self._walks = [w for w in self._walks if w not in ended]
        if self._walks and ended[-1].upto is None:
            self._tail = ended.pop()
        elif not self._walks and self._tail is not None:
            ended.append(self._tail)
            self._tail = None
        return [Page(()).covering((w.after, w.upto)) for w in ended]

    def _ask_the_tail(self) -> None:
        """Once all else is done, look above the top again: rows may have been born meanwhile."""
        if not self._walks and self._tail is not None:
            self._walks.append(_Walk(self._top, None, final=True))
            self._tail = None


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
