"""How many rows there are, told from three pages: the lowest, the highest, and one far up by offset.

Pure: pages in, numbers out. Sending for the pages is left to `_explaining`.
"""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Literal, Protocol

from .types import MAX_PAGE_SIZE, Ask, Page, Span

Certainty = Literal["exact", "close", "rough", "unknown"]

_UP = {"order_by": "id", "dir": "asc", "limit": str(MAX_PAGE_SIZE)}
_DOWN = {**_UP, "dir": "desc"}

_FAR = 0.75
"""Share of the rows that are guessed to be there at which they are counted: ids that lie evenly are
seldom guessed a third too many, and what is left above is too little to err by much."""

_BLIND = 2_000
"""Where to look by offset when there is nothing to guess by."""

_CHANCE = 0.1
"""Share by which ids on two pages lie closer or wider than all of them do, by chance alone."""

_TELLING = 2.5
"""Times that share from which on two pages are believed more than all that was counted below them."""

_UNEVEN = 2.0
"""Times by which the ends of a stretch may differ in how close ids lie, before what is between is rough."""

_CLOSE = 0.05
"""Share of all rows by which a close count may be wrong, but for one in twenty."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows there are, `certainty` how well that is known, and `why` not better.

    `low` and `high` are the first and the last id seen, `gaps` how far ids lie from the one before,
    `cap` the most rows that a page held; `listed` are the ids that were asked about, if they were.
    """

    rows: int | None
    certainty: Certainty
    at_least: int = 0
    at_most: int | None = None
    why: str = ""
    low: int = 0
    high: int = 0
    gaps: tuple[int, ...] = ()
    cap: int = MAX_PAGE_SIZE
    listed: tuple[int, ...] = ()


class Counting(Protocol):
    """Says which page to look at next, and in the end what was to be counted."""

    def next(self) -> Ask | None:
        """Return the next page to ask for; None when all is known that can be."""
        ...

    def feed(self, page: Page) -> None:
        """Take the page that was asked for last."""
        ...

    @property
    def count(self) -> Count:
        """What is known by now."""
        ...


class Census:
    """Counts the rows of one span of ids by at most three pages.

    An offset counts exactly, whatever the ids; what is left above it is little, and told by how close
    ids lie. Instances that ignore `order_by`, `dir` or `offset` are found out, and counted less well.
    """

    def __init__(self, hull: Span = (None, None), below: int | None = None) -> None:
        """Take the span, and the bound that the question itself sets by `id[lt]`."""
        after, upto = hull
        bounds = [
            bound for bound in (below, None if upto is None else upto + 1) if bound is not None
        ]
        self._bounds = ({} if after is None else {"id[gt]": str(after)}) | (
            {"id[lt]": str(min(bounds))} if bounds else {}
        )
        self._first = self._last = self._far = _Seen(())
        self._offset = self._guess = 0
        self._step = 0
        self._known: Count | None = None

    def next(self) -> Ask | None:
        """Return the next page to ask for; None when all is known that can be."""
        if self._known is not None or self._step > 2:  # noqa: PLR2004
            return None
        params = (_UP, _DOWN, {**_UP, "offset": str(self._offset)})[self._step]
        return Ask({**self._bounds, **params}, MAX_PAGE_SIZE)

    def feed(self, page: Page) -> None:
        """Take the page that was asked for last."""
        seen = _Seen(page.ids)
        self._step += 1
        (self._see_first, self._see_last, self._see_far)[self._step - 1](seen)

    @property
    def count(self) -> Count:
        """What is known by now."""
        return self._known or self._told(None, "unknown", "it was not looked for to the end")

    def _see_first(self, seen: "_Seen") -> None:
        self._first = seen
        if not seen.rows:
            self._known = self._told(0, "exact")
        elif not seen.rising:  # then the highest page would say nothing: look far up at once
            self._step, self._offset, self._last = 2, self._blind, self._first

    def _see_last(self, seen: "_Seen") -> None:
        self._last = seen.turned
        known = {*self._first.ids, *seen.ids}
        if not seen.falling or self._last.high < self._first.high or len(known) == 1:
            self._last, self._offset = self._first, self._blind
        elif self._last.low <= self._first.high:
            self._known = self._told(len(known), "exact")
        else:
            gap = self._gap(self._first, self._last)
            between = (self._last.low - self._first.high) / gap - 1
            self._guess = len(known) + max(0, round(between))
            self._offset = max(self._first.rows, int(_FAR * self._guess))

    def _see_far(self, seen: "_Seen") -> None:
        self._far = seen
        at_least, at_most = (self._offset + seen.rows, None) if seen.rows else (0, self._offset)
        if seen.rows and not seen.ids:
            self._known = self._told(None, "unknown", "rows have no id to count them by")
        elif seen.rows and seen.ids == self._first.ids:
            self._known = self._without_offset()
        elif not seen.rows and self._offset == self._first.rows:
            self._known = self._told(self._offset, "exact")
        elif self._last is self._first or (seen.rows and not seen.rising):
            why = "this instance does not tell its highest id, since it ignores order_by or dir"
            self._known = self._told(None, "unknown", why, at_least=at_least, at_most=at_most)
        elif not seen.rows:
            why = "ids lie too unevenly"
            self._known = self._told(None, "unknown", why, at_most=at_most)
        elif seen.high >= self._last.low:
            above = {id_ for id_ in self._last.ids if id_ > seen.high}
            self._known = self._told(at_least + len(above), "exact")
        else:
            rest, certainty = self._above(seen)
            why = "ids lie unevenly" if certainty == "rough" else ""
            rows = at_least + rest + self._last.rows
            self._known = self._told(rows, certainty, why, at_least=at_least)

    @property
    def _blind(self) -> int:
        """Where to look when the highest id is not to be had: right behind a page that is not full."""
        return self._first.rows if self._first.rows < MAX_PAGE_SIZE else _BLIND

    def _without_offset(self) -> Count:
        """Settle for a guess where `offset` is ignored, so that nothing can be counted."""
        if self._last is self._first:
            return self._told(None, "unknown", "this instance ignores order_by or dir, and offset")
        return self._told(self._guess, "rough", "this instance ignores offset")

    def _above(self, seen: "_Seen") -> tuple[int, Certainty]:
        """Tell how many rows lie between the page far up and the highest: by how close ids lie.

        That is known best from all that were counted, unless they clearly lie otherwise hereabouts.
        """
        usual = (seen.low - self._first.low) / self._offset
        here, top = (self._gap(page) for page in (seen, self._last))
        near = here if here == top else (here - top) / math.log(here / top)
        apart = math.log(near / usual)
        trust = apart**2 / (apart**2 + (_TELLING * _CHANCE) ** 2)
        gap = usual * math.exp(trust * apart)
        rest = max(0, round((self._last.low - seen.high) / gap - 1))
        doubt = 2 * _CHANCE * trust * rest / (self._offset + rest)
        uneven = max(here / top, top / here) > _UNEVEN and rest > _CLOSE * self._offset
        return rest, "rough" if uneven or doubt > _CLOSE else "close"

    def _gap(self, *pages: "_Seen") -> float:
        """Tell how far the ids of pages lie apart on average; a page of one row does not say."""
        gaps = [page.gap for page in pages if page.rows > 1]
        return sum(gaps) / len(gaps) if gaps else 1.0

    def _told(
        self,
        rows: int | None,
        certainty: Certainty,
        why: str = "",
        *,
        at_least: int = 0,
        at_most: int | None = None,
    ) -> Count:
        pages = (self._first, self._last, self._far)
        ids = {id_ for page in pages for id_ in page.ids}
        exact = rows if certainty == "exact" else None
        return Count(
            rows,
            certainty,
            at_least=max(at_least, len(ids), self._first.rows) if exact is None else exact,
            at_most=at_most if exact is None else exact,
            why=why,
            low=min(ids, default=0),
            high=max(ids, default=0),
            gaps=tuple(gap for page in pages if page.rising for gap in page.gaps),
            cap=max(page.rows for page in pages) or MAX_PAGE_SIZE,
        )


