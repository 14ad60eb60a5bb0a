"""Files from pages: JSONL with Coupa's own bytes, or CSV, each whole or not at all.

Where the pages come from is left to the caller: `CoupaClient.scan(...).pages()`.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from coupa_async_client.errors import CoupaConfigError
from coupa_async_client.query import columns_of, fields_text
from coupa_async_client.types import Fields, Page

from .columns import Columns, column_name
from .spreadsheet import write_csv
from .whole_file import Sink, Told, spool_beside, whole_file

__all__ = ["ExportResult", "Format", "export", "format_of", "write_jsonl"]

Format = Literal["jsonl", "csv"]

_EXTENSIONS: dict[str, Format] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv"}
_LINE_BREAKS = (b"\n", b"\r")


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written: `size` in bytes; `columns` as in the CSV header, empty for JSONL."""

    path: Path
    rows: int
    size: int
    columns: tuple[str, ...] = ()


def export(
    pages: Iterable[Page],
    path: str | os.PathLike[str],
    *,
    format: Format | None = None,  # noqa: A002  (what every export calls it)
    fields: Fields | None = None,
    raw_cells: bool = False,
) -> ExportResult:
    """Write every row of the pages to a file that appears whole or not at all.

    Until the last row is safely on disk, a file that was there before stays as it was. The path is
    checked before the first page is asked for. Memory does not grow with the number of rows.

    Args:
        pages: what `CoupaClient.scan(...).pages()` returns.
        path: the file; a device or a pipe is written straight.
        format: "jsonl" or "csv"; by default what the file's name ends in.
        fields: the projection the pages were asked for; gives a CSV its columns and their order.
        raw_cells: leave CSV cells that a spreadsheet would run as formulas as they are.

    Raises:
        CoupaConfigError: the format cannot be told, or the file cannot be made; nothing was asked.
        CoupaClientError: writing failed half-way, for example on a full disk.
    """
    target = Path(path)
    chosen = format or format_of(target)
    if chosen not in _EXTENSIONS.values():
        msg = f'format is {chosen!r}; it is "jsonl" or "csv"'
        raise CoupaConfigError(msg)
    text = fields_text(fields)
    asked = None if text is None else columns_of(text)
    with whole_file(target) as sink:
        if chosen == "jsonl":
            return ExportResult(target, write_jsonl(pages, sink), sink.size)
        columns = Columns()
        with spool_beside(target) as spool:
            rows = write_jsonl(_seen(pages, columns), Told(spool, target))
            header = columns.header(asked)
            spool.seek(0)
            write_csv(spool, header, sink, raw_cells=raw_cells)
        return ExportResult(target, rows, sink.size, tuple(map(column_name, header)))


def format_of(path: Path) -> Format:
    """Tell the format from a file's name.

    Raises:
        CoupaConfigError: it ends in none of .jsonl, .ndjson and .csv.
    """
    try:
        return _EXTENSIONS[path.suffix.lower()]
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
    if any(mark in row for mark in _LINE_BREAKS):
        return msgspec.json.format(row, indent=-1)
    return row


def _seen(pages: Iterable[Page], columns: Columns) -> Iterator[Page]:
    for page in pages:
        for row in page.raw:
            columns.see(row)
        yield page
