"""CSV from JSON rows: what each cell says, and what a spreadsheet must not run."""

import csv
import re
from collections.abc import Callable, Iterable, Sequence

import msgspec

from .columns import Column, cells, column_name
from .place import Sink

_RUNS = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001  (the full-width ones are meant)
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)

_text = msgspec.json.Decoder(str)


def write_csv(
    rows: Iterable[bytes], header: Sequence[Column], sink: Sink, *, raw_cells: bool = False
) -> None:
    """Write a header and a line for each JSON row: UTF-8, newline at the end, quotes where needed.

    Text that a spreadsheet would run gets an apostrophe in front, unless `raw_cells`.
    """
    shown = str if raw_cells else harmless
    # With this line end the csv module quotes a lone CR too; `_Lines` takes it off again.
    writer = csv.writer(_Lines(sink), lineterminator="\r\n")
    writer.writerow([shown(column_name(column)) for column in header])
    for row in rows:
        found = {column: _cell(text, shown) for column, text in cells(row)}
        writer.writerow([found.get(column, "") for column in header])


def harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula; plain numbers stay."""
    if text.startswith(_RUNS) and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _cell(text: bytes, shown: Callable[[str], str]) -> str:
    match text[:1]:
        case b'"':
            return shown(_text.decode(text))
        case b"[" | b"{":
            return msgspec.json.format(text, indent=-1).decode()
    return "" if text == b"null" else text.decode()


class _Lines:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, line: str) -> None:
        self._sink.write(line.removesuffix("\r\n").encode() + b"\n")
