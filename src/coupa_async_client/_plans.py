"""Which page to ask for next, and which pages may leave: offset windows and keyset chains.

Plans never do I/O: `_engine` sends what they ask for and feeds them the answers in any order.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from .errors import CoupaShapeError
from .types import Page

ORDER_BY_ID = {"order_by": "id", "dir": "asc"}
"""Declared on every GET of Coupa's Swagger files; whether it is honoured is verified, not trusted."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request a plan wants sent: the paging parameters, and `limit` rows at most."""

    params: Mapping[str, str]
    limit: int
    offset: int = 0


class Plan(Protocol):
    """Decides which pages to ask for; never does I/O."""

    @property
    def done(self) -> bool:
        """Tell whether every page has left and none is to be asked for."""

    def take(self, room: int) -> list[Ask]:
        """Return at most `room` new requests; none while the plan waits for answers."""

    def feed(self, ask: Ask, page: Page) -> list[Page]:
        """Take the answer to one request and return the pages that may leave now."""


class Keyset:
    """One chain of `id[gt]=last`, in ascending order of id, until an empty page.

    Rows that appear, change or leave the filter meanwhile shift nothing. A short page is no end: an
    instance may answer with fewer rows than asked.
    """

    def __init__(self, *, limit: int, after: int | None = None, most: int | None = None) -> None:
        """Start behind an id, or at the lowest; stop after `most` rows, or at the end."""
        self._limit = limit
        self._last = after
        self._left = most
        self._asked = False
        self.done = False

    def take(self, room: int) -> list[Ask]:
        """Ask for the page after the last id; one request at a time."""
        if self.done or self._asked or room < 1:
            return []
        self._asked = True
        place = {} if self._last is None else {"id[gt]": str(self._last)}
        return [Ask({**place, **ORDER_BY_ID, "limit": str(self._limit)}, self._limit)]

    def feed(self, ask: Ask, page: Page) -> list[Page]:
        """Check that the ids rise, move behind the last one, let the page go.

        Raises:
            CoupaShapeError: a row has no id, or the ids do not rise within and across pages.
        """
        self._asked = False
        if not page:
            self.done = True
            return []
        last = self._last
        for id_ in page.ids:
            if id_ is None:
                msg = 'keyset paging needs the id of every row, and a row has none; use paging="offset"'
                raise CoupaShapeError(msg)
            if last is not None and id_ <= last:
                msg = (
                    f"id {id_} came after id {last}, though {dict(ask.params)} asked for ascending ids "
                    'beyond the last: this resource does not order by id; use paging="offset"'
                )
                raise CoupaShapeError(msg)
            last = id_
        self._last = last
        if self._left is not None:
            self._left -= len(page)
            self.done = self._left <= 0
        return [page]


@dataclass(slots=True)
class _Block:
    """The rows at [offset, offset + limit): asked for whole, then for what is missing."""

    offset: int
    limit: int
    flying: bool = True
    answers: int = 0
    got: int = 0
    exhausted: bool = False
    ids: set[int | None] = field(default_factory=set)
    parts: list[Page] = field(default_factory=list)

    @property
    def end(self) -> int:
        return self.offset + self.limit

    @property
    def settled(self) -> bool:
        return not self.flying and (self.got >= self.limit or self.exhausted)

    def ask(self) -> Ask:
        self.flying = True
        params = {"limit": str(self.limit - self.got), "offset": str(self.offset + self.got)}
        return Ask(params, self.limit - self.got, self.offset)

    def take_in(self, page: Page) -> None:
        """Add an answer; a later part may repeat rows where hidden ones still count as skipped."""
        self.flying = False
        self.answers += 1
        self.exhausted = not page and self.answers > 1
        self.got += len(page)
        if self.ids:
            new = [i for i, id_ in enumerate(page.ids) if id_ is None or id_ not in self.ids]
            page = page.keep(new)
        if self.got < self.limit:
            self.ids.update(page.ids)
        if page:
            self.parts.append(page)


