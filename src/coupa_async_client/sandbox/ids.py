"""The ids a table holds, in order, without listing the dense part."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable


class Ids:
    """Ascending ids: 1 to `count` less its holes, then the ids beyond."""

    def __init__(self, count: int, beyond: Iterable[int] = ()) -> None:
        """Hold 1 to `count`, and `beyond`, whose members are all greater than `count`."""
        self._count = count
        self._holes: list[int] = []
        self._beyond = sorted(beyond)

    def __len__(self) -> int:
        """Return how many ids there are."""
        return self._count - len(self._holes) + len(self._beyond)

    def __contains__(self, row_id: object) -> bool:
        """Tell whether an id is there."""
        if not isinstance(row_id, int):
            return False
        if 1 <= row_id <= self._count:
            return not _has(self._holes, row_id)
        return _has(self._beyond, row_id)

    @property
    def next_id(self) -> int:
        """The id after the highest one that was ever dense or is held now."""
        return max(self._count, self._beyond[-1] if self._beyond else 0) + 1

    def add(self, row_id: int) -> None:
        """Put in an id that is not there."""
        if 1 <= row_id <= self._count:
            del self._holes[bisect_left(self._holes, row_id)]
        else:
            insort(self._beyond, row_id)

    def discard(self, row_id: int) -> None:
        """Take out an id that is there."""
        if 1 <= row_id <= self._count:
            insort(self._holes, row_id)
        else:
            del self._beyond[bisect_left(self._beyond, row_id)]

    def rank(self, row_id: int) -> int:
        """Return how many ids are smaller."""
        dense = min(max(row_id - 1, 0), self._count) - bisect_left(
            self._holes, min(row_id, self._count + 1)
        )
        return dense + bisect_left(self._beyond, row_id)

    def slice(self, start: int, stop: int) -> list[int]:
        """Return the ids at places `start` to `stop` (not included), ascending."""
        dense = self._count - len(self._holes)
        found = self._dense_slice(start, min(stop, dense)) if start < dense else []
        return found + self._beyond[max(start - dense, 0) : max(stop - dense, 0)]

    def _dense_slice(self, start: int, stop: int) -> list[int]:
        # The hole at place i has hole - 1 - i ids before it.
        passed = bisect_right(
            range(len(self._holes)), start, key=lambda place: self._holes[place] - 1 - place
        )
        found: list[int] = []
        row_id = start + 1 + passed
        while len(found) < stop - start:
            hole = self._holes[passed] if passed < len(self._holes) else self._count + 1
            run = min(hole, row_id + stop - start - len(found))
            found.extend(range(row_id, run))
            row_id = hole + 1
            passed += 1
        return found


def _has(ordered: list[int], row_id: int) -> bool:
    place = bisect_left(ordered, row_id)
    return place < len(ordered) and ordered[place] == row_id
