"""Pages of rows as Coupa would answer: which rows a query names, and their bytes, compressed or not.

A gzip body is put together from rows that were compressed at the start, so that a page costs the server
a fraction of what it costs to read.
"""

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from rows import TEXTS, Size, ids, texts

MOST = 50
"""Rows an answer holds at most."""

_GZIP_IDS = 10_000_000
"""Ids of gzipped rows lie above: with as many digits each, rows are as far apart in every page."""

_LEAD = len(b',{"id":') + len(str(_GZIP_IDS))
_WINDOW = 2**15
"""How far back deflate can refer (RFC 1951, 2)."""

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_GZIP_LAST_BLOCK = b"\x03\x00"
_POLYNOMIAL = 0xEDB88320


@dataclass(frozen=True, slots=True)
class Body:
    """An answer's bytes as they go over the wire, and how many rows they hold."""

    content: bytes
    gzipped: bool
    rows: int


class Resource:
    """A collection of made-up rows; nothing is kept for each row but, where they are sparse, its id."""

    def __init__(
        self, rows: int, size: Size = "small", widest_gap: int = 1, *, gzip: bool = False
    ) -> None:
        """Make the texts that rows share, and compress them if asked to."""
        self._ids: Sequence[int] = ids(rows, widest_gap, _GZIP_IDS if gzip else 0)
        self._texts = texts(size)
        self._gzip = gzip
        self._compressed = _compressed(self._texts) if gzip else []

    def answer(self, query: Mapping[str, str]) -> Body:
        """Answer a query: `id[gt]`, `id[lt]`, `order_by=id`, `dir`, `offset` and `limit`."""
        low = bisect_right(self._ids, int(query.get("id[gt]", 0)))
        high = len(self._ids)
        if "id[lt]" in query:
            high = bisect_left(self._ids, int(query["id[lt]"]))
        offset, limit = int(query.get("offset", 0)), min(MOST, int(query.get("limit", MOST)))
        places = range(low, max(low, high))
        if query.get("dir") == "desc":
            places = places[::-1]
        return self.body(places[offset : offset + limit])

    def body(self, places: range) -> Body:
        """Spell the rows at these places as a JSON list; backwards, they are never compressed."""
        if self._gzip and places and places.step > 0:
            return Body(self._gzipped(places), gzipped=True, rows=len(places))
        rows = [b'{"id":%d%b' % (self._ids[i], self._texts[i % TEXTS]) for i in places]
        return Body(b"[" + b",".join(rows) + b"]", gzipped=False, rows=len(rows))

    def _gzipped(self, places: range) -> bytes:
        parts, size, check = [_GZIP_HEAD], 0, 0
        between = b'[{"id":%d'
        for behind, place in enumerate(places):
            lead, row = between % self._ids[place], self._compressed[place % TEXTS]
            parts += (_stored(lead), row.behind[min(behind, len(row.behind) - 1)])
            check = row.check_after(zlib.crc32(lead, check))
            size += len(lead) + row.size
            between = b',{"id":%d'
        check = zlib.crc32(b"]", check)
        size += 1
        parts += (_stored(b"]"), _GZIP_LAST_BLOCK)
        parts.append(check.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little"))
        return b"".join(parts)


def _stored(text: bytes) -> bytes:
    """Spell a short text as a deflate block that is not compressed (RFC 1951, 3.2.4)."""
    size = len(text)
    return b"\x00" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little") + text


@dataclass(frozen=True, slots=True)
class _Compressed:
    """One text as deflate blocks that end on a byte, for each number of rows that may be `behind` it."""

    behind: tuple[bytes, ...]
    size: int
    check: int
    shift: tuple[tuple[int, ...], ...]
    """For each byte of a CRC, what it becomes when `size` bytes of zero follow."""

    def check_after(self, before: int) -> int:
        """Return the CRC of what has the CRC `before`, followed by this text."""
        low, second, third, high = self.shift
        moved = low[before & 255] ^ second[before >> 8 & 255]
        return moved ^ third[before >> 16 & 255] ^ high[before >> 24] ^ self.check


def _compressed(rows: Sequence[bytes]) -> list[_Compressed]:
    """Compress each text for a page that begins with it, one that begins with the text before, and so on."""
    most = -(-_WINDOW // min(map(len, rows)))
    return [
        _Compressed(
            tuple(_deflated(row, _before(rows, place, behind)) for behind in range(most + 1)),
            len(row),
            zlib.crc32(row),
            _shift_table(len(row)),
        )
        for place, row in enumerate(rows)
    ]


def _before(rows: Sequence[bytes], place: int, behind: int) -> bytes:
    """Return what a page holds before a text, with zeros for ids, to which nothing can refer."""
    lead = bytes(_LEAD)
    texts_before = (rows[(place - back) % len(rows)] for back in range(behind, 0, -1))
    return b"".join(lead + text for text in texts_before) + lead


def _deflated(text: bytes, before: bytes) -> bytes:
    compressor = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=before[-_WINDOW:])
    return compressor.compress(text) + compressor.flush(zlib.Z_SYNC_FLUSH)


def _shift_table(size: int) -> tuple[tuple[int, ...], ...]:
    """Tell what each byte of a CRC contributes once `size` bytes of zero have been appended."""
    columns = _identity()
    step = _one_zero_byte()
    while size:
        if size & 1:
            columns = _product(step, columns)
        step = _product(step, step)
        size >>= 1
    return tuple(
        tuple(_applied(columns, byte << position) for byte in range(256))
        for position in (0, 8, 16, 24)
    )


def _identity() -> list[int]:
    return [1 << bit for bit in range(32)]


def _one_zero_byte() -> list[int]:
    """Return, for each bit of a CRC, what a byte of zero makes of it."""
    columns = _identity()
    for _ in range(8):
        columns = [(c >> 1) ^ (_POLYNOMIAL if c & 1 else 0) for c in columns]
    return columns


def _product(outer: list[int], inner: list[int]) -> list[int]:
    return [_applied(outer, column) for column in inner]


def _applied(columns: list[int], bits: int) -> int:
    chosen: Iterable[int] = (c for at, c in enumerate(columns) if bits >> at & 1)
    return reduce(lambda all_, one: all_ ^ one, chosen, 0)