class OffsetWindow:
    """Blocks of `limit` rows by offset, several at once, handed over in order.

    Starts with two requests and adds one for each page that held rows, up to `window`. The end is an
    empty block with nothing but empty blocks behind it. A short block with rows behind it is no end:
    an instance may answer with fewer rows than asked, so the missing part is asked for.
    """

    def __init__(
        self,
        *,
        limit: int,
        window: int,
        start: int = 0,
        end: int | None = None,
        until_empty: bool = True,
    ) -> None:
        """Cover [start, end), or all from `start`; `until_empty=False` needs an `end`.

        `window` is the number of pages held, asked for or waiting for their turn.
        """
        self._limit = limit
        self._next = start
        self._end = end
        self._until_empty = until_empty
        self._window = window
        self._allowed = min(2, window)
        self._blocks: deque[_Block] = deque()
        self._rows_to = start
        self._first: tuple[object, ...] | None = None
        self._capped = False
        self._over = False

    @property
    def done(self) -> bool:
        """Tell whether every page has left and none is to be asked for."""
        return not self._blocks and (self._over or self._all_asked)

    @property
    def _all_asked(self) -> bool:
        return self._end is not None and self._next >= self._end

    def take(self, room: int) -> list[Ask]:
        """Ask for the missing parts of short blocks first, then for blocks further on."""
        short = [b for b in self._blocks if not b.flying and self._lacks_rows(b)]
        asks = [block.ask() for block in short[:room]]
        while len(asks) < room and self._wants_more():
            limit = self._limit if self._end is None else min(self._limit, self._end - self._next)
            block = _Block(self._next, limit)
            self._blocks.append(block)
            self._next = block.end
            asks.append(block.ask())
        return asks

    def feed(self, ask: Ask, page: Page) -> list[Page]:
        """Note what came; hand over the pages at the front.

        Raises:
            CoupaShapeError: a page further on repeats the first one whole: `offset` is ignored.
        """
        block = next(b for b in self._blocks if b.offset == ask.offset)
        if page and block.got == 0:
            self._check_moved(page, ask)
            self._rows_to = max(self._rows_to, block.end)
            self._allowed = min(self._window, self._allowed + 1)
        self._capped = self._capped or (block.got > 0 and len(page) > 0)
        block.take_in(page)
        return self._leave()

    def _lacks_rows(self, block: _Block) -> bool:
        """Tell whether a short block must be completed: rows lie behind it, or pages are capped."""
        behind = block.end < self._rows_to or (self._capped and block.got > 0)
        return behind and not block.settled

    def _wants_more(self) -> bool:
        held = sum(b.flying or bool(b.parts) for b in self._blocks)
        if self._over or self._all_asked or held >= self._allowed:
            return False
        if not self._until_empty:
            return True
        beyond = [b for b in self._blocks if b.offset >= self._rows_to]
        if any(not b.flying for b in beyond):
            return False
        last = next((b for b in self._blocks if b.end == self._rows_to), None)
        return last is None or last.settled or not beyond

    def _leave(self) -> list[Page]:
        pages: list[Page] = []
        self._over = self._over or self._sees_the_end()
        while self._blocks:
            head = self._blocks[0]
            pages += head.parts
            head.parts = []
            if not (head.settled or self._over):
                break
            self._blocks.popleft()
        return pages

    def _sees_the_end(self) -> bool:
        if any(b.flying or self._lacks_rows(b) for b in self._blocks):
            return False
        empty = any(b.offset >= self._rows_to for b in self._blocks)
        return self._all_asked or (self._until_empty and empty)

    def _check_moved(self, page: Page, ask: Ask) -> None:
        if None in page.ids:
            return  # rows without ids may well be alike: fields=["status"]
        if self._first is None:
            self._first = (ask.offset, page.ids)
        elif self._first[0] != ask.offset and self._first[1] == page.ids:
            msg = (
                f"the page at offset {ask.offset} repeats the page at offset {self._first[0]}: this "
                'resource does not honour offset; use paging="keyset"'
            )
            raise CoupaShapeError(msg)
