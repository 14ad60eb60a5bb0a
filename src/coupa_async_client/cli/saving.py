"""One scan into one file or to stdout, with progress, a receipt, and word of what became of the file."""

import os
import shutil
import stat
import sys
import textwrap
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from coupa_async_client import CoupaConfigError, SyncScan
from coupa_async_client.export import Format, export, format_of, write_jsonl

from .progress import on_terminal, progress
from .receipt import counted, receipt_line

STDOUT = "-"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the rows go, checked; `fields` is the projection as JSON text."""

    place: str
    format: Format
    fields: str | None = None
    raw_cells: bool = False

    @classmethod
    def of(
        cls, place: str, format_: Format | None, fields: str | None, *, raw_cells: bool
    ) -> "Destination":
        """Settle the format.

        Raises:
            CoupaConfigError: it cannot be told, or is CSV on stdout.
        """
        if place == STDOUT and format_ == "csv":
            msg = "-o - writes JSONL only; give a file for CSV, for example -o rows.csv"
            raise CoupaConfigError(msg)
        chosen = format_ or ("jsonl" if place == STDOUT else format_of(Path(place)))
        return cls(place, chosen, fields, raw_cells)


def save(
    scan: SyncScan, destination: Destination, *, quiet: bool = False, debug: bool = False
) -> None:
    """Bring the scan's rows to their destination; say how it went unless `quiet`.

    Raises:
        CoupaClientError: it failed; a note says how far it came and what became of the file.
        OSError: stdout takes no more.
    """
    shown = on_terminal() and not quiet and not debug and not _may_mix_in(destination)
    fate = _fate(destination.place)
    try:
        with progress(scan, shown=shown):
            size = _written(scan, destination)
    except BaseException as error:
        receipt = scan.receipt
        if receipt.requests and not isinstance(error, BrokenPipeError):
            came = f"{counted(receipt.rows, 'row')} had come after {receipt.elapsed:,.1f} s"
            error.add_note(f"{came}; {fate}" if fate else came)
        raise
    if not quiet:
        place = "stdout" if destination.place == STDOUT else destination.place
        _announce(receipt_line(scan.receipt, place, size))


def _written(scan: SyncScan, destination: Destination) -> int | None:
    with closing(scan.pages()) as pages:
        if destination.place == STDOUT:
            write_jsonl(pages, sys.stdout.buffer)
            return None
        result = export(
            pages,
            destination.place,
            format=destination.format,
            fields=destination.fields,
            raw_cells=destination.raw_cells,
        )
        return result.size


def _may_mix_in(destination: Destination) -> bool:
    """Tell whether rows on stdout may reach the terminal, where a moving line would cut them up."""
    return destination.place == STDOUT and not stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)


def _fate(place: str) -> str:
    """Say what becomes of a file if the export fails."""
    if place == STDOUT:
        return ""
    path = Path(place)
    if not path.exists():
        return f"{place} is not written"
    return f"{place} is untouched" if path.is_file() else ""


def _announce(line: str) -> None:
    if on_terminal():
        width = shutil.get_terminal_size().columns
        line = textwrap.fill(line, width - 1, subsequent_indent="  ", break_on_hyphens=False)
    with suppress(OSError):
        sys.stderr.write(f"{line}\n")
