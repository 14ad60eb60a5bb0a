"""Which offsets to ask for next: many blocks at once, handed over in order, and whether rows moved.

Pure, like every plan: `_engine` sends what is asked for and feeds the answers in any order.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from ._horizon import Horizon
from ._seen import Seen
from .errors import CoupaShapeError
from .types import MAX_PAGE_SIZE, Ask, Page, Span

_HOPELESS = 3
"""Pages in a row that failed for good before the rest is not asked for any more."""

_MOST_REPEATS = 2
"""How often a block that brought only rows that came before is asked for again."""

_STALE = 20
"""Pages in a row without a new row, after which the resource is taken to repeat itself for ever."""

_RECENT = 8
"""Pages from which the weight of those in flight is guessed."""


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
    weight: int = 0
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


class _Seams:
    """Joins block to block: drops rows that came before, and sees whether rows have moved."""

    def __init__(self) -> None:
        self._seen = Seen()
        self._last: object = None
        self._stale = 0
        self.drift = 0
        self.duplicates = 0

    def forget_the_last(self) -> None:
        """Expect no row before the next block: the block before is not full."""
        self._last = None

    def repeats(self, block: _Block) -> bool:
        """Tell whether a block brought nothing but rows that came before, as a glitch may."""
        ids = [id_ for page, _ in block.parts for id_ in page.ids]
        begins = any(leads for _, leads in block.parts)
        if not begins or block.got == 0 or block.repeats == _MOST_REPEATS:
            return False
        return all(id_ in self._seen for id_ in ids)

    def join(self, page: Page, leads: bool) -> Page:
        """Drop rows that came before; see whether the first is the last of the block before."""
        skip, (start, end) = 0, page.span
        if leads and self._last is not None:
            skip = int(bool(page) and _key(page, 0) == self._last)
            self.drift += 1 - skip
        elif leads and page and start is not None:
            start -= 1  # the block before failed, and this is its last row
        fresh = [
            position
            for position, id_ in enumerate(page.ids)
            if position >= skip and (id_ is None or self._seen.add(id_))
        ]
        self.duplicates += len(page) - skip - len(fresh)
        self._last = _key(page, -1) if page else self._last
        self._stale = 0 if fresh or len(page) == skip else self._stale + 1
        if self._stale >= _STALE:
            msg = (
                f"{_STALE} pages in a row up to offset {page.span[1]} brought no row that had not "
                'come before: this resource does not honour offset; use paging="keyset"'
            )
            raise CoupaShapeError(msg)
        return page.keep(fresh).covering((start, end))


class OffsetWindow:
    """Blocks of rows by offset, many at once, handed over in order.

    Blocks that rows are known behind are asked for as fast as there is room, guesses and looks ahead
    as `Horizon` has it. All of them from below, whatever is known: a row that moves up a place is
    met again, where a block read before those below it would miss it. Pages that wait for an earlier
    one may weigh `read_ahead` bytes.

    A short block is no end, for an instance may answer with fewer rows than asked: what is missing
    is asked for. The end is an empty answer right behind the last row.

    Each block but the first is asked for together with the row before it: a row that is not the last
    one of the block before shows that rows have moved, and some may be missed (`drift`). Rows that
    come again are dropped (`duplicates`).
    """

    def __init__(
        self,
        *,
        limit: int,
        read_ahead: int,
        spans: Iterable[Span] = ((0, None),),
        until_empty: bool = True,
        most: int | None = None,
    ) -> None:
        """Cover spans of offsets, one after the other, or their first `most` places.

        `until_empty=False` needs them closed.
        """
        self._limit = limit
        self._read_ahead = read_ahead
        self._spans = deque(spans)
        self._until_empty = until_empty
        self._most = most
        self._seams = _Seams()
        self._failures = 0
        self._held = 0
        self._usual = 0.0
        self._begin()

    def _begin(self) -> None:
        """Turn to the next span, if there is one."""
        start, self._beyond = self._spans.popleft() if self._spans else (0, 0)
        self._start = self._next = start or 0
        self._end = self._beyond
        if self._most is not None:
            reach = self._start + self._most
            self._end = reach if self._beyond is None else min(reach, self._beyond)
            self._most -= self._end - self._start
            if not self._most:
                self._spans.clear()
        self._horizon = Horizon(self._start, self._end, self._limit)
        self._blocks: deque[_Block] = deque()
        self._flying: dict[int, _Block] = {}
        self._unfilled: dict[int, _Block] = {}
        self._seams.forget_the_last()
        self._over = self._all_asked

    @property
    def drift(self) -> int:
        """The places between two blocks where rows had moved."""
        return self._seams.drift

    @property
    def duplicates(self) -> int:
        """The rows that came again."""
        return self._seams.duplicates

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
        slots = room + len(self._flying) + self._horizon.looks
        asks = [self._ask(block) for block in self._lacking[:room]]
        while len(asks) < room and (ask := self._further(slots)) is not None:
            asks.append(ask)
        return asks

    def feed(self, ask: Ask, page: Page) -> list[Page]:
        """Note what came; hand over the pages at the front.

        Raises:
            CoupaShapeError: pages bring nothing but rows that came before: `offset` is ignored.
        """
        if ask.place is None:
            return self._looked(ask, page)
        block = self._flying.pop(ask.place)
        self._failures = 0
        page = page if len(page) <= ask.limit else page.keep(range(ask.limit))
        new = block.take_in(page)
        if page:  # the row before a block proves the block before to be full
            self._horizon.prove(block.offset + block.got)
        if new:
            self._horizon.page(block.end)
            self._weigh(block, page)
        self._unfilled[block.offset] = block
        return self._leave()

    def fail(self, ask: Ask) -> list[Page]:
        """Leave out a page that failed for good, or the rest once too many have."""
        if ask.place is None:
            return self._looked(ask, Page(()))
        block = self._flying.pop(ask.place)
        block.flying, block.failed = False, True
        self._horizon.pass_over(block.end)
        self._failures += 1
        if self._failures >= _HOPELESS:
            self._blocks.clear()
            self._spans.clear()
            self._over = True
        return self._leave()

    def _ask(self, block: _Block) -> Ask:
        self._flying[block.offset] = block
        return block.ask()

    def _further(self, slots: int) -> Ask | None:
        """Look ahead, or ask for the next block; neither while the pages that wait weigh too much."""
        waiting = self._held + len(self._flying) * self._usual
        if self._over or self._all_asked or (self._flying and waiting >= self._read_ahead):
            return None
        lead = int(self._next > self._start)
        rows = min(self._limit, MAX_PAGE_SIZE - lead)
        if self._until_empty:
            ahead = self._flying and not self._stops
            place = self._horizon.look(self._next, slots) if ahead else None
            if place is not None:  # a whole page: the size of every request is the user's choice
                return Ask({"limit": str(rows + lead), "offset": str(place)}, rows + lead)
            if not self._may_go_on:
                return None
        end = self._next + rows
        block = _Block(self._next, end if self._end is None else min(end, self._end), lead)
        self._blocks.append(block)
        self._next = block.end
        return self._ask(block)

    @property
    def _may_go_on(self) -> bool:
        """Tell whether rows are known behind the next block, or one more guess may be made."""
        known = self._horizon.known
        guesses = sum(place >= known for place in self._flying)
        return self._next < known or not (self._stops or guesses >= self._horizon.guesses)

    def _weigh(self, block: _Block, page: Page) -> None:
        """Count what a page takes while it waits, and learn what to expect of those in flight."""
        weight = page.weight
        block.weight += weight
        self._held += weight
        self._usual += (weight - self._usual) / (_RECENT if self._usual else 1)

    def _looked(self, ask: Ask, page: Page) -> list[Page]:
        self._horizon.looked(int(ask.params["offset"]), found=bool(page))
        return self._leave()

    @property
    def _lacking(self) -> list[_Block]:
        """The blocks to be asked for again: short ones, and empty ones with rows behind them."""
        known = [b for b in self._unfilled.values() if not (b.flying or b.settled)]
        return sorted(
            (b for b in known if b.got > 0 or b.offset < self._horizon.proven),
            key=lambda b: b.offset,
        )

    @property
    def _stops(self) -> bool:
        """Tell whether a block was answered without being full, and has no rows behind it."""
        return any(b.end >= self._horizon.rows_to for b in self._unfilled.values())

    def _leave(self) -> list[Page]:
        """Hand over what is settled at the front, and account for what is known to be empty."""
        rows_to = self._horizon.rows_to
        self._unfilled = {
            offset: b
            for offset, b in self._unfilled.items()
            if not (b.full or b.failed) and (b.end >= rows_to or not b.settled)
        }
        pages: list[Page] = []
        ends_now = not self._over and self._sees_the_end()
        self._over = self._over or ends_now
        while self._blocks:
            head = self._blocks[0]
            self._held -= head.weight
            head.weight = 0
            if self._seams.repeats(head):
                head.start_again()
                self._unfilled[head.offset] = head
                break
            pages += [self._seams.join(page, leads) for page, leads in head.parts]
            head.parts = []
            if head.flying or not (head.settled or self._over):
                break
            if not head.full:
                self._seams.forget_the_last()
            if not (head.full or head.failed or (self._over and head.offset >= rows_to)):
                pages.append(Page(()).covering((head.offset + head.got, head.end)))
            self._blocks.popleft()
        if ends_now:
            pages.append(
                Page(()).covering((rows_to, self._beyond if self._has_ended else self._end))
            )
        return pages

    def _sees_the_end(self) -> bool:
        """Tell whether all that might hold rows is answered, up to an empty place behind the last."""
        if self._flying or self._lacking:
            return False
        return self._all_asked or self._has_ended

    @property
    def _has_ended(self) -> bool:
        """Tell whether there is an empty place behind the last row."""
        return self._until_empty and self._stops and self._next >= self._horizon.proven


def _key(page: Page, position: int) -> int | bytes:
    """Name a row by its id, or by its text where it has none."""
    id_ = page.ids[position]
    return page.raw[position] if id_ is None else id_
