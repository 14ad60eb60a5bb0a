"""Files from pages: JSONL with Coupa's own bytes, or CSV, each whole or not at all.

Where the pages come from is left to the caller: `CoupaClient.scan(...).pages()`, or the scan itself
for a `Draft`, which can go on where an earlier run ended.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from coupa_async_client.types import Fields, Page

from .columns import Columns, column_name
from .draft import Draft, ExportResult, Resumable
from .formats import Format, Shape, format_of, write_jsonl
from .place import Place
from .spreadsheet import write_csv

__all__ = [
    "Draft",
    "ExportResult",
    "Format",
    "Resumable",
    "export",
    "format_of",
    "takes_drafts",
    "write_jsonl",
]


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
    checked before the first page is asked for. Memory does not grow with the number of rows. A run
    that ends early starts from the beginning the next time; a `Draft` goes on.

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
    if takes_drafts(path):
        with Draft(path, format=format, fields=fields, raw_cells=raw_cells) as draft:
            return draft.write_pages(pages)
    shape = Shape.of(Path(path), format, fields, raw_cells=raw_cells)
    return _straight(pages, Place.of(Path(path)), shape)


def takes_drafts(path: str | os.PathLike[str]) -> bool:
    """Tell whether there is a file at the path, or may be: no device and no pipe.

    Raises:
        CoupaConfigError: nothing can be there.
    """
    return not Place.of(Path(path)).straight


def _straight(pages: Iterable[Page], place: Place, shape: Shape) -> ExportResult:
    """Write to a device or a pipe."""
    with place.opened(place.target, "wb") as sink:
        if shape.format == "jsonl":
            return ExportResult(place.path, write_jsonl(pages, sink), sink.size)
        columns = Columns()
        with tempfile.TemporaryFile() as spool:
            rows = write_jsonl(_seen(pages, columns), spool)
            header = columns.header(shape.asked)
            spool.seek(0)
            write_csv(spool, header, sink, raw_cells=shape.raw_cells)
        return ExportResult(place.path, rows, sink.size, tuple(map(column_name, header)))


def _seen(pages: Iterable[Page], columns: Columns) -> Iterator[Page]:
    for page in pages:
        for row in page.raw:
            columns.see(row)
        yield page