class ListCensus:
    """Counts how many of the ids listed in several parts have a row, by at most three pages."""

    def __init__(self, lists: Mapping[int, Sequence[int]]) -> None:
        """Take the ids that each part lists, ascending, those that are to be left out left out."""
        self._lists = {part: ids for part, ids in lists.items() if ids}
        parts = sorted(self._lists)
        self._looks = sorted({parts[n] for n in (0, len(parts) // 2, -1)}) if parts else []
        self._pages: list[_Seen] = []

    def next(self) -> Ask | None:
        """Return the next page to ask for; None when all is known that can be."""
        if len(self._pages) == len(self._looks):
            return None
        part = self._looks[len(self._pages)]
        place = {"id[gt]": str(self._lists[part][0] - 1)}
        return Ask({**place, **_UP}, MAX_PAGE_SIZE, part=part)

    def feed(self, page: Page) -> None:
        """Take the page that was asked for last."""
        self._pages.append(_Seen(page.ids))

    @property
    def count(self) -> Count:
        """What is known by now."""
        listed = tuple(chain.from_iterable(self._lists.values()))
        sizes = [page.rows for page in self._pages]
        cap = max(sizes, default=0)
        if sizes.count(cap) == 1:  # two pages as long as each other may have been cut short
            cap = MAX_PAGE_SIZE
        there, asked, shares = 0, 0, []
        for part, page in zip(self._looks, self._pages, strict=False):
            ids = self._lists[part]
            cut = 0 < page.rows == cap
            reached = bisect_right(ids, page.high) if cut else len(ids)
            found = len(set(ids) & set(page.ids))
            there, asked = there + found, asked + reached
            shares.append(found / reached if reached else 0.0)
        even = bool(shares) and max(shares) - min(shares) <= _CLOSE and asked > 0
        return Count(
            round(len(listed) * there / asked) if asked else 0,
            "close" if even else "rough",
            at_least=there,
            at_most=len(listed),
            why="" if even else "how many of the listed ids have a row differs from part to part",
            low=listed[0] if listed else 0,
            high=listed[-1] if listed else 0,
            cap=cap or MAX_PAGE_SIZE,
            listed=listed,
        )


class _Seen:
    """The ids on a page; those of rows without one are left out."""

    def __init__(self, ids: Sequence[int | None]) -> None:
        self.rows = len(ids)
        self.ids = tuple(id_ for id_ in ids if id_ is not None)
        whole = len(self.ids) == self.rows
        steps = [b - a for a, b in pairwise(self.ids)]
        self.rising = whole and bool(ids) and all(step > 0 for step in steps)
        self.falling = whole and bool(ids) and all(step < 0 for step in steps)
        self.gaps = steps
        self.low, self.high = min(self.ids, default=0), max(self.ids, default=0)

    @property
    def turned(self) -> "_Seen":
        """The same rows from the last to the first."""
        return _Seen(self.ids[::-1])

    @property
    def gap(self) -> float:
        """How far the ids lie apart on average."""
        return (self.high - self.low) / (self.rows - 1)
