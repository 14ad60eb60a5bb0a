"""Which offsets to ask for next: several blocks at once, handed over in order, and whether rows moved.

Pure, like every plan: `_engine` sends what is asked for and feeds the answers in any order.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from .errors import CoupaShapeError
from .types import MAX_PAGE_SIZE, Ask, Page, Span

_HOPELESS = 3
"""Pages in a row that failed for good before the rest is not asked for any more."""

_MOST_REPEATS = 2
"""How often a block that brought only rows that came before is asked for again."""

_STALE = 20
"""Pages in a row without a new row, after which the resource is taken to repeat itself for ever."""


class Seen:
    """A set of ids that stays small where they lie close together: a bit each, in words of 1,024."""

    def __init__(self) -> None:
        """Start without any."""
        self._words: dict[int, int] = {}

    def __contains__(self, id_: int | None) -> bool:
        """Tell whether an id was added."""
        return id_ is not None and bool(self._words.get(id_ >> 10, 0) & 1 << (id_ & 1023))

    def add(self, id_: int) -> bool:
        """Add an id and tell whether it is new."""
        word, bit = id_ >> 10, 1 << (id_ & 1023)
        known = self._words.get(word, 0)
        self._words[word] = known | bit
        return not known & bit


@dataclass(slots=True, eq=False)
class _Block:
    """The rows at [offset, end), asked for whole, then for what is missing.

    `lead` is 1 where the row before them is asked for as well, to see whether rows have moved.
    """

    offset: int
    end: int
    lead: int
    flying: bool = False
    failed: bool = False
    exhausted: bool = False
    answers: int = 0
    got: int = 0
    repeats: int = 0
    parts: list[tuple[Page, bool]] = field(default_factory=list)

    @property
    def full(self) -> bool:
        return self.offset + self.got >= self.end

    @property
    def settled(self) -> bool:
        return self.full or self.failed or self.exhausted

    def ask(self) -> Ask:
        self.flying = True
        lead = 0 if self.answers else self.lead
        start, limit = self.offset + self.got - lead, self.end - self.offset - self.got + lead
        return Ask({"limit": str(limit), "offset": str(start)}, limit, self.offset)

    def start_again(self) -> None:
        self.repeats += 1
        self.answers = self.got = 0
        self.exhausted = False
        self.parts = []

    def take_in(self, page: Page) -> int:
        """Add an answer and return how many rows of the block it held."""
        self.flying = False
        leads = self.lead == 1 and not self.answers
        new = max(0, len(page) - leads)
        self.answers += 1
        self.exhausted = not new and self.answers > 1
        place = self.offset + self.got
        self.parts.append((page.covering((place, place + new)), leads))
        self.got += new
        return new


class OffsetWindow:
    """Blocks of rows by offset, several at once, handed over in order.

    Starts with one request, and has one more in flight for every third page that held rows, up to
    `window`. A short block is no end, for an instance may answer with fewer rows than asked: what is
    missing is asked for. The end is an empty answer right behind the last row.

    Each block but the first is asked for together with the row before it: a row that is not the last
    one of the block before shows that rows have moved, and some may be missed (`drift`). Rows that
    come again are dropped (`duplicates`).
    """

    def __init__(
        self,
        *,
        limit: int,
        window: int,
        spans: Iterable[Span] = ((0, None),),
        until_empty: bool = True,
    ) -> None:
        """Cover spans of offsets, one after the other; `until_empty=False` needs them closed.

        `window` is the number of pages held, asked for or waiting for their turn.
        """
        self._limit = limit
        self._window = window
        self._spans = deque(spans)
        self._until_empty = until_empty
        self._seen = Seen()
        self._failures = 0
        self._stale = 0
        self.drift = 0
        self.duplicates = 0
        self._begin()

    def _begin(self) -> None:
        """Turn to the next span, if there is one."""
        start, self._end = self._spans.popleft() if self._spans else (0, 0)
        self._start = self._next = self._rows_to = self._proven = start or 0
        self._pages = 0
        self._blocks: deque[_Block] = deque()
        self._last: object = None
        self._over = self._all_asked

    @property
    def done(self) -> bool:
        """Tell whether every page has left and none is to be asked for."""
        return not self._blocks and not self._spans and (self._over or self._all_asked)

    @property
    def _all_asked(self) -> bool:
        return self._end is not None and self._next >= self._end

    def take(self, room: int) -> list[Ask]:
        """Ask for the missing parts of short blocks first, then for blocks further on."""
        if not self._blocks and self._spans and (self._over or self._all_asked):
            self._begin()
        short = [b for b in self._blocks if not b.flying and self._lacks_rows(b)]
        asks = [block.ask() for block in short[:room]]
        while len(asks) < room and self._wants_more():
            lead = int(self._next > self._start)
            end = self._next + min(self._limit, MAX_PAGE_SIZE - lead)
            block = _Block(self._next, end if self._end is None else min(end, self._end), lead)
            self._blocks.append(block)
            self._next = block.end
            asks.append(block.ask())
        return asks

    def feed(self, ask: Ask, page: Page) -> list[Page]:
        """Note what came; hand over the pages at the front.

        Raises:
            CoupaShapeError: pages bring nothing but rows that came before: `offset` is ignored.
        """
        block = self._landed(ask)
        self._failures = 0
        new = block.take_in(page.keep(range(min(len(page), ask.limit))))
        if page:  # the row before a block proves the block before to be full
            self._proven = max(self._proven, block.offset + block.got)
        if new:
            self._rows_to = max(self._rows_to, block.end)
            self._pages += 1
        return self._leave()

    def fail(self, ask: Ask) -> list[Page]:
        """Leave out a page that failed for good, or the rest once too many have."""
        block = self._landed(ask)
        block.flying, block.failed = False, True
        self._rows_to = max(self._rows_to, block.end)
        self._failures += 1
        if self._failures >= _HOPELESS:
            self._blocks.clear()
            self._spans.clear()
            self._over = True
        return self._leave()

    def _landed(self, ask: Ask) -> _Block:
        return next(b for b in self._blocks if b.offset == ask.place)

    def _lacks_rows(self, block: _Block) -> bool:
        """Tell whether a block must be completed: it is short, or empty with rows behind it."""
        return not block.settled and (block.got > 0 or block.offset < self._proven)

    def _wants_more(self) -> bool:
        held = sum(b.flying or any(page for page, _ in b.parts) for b in self._blocks)
        allowed = min(self._window, 1 + (self._pages + 2) // 3)
        if self._over or self._all_asked or held >= allowed:
            return False
        if not self._until_empty:
            return True
        ahead = [b for b in self._blocks if b.end >= self._rows_to]
        return all(b.full or b.failed or not b.answers for b in ahead)

    def _leave(self) -> list[Page]:
        """Hand over what is settled at the front, and account for what is known to be empty."""
        pages: list[Page] = []
        ends_now = not self._over and self._sees_the_end()
        self._over = self._over or ends_now
        while self._blocks:
            head = self._blocks[0]
            if self._repeats(head):
                head.start_again()
                break
            pages += [self._passed(page, leads) for page, leads in head.parts]
            head.parts = []
            if head.flying or not (head.settled or self._over):
                break
            if not head.full:
                self._last = None
            if not (head.full or head.failed):
                pages.append(Page(()).covering((head.offset + head.got, head.end)))
            self._blocks.popleft()
        if ends_now:
            pages.append(Page(()).covering((self._rows_to, self._end)))
        return pages

    def _repeats(self, block: _Block) -> bool:
        """Tell whether a block brought nothing but rows that came before, as a glitch may."""
        ids = [id_ for page, _ in block.parts for id_ in page.ids]
        begins = any(leads for _, leads in block.parts)
        if not begins or block.got == 0 or block.repeats == _MOST_REPEATS:
            return False
        return all(id_ in self._seen for id_ in ids)

    def _passed(self, page: Page, leads: bool) -> Page:
        """Drop rows that came before; see whether the first is the last of the block before."""
        keys = [raw if id_ is None else id_ for raw, id_ in zip(page.raw, page.ids, strict=True)]
        skip, (start, end) = 0, page.span
        if leads and self._last is not None:
            skip = int(keys[:1] == [self._last])
            self.drift += 1 - skip
        elif leads and keys and start is not None:
            start -= 1  # the block before failed, and this is its last row
        fresh = [
            position
            for position, id_ in enumerate(page.ids)
            if position >= skip and (id_ is None or self._seen.add(id_))
        ]
        self.duplicates += len(page) - skip - len(fresh)
        self._last = keys[-1] if keys else self._last
        self._stale = 0 if fresh or len(page) == skip else self._stale + 1
        if self._stale >= _STALE:
            msg = (
                f"{_STALE} pages in a row up to offset {page.span[1]} brought no row that had not "
                'come before: this resource does not honour offset; use paging="keyset"'
            )
            raise CoupaShapeError(msg)
        return page.keep(fresh).covering((start, end))

    def _sees_the_end(self) -> bool:
        if any(b.flying or self._lacks_rows(b) for b in self._blocks):
            return False
        empty = any(b.end >= self._rows_to and not (b.full or b.failed) for b in self._blocks)
        return self._all_asked or (self._until_empty and empty)
