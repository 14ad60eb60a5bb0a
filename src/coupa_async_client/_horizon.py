"""How far rows are known to reach under offset paging, and how far beyond that it is worth asking.

Numbers of rows in, numbers of rows out; `_offsets` makes requests of them.
"""

_WIDTH_OF_A_LOOK = 2
"""Pages for each slot that a look skips: what it proves to be there fills the slots twice."""

_PATIENCE = 2
"""Pages that may come before a look is taken to be slow, and another is sent."""


class Horizon:
    """What is known of where the rows of one span end, and the guesses and looks that follow from it.

    A guess asks for rows that may not be there. A look asks whether there is a row far ahead, which
    makes all before it no guess any more; one that finds none bounds the guesses.
    """

    def __init__(self, start: int, end: int | None, limit: int) -> None:
        """Begin with no row known from `start` on; a page holds `limit` rows."""
        self._start = start
        self._end = end
        self._limit = limit
        self._pages = 0
        self._looking: set[int] = set()
        self._looked_at = 0
        self._vain: int | None = None
        self.rows_to = start
        self.proven = start

    @property
    def known(self) -> int:
        """The end of what is to be asked for in any case."""
        return max(self.rows_to, self.proven)

    @property
    def guesses(self) -> int:
        """How many pages beyond what is known may be asked for at a time.

        One at first, and one more for every third page known to be there; for every second one where
        a look has found the end to be near.
        """
        pages = (self.proven - self._start) // self._limit
        if self._vain is None or self._vain < self.known:
            return 1 + (pages + 1) // 3
        return 1 + min(pages + 1, (self._vain - self.known) // self._limit) // 2

    @property
    def looks(self) -> int:
        """How many looks are under way."""
        return len(self._looking)

    def prove(self, place: int) -> None:
        """Note that there are rows up to a place."""
        self.proven = max(self.proven, place)

    def page(self, end: int) -> None:
        """Note that the page which ends there held rows."""
        self._pages += 1
        self.pass_over(end)

    def pass_over(self, end: int) -> None:
        """Note that what lies before a place is accounted for, whether there are rows or not."""
        self.rows_to = max(self.rows_to, end)

    def look(self, ahead: int, slots: int) -> int | None:
        """Say where to look for a row, if guesses leave half of the slots idle; `ahead` is asked for.

        It is half the way to where none was found or one is being looked for, which may take long;
        None where that is too near to be worth it.
        """
        slow = self._pages >= self._looked_at + _PATIENCE
        if not self._pages or 2 * self.guesses >= slots or (self._looking and not slow):
            return None
        base = max(ahead, self.known)
        place = base + _WIDTH_OF_A_LOOK * slots * self._limit
        for bound in (self._end, self._vain, *self._looking):
            if bound is not None and bound > base:
                place = min(place, (base + bound) // 2)
        if 2 * (place - base) <= slots * self._limit:
            return None
        self._looking.add(place)
        self._looked_at = self._pages
        return place

    def looked(self, place: int, *, found: bool) -> None:
        """Note whether there was a row."""
        self._looking.discard(place)
        if found:
            self.prove(place + 1)
        elif self._vain is None or place < self._vain:
            self._vain = place
