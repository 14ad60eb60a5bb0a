"""The account beside a draft: how much of the draft counts, and what is still to come behind it.

A head line that says what is exported, then a line of JSON for each page. A kill or a power cut can
tear the last line only; the one before it is then as good.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from coupa_async_client.errors import CoupaConfigError

from .formats import Shape
from .place import Place, cannot_make, told

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a draft: its first `size` bytes hold `rows` rows, and `checkpoint` is what is left."""

    size: int
    rows: int
    checkpoint: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Head:
    version: int
    shape: Shape


_head = msgspec.json.Decoder(_Head)
_mark = msgspec.json.Decoder(Mark)


class State:
    """The marks of one export, in a file of their own."""

    def __init__(self, place: Place, shape: Shape) -> None:
        """Say where; nothing is read or made yet."""
        self._place = place
        self._shape = shape
        self._file = place.beside("state")
        self._next = place.beside("state.new")
        self._stream: BinaryIO | None = None

    @property
    def exists(self) -> bool:
        """Tell whether this or an earlier export left marks."""
        return self._file.exists()

    def read(self, draft: Path) -> Mark | None:
        """Return the last mark that the draft bears out; None where no rows were kept.

        Raises:
            CoupaConfigError: the file is damaged, or of an export of another shape.
        """
        try:
            size = draft.stat().st_size
            lines = self._file.read_bytes().split(b"\n")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise cannot_make(self._place.path, error) from error
        if not size:
            return None
        self._check(lines[0])
        with draft.open("rb") as rows:
            for mark in _marks(lines[1:]):
                if _ends_a_line(rows, mark.size):
                    return mark
        raise self._damaged()

    def append(self, mark: Mark) -> None:
        """Add a mark; it outlives this process, and a power cut a little later."""
        with told(self._place.path):
            stream = self._stream or self._file.open("ab", buffering=0)
            self._stream = stream
            stream.write(msgspec.json.encode(mark) + b"\n")

    def replace(self, mark: Mark) -> None:
        """Put one mark in place of all others; it outlives a power cut."""
        self.close()
        head = {"version": _VERSION, "shape": asdict(self._shape)}
        with told(self._place.path):
            try:
                with self._next.open("wb") as stream:
                    stream.write(msgspec.json.encode(head) + b"\n")
                    stream.write(msgspec.json.encode(mark) + b"\n")
                    stream.flush()
                    os.fsync(stream.fileno())
                self._next.replace(self._file)
            finally:  # an interrupt may come at any moment
                self._next.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file."""
        if self._stream is not None:
            stream, self._stream = self._stream, None
            stream.close()

    def remove(self) -> None:
        """Forget every mark."""
        self.close()
        with told(self._place.path):
            self._next.unlink(missing_ok=True)
            self._file.unlink(missing_ok=True)

    def _check(self, line: bytes) -> None:
        try:
            head = _head.decode(line)
        except msgspec.DecodeError:
            raise self._damaged() from None
        if head.version != _VERSION:
            raise self._damaged()
        then, now = asdict(head.shape), asdict(self._shape)
        others = [name for name in then if then[name] != now[name]]
        if others:
            name = others[0]
            msg = (
                f"the rows kept for {self._place.path} were asked for with {name} {then[name]!r}, not "
                f"{now[name]!r}; give what was given then, or start afresh without resume"
            )
            raise CoupaConfigError(msg)

    def _damaged(self) -> CoupaConfigError:
        return CoupaConfigError(
            f"cannot go on with {self._place.path}: {self._file} is damaged or does not fit the rows "
            "beside it; start afresh without resume, or delete it"
        )


def _marks(lines: list[bytes]) -> Iterator[Mark]:
    """Yield the marks from the last on, leaving out torn ones."""
    for line in reversed(lines):
        with suppress(msgspec.DecodeError):
            yield _mark.decode(line)


def _ends_a_line(rows: BinaryIO, size: int) -> bool:
    if size < 1:
        return False
    rows.seek(size - 1)
    return rows.read(1) == b"\n"
