"""One scan into one file or to stdout: progress, receipt, and word of what became of the file."""

import os
import shutil
import stat
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from coupa_async_client import CoupaClientError, CoupaConfigError, IncompleteScanError, SyncScan
from coupa_async_client.export import Draft, export, takes_drafts, write_jsonl
from coupa_async_client.types import Checkpoint

from .destination import STDOUT, Destination
from .failures import noted_warnings, say
from .logs import is_logged
from .progress import on_terminal, progress
from .receipt import counted, receipt_line


class Asking(Protocol):
    """Makes the scan: all of it, or what a checkpoint leaves."""

    def __call__(self, *, max_items: int | None, resume: Checkpoint | None) -> SyncScan:
        """Make it; nothing is sent yet."""
        ...


@dataclass(frozen=True, slots=True)
class Manner:
    """How much is said meanwhile."""

    quiet: bool = False


LOUD = Manner()


def save(ask: Asking, destination: Destination, manner: Manner = LOUD) -> SyncScan:
    """Bring the rows of a scan to their destination; say how it went unless quiet.

    Raises:
        CoupaClientError: it failed; a note says how far it came and what became of the file.
        OSError: stdout takes no more.
    """
    if destination.place != STDOUT and (destination.resume or takes_drafts(destination.place)):
        return _into_file(ask, destination, manner)
    scan = _asked(ask, destination.limit_rows, None)
    with _watched(scan, destination, manner), closing(scan.pages()) as pages:
        size = None
        if destination.place == STDOUT:
            write_jsonl(pages, sys.stdout.buffer)
        else:
            size = export(
                pages,
                destination.place,
                format=destination.format,
                fields=destination.fields,
                raw_cells=destination.raw_cells,
            ).size
    _done(scan, destination, manner, size=size)
    return scan


def _into_file(ask: Asking, destination: Destination, manner: Manner) -> SyncScan:
    with Draft(
        destination.place,
        format=destination.format,
        fields=destination.fields,
        raw_cells=destination.raw_cells,
        max_items=destination.limit_rows,
        resume=destination.resume,
    ) as draft:
        if draft.unfinished and not destination.resume and not manner.quiet:
            say(
                f"note: rows of an unfinished export to {destination.place} are given up; --resume "
                "would go on with them"
            )
        kept = draft.rows
        try:
            scan = _asked(ask, draft.room, draft.checkpoint)
        except CoupaConfigError as error:
            if kept:
                error.add_note(
                    f"{counted(kept, 'row')} are kept; without --resume it starts afresh"
                )
            raise
        with _watched(scan, destination, manner, draft):
            size = draft.write(scan).size
    with suppress(OSError):
        destination.holes.unlink()
    _done(scan, destination, manner, size=size, kept=kept)
    return scan


def _asked(ask: Asking, max_items: int | None, resume: Checkpoint | None) -> SyncScan:
    with noted_warnings():
        return ask(max_items=max_items, resume=resume)


@contextmanager
def _watched(
    scan: SyncScan, destination: Destination, manner: Manner, draft: Draft | None = None
) -> Iterator[None]:
    """Show how the block gets on; if it fails, note how far it came and what is left of it."""
    shown = on_terminal() and not manner.quiet and not is_logged() and not _may_mix(destination)
    fate = _fate(destination.place)
    try:
        with progress(scan, shown=shown):
            yield
    except BaseException as error:
        receipt = scan.receipt
        if receipt.requests and not isinstance(error, BrokenPipeError):
            came = f"{counted(receipt.rows, 'row')} had come after {receipt.elapsed:,.1f} s"
            error.add_note(f"{came}; {fate}" if fate else came)
            if draft and draft.rows:
                kept = counted(draft.rows, "row")
                error.add_note(f"the same command with --resume goes on behind the {kept} kept")
        if draft and isinstance(error, IncompleteScanError):
            holes = error.holes
            _noting(error, lambda: _put(destination.holes, holes))
            error.add_note(f"what is missing is in {destination.holes}")
        _noting(error, lambda: _put_receipt(scan, destination))
        raise


def _noting(error: BaseException, work: Callable[[], None]) -> None:
    """Do something in the wake of an error; what goes wrong there must not hide it."""
    try:
        work()
    except CoupaClientError as another:
        error.add_note(str(another))


def _done(
    scan: SyncScan, destination: Destination, manner: Manner, *, size: int | None, kept: int = 0
) -> None:
    _put_receipt(scan, destination)
    if not manner.quiet:
        place = "stdout" if destination.place == STDOUT else destination.place
        _announce(receipt_line(scan.receipt, place, size, kept))


def _put_receipt(scan: SyncScan, destination: Destination) -> None:
    if destination.receipt is not None:
        _put(Path(destination.receipt), scan.receipt.to_dict())


def _put(file: Path, content: object) -> None:
    try:
        file.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
    except OSError as error:
        msg = f"cannot write {file}: {error.strerror or error}"
        raise CoupaClientError(msg) from error


def _may_mix(destination: Destination) -> bool:
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
