"""What a file of rows is to look like, and rows as lines of JSON."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from coupa_async_client.errors import CoupaConfigError
from coupa_async_client.query import columns_of, fields_text
from coupa_async_client.types import Fields, Page

from .columns import Column
from .place import Sink

Format = Literal["jsonl", "csv"]

_EXTENSIONS: dict[str, Format] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv"}


@dataclass(frozen=True, slots=True)
class Shape:
    """What makes one export's file another file than that of the same rows; `fields` is JSON text."""

    format: Format
    fields: str | None = None
    raw_cells: bool = False
    max_items: int | None = None

    @classmethod
    def of(
        cls,
        path: Path,
        format_: Format | None,
        fields: Fields | None,
        *,
        raw_cells: bool,
        max_items: int | None = None,
    ) -> "Shape":
        """Check the options, and settle the format.

        Raises:
            CoupaConfigError: the format cannot be told, or the fields are no projection.
        """
        chosen = format_ or format_of(path)
        if chosen not in _EXTENSIONS.values():
            msg = f'format is {chosen!r}; it is "jsonl" or "csv"'
            raise CoupaConfigError(msg)
        return cls(chosen, fields_text(fields), raw_cells, max_items)

    @property
    def asked(self) -> list[Column] | None:
        """The columns that the projection asks for; None without one."""
        return None if self.fields is None else columns_of(self.fields)


def format_of(path: str | os.PathLike[str]) -> Format:
    """Tell the format from a file's name.

    Raises:
        CoupaConfigError: it ends in none of .jsonl, .ndjson and .csv.
    """
    try:
        return _EXTENSIONS[Path(path).suffix.lower()]
    except KeyError:
        msg = (
            f"cannot tell the format of {str(path)!r} from its name; end it in .jsonl, .ndjson or "
            ".csv, or give the format: jsonl or csv"
        )
        raise CoupaConfigError(msg) from None


def write_jsonl(pages: Iterable[Page], stream: Sink) -> int:
    """Write each row on a line of its own and return their number.

    Rows keep Coupa's bytes; only those that Coupa spread over lines are joined into one. The stream
    is flushed after every page, so that the reader of a pipe sees rows as they come.

    Raises:
        OSError: what the stream raises; nothing else is done about it.
    """
    rows = 0
    for page in pages:
        stream.write(b"".join([line for row in page.raw for line in (_joined(row), b"\n")]))
        stream.flush()
        rows += len(page)
    return rows


def _joined(row: bytes) -> bytes:
    if b"\n" in row or b"\r" in row:
        return msgspec.json.format(row, indent=-1)
    return row
