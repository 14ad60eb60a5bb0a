"""A set of ids that takes two bytes an id at most where they lie within a few thousand of each other.

Exact, whatever the ids and their order; what is done about an id that came before is up to the plan.
"""

from array import array
from bisect import bisect_left, insort

_BITS = 16
_LOW = (1 << _BITS) - 1
_SPARSE = 4096
"""Ids of one chunk from which on a bit for each possible one takes no more room than they do."""


class Seen:
    """The ids that came, by what they have in common above 16 bits: sorted while few, then a bit each."""

    def __init__(self) -> None:
        """Start without any."""
        self._chunks: dict[int, array[int] | bytearray] = {}

    def __contains__(self, id_: int | None) -> bool:
        """Tell whether an id was added."""
        if id_ is None:
            return False
        low, chunk = id_ & _LOW, self._chunks.get(id_ >> _BITS)
        if isinstance(chunk, bytearray):
            return bool(chunk[low >> 3] & 1 << (low & 7))
        return chunk is not None and low <= chunk[-1] and chunk[bisect_left(chunk, low)] == low

    def add(self, id_: int) -> bool:
        """Add an id and tell whether it is new."""
        low, chunk = id_ & _LOW, self._chunks.get(id_ >> _BITS)
        if isinstance(chunk, bytearray):
            return _set(chunk, low)
        if chunk is None:
            self._chunks[id_ >> _BITS] = array("H", (low,))
            return True
        if low > chunk[-1]:
            chunk.append(low)
        elif id_ in self:
            return False
        else:
            insort(chunk, low)
        if len(chunk) == _SPARSE:
            self._chunks[id_ >> _BITS] = _bitmap(chunk)
        return True


def _set(bits: bytearray, low: int) -> bool:
    """Set a bit and tell whether it was not set."""
    before = bits[low >> 3]
    bits[low >> 3] = before | 1 << (low & 7)
    return bits[low >> 3] != before


def _bitmap(lows: "array[int]") -> bytearray:
    bits = bytearray(1 << _BITS - 3)
    for low in lows:
        _set(bits, low)
    return bits
