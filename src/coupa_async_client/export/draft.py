"""Rows on their way into a file, kept beside it until the last has come, so that an export can go on."""

import os
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from coupa_async_client.errors import CoupaConfigError, IncompleteScanError
from coupa_async_client.types import Checkpoint, Fields, JSONObject, Page

from .columns import Columns, column_name
from .formats import Format, Shape, write_jsonl
from .place import Place, Told, told
from .spreadsheet import write_csv
from .state import Mark, State

_SYNC_EVERY = 1.0
"""Seconds of pages that a power cut may cost; a kill costs none."""


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written: `size` in bytes; `columns` as in the CSV header, empty for JSONL."""

    path: Path
    rows: int
    size: int
    columns: tuple[str, ...] = ()


class Resumable(Protocol):
    """What a draft takes its rows from: a `SyncScan`."""

    def pages(self) -> Generator[Page]:
        """Yield pages of rows."""
        ...

    @property
    def checkpoint(self) -> JSONObject:
        """What is still to come after the pages yielded so far."""
        ...


class Draft:
    """A file of rows in the making; nothing is at its path before the last row is safely on disk.

    The rows are in `.FILE.part` until then, and what of them counts in `.FILE.state`. Both stay when
    the run ends early, however it ends, for a later one with `resume`. Use it as `with`:

        with Draft("invoices.jsonl", resume=True) as draft:
            draft.write(client.scan("invoices", resume=draft.checkpoint))
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        format: Format | None = None,  # noqa: A002  (what every export calls it)
        fields: Fields | None = None,
        raw_cells: bool = False,
        max_items: int | None = None,
        resume: bool = False,
    ) -> None:
        """Check the arguments, which are those of `export`.

        `max_items` is that of the scan, which a scan that goes on is to be given as `room`. With
        `resume`, rows that an earlier run kept are gone on with; where there are none, it starts
        afresh.

        Raises:
            CoupaConfigError: the format cannot be told, or no file can be there.
        """
        self._shape = Shape.of(Path(path), format, fields, raw_cells=raw_cells, max_items=max_items)
        self._place = Place.of(Path(path))
        if self._place.straight:
            msg = f"{path} is no file, so nothing can be kept beside it; choose a file"
            raise CoupaConfigError(msg)
        self._file = self._place.beside("part")
        self._state = State(self._place, self._shape)
        self._resume = resume
        self._resources = ExitStack()
        self._writing = ExitStack()
        self._stream: Told | None = None
        self._kept: Mark | None = None
        self._rows = 0
        self._synced = float("-inf")
        self._taken = False
        self._columns = Columns()

    def __enter__(self) -> Self:
        """Claim the place, and read what an earlier run kept; nothing of it is changed yet.

        Raises:
            CoupaConfigError: no file can be made there, another export is at it, or what was kept is
                damaged or of another shape.
        """
        with ExitStack() as stack:
            stack.enter_context(self._place.held(self._file))
            stack.callback(self._clean)
            stack.callback(self._state.close)
            stack.enter_context(self._writing)
            if self._resume:
                self._kept = self._state.read(self._file)
                self._rows = self._kept.rows if self._kept else 0
            self._resources = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the place; the rows stay if they can be gone on with."""
        self._resources.__exit__(kind, error, trace)

    @property
    def rows(self) -> int:
        """How many rows are kept, those of an earlier run included.

        Read from the state: an interrupt may have come between a page and the mark that counts it.
        """
        if self.unfinished:
            return 0
        kept = self._state.read(self._file)
        return kept.rows if kept else 0

    @property
    def checkpoint(self) -> Checkpoint | None:
        """What is to come after the rows that an earlier run kept; None if that is everything."""
        if self._kept is None:
            return None
        most = self._shape.max_items
        full = most is not None and self._kept.rows >= most
        return {**self._kept.checkpoint, "left": []} if full else self._kept.checkpoint

    @property
    def room(self) -> int | None:
        """What the kept rows leave of `max_items`: at least 1, since a scan for none cannot be made.

        Where they leave none, neither does `checkpoint`.
        """
        most = self._shape.max_items
        return most if most is None or self._kept is None else max(1, most - self._kept.rows)

    @property
    def unfinished(self) -> bool:
        """Tell whether rows are kept that this run does not go on with, but writes over."""
        return self._kept is None and self._stream is None and self._state.exists

    def write(self, scan: Resumable) -> ExportResult:
        """Append the scan's rows, and let the file appear.

        Raises:
            CoupaConfigError: rows are kept, and the scan was not made to go on behind them.
            CoupaClientError: writing failed half-way, for example on a full disk; the scan's errors.
        """
        if self._kept and scan.checkpoint != self.checkpoint:
            msg = (
                f"{self._rows:,} rows are kept for {self._place.path}; make the scan with "
                "resume=draft.checkpoint, or its rows would come twice"
            )
            raise CoupaConfigError(msg)
        with closing(scan.pages()) as pages:
            try:
                self._append(pages, lambda: scan.checkpoint)
            except IncompleteScanError as error:
                if self._stream is not None:
                    self._mark(self._stream, error.holes or scan.checkpoint)
                raise
        self._mark(self._begun(), {**scan.checkpoint, "left": []})
        return self._finish()

    def write_pages(self, pages: Iterable[Page]) -> ExportResult:
        """Write pages of which nobody knows what comes next: a run that ends early keeps no rows.

        Raises:
            CoupaClientError: writing failed half-way, for example on a full disk.
        """
        self._append(pages, None)
        return self._finish()

    def _append(self, pages: Iterable[Page], checkpoint: Callable[[], JSONObject] | None) -> None:
        for page in pages:
            stream = self._begun()
            write_jsonl([page], stream)
            if self._shape.format == "csv":
                for row in page.raw:
                    self._columns.see(row)
            self._rows += len(page)
            if checkpoint:
                self._mark(stream, checkpoint())

    def _begun(self) -> Told:
        """Open the draft behind the rows that are gone on with, and drop all others."""
        if self._stream is not None:
            return self._stream
        if self._kept is None:
            self._state.remove()
        with told(self._place.path):
            os.truncate(self._file, self._kept.size if self._kept else 0)
        if self._kept and self._shape.format == "csv":
            with self._file.open("rb") as rows:
                for row in rows:
                    self._columns.see(row)
        self._stream = self._writing.enter_context(self._place.opened(self._file, "r+b"))
        return self._stream

    def _mark(self, stream: Told, checkpoint: JSONObject) -> None:
        mark = Mark(stream.size, self._rows, checkpoint)
        now = time.monotonic()
        if now < self._synced + _SYNC_EVERY and self._state.exists:
            self._state.append(mark)
            return
        stream.sync()
        self._state.replace(mark)
        self._synced = now

    def _finish(self) -> ExportResult:
        stream = self._begun()
        if self._shape.format == "csv":
            return self._finish_csv()
        stream.sync()
        self._writing.close()
        self._place.take(self._file)
        self._taken = True
        self._state.remove()
        return ExportResult(self._place.path, self._rows, stream.size)

    def _finish_csv(self) -> ExportResult:
        header = self._columns.header(self._shape.asked)
        table = self._place.beside("new")
        try:
            with self._file.open("rb") as rows, self._place.opened(table, "wb") as sink:
                write_csv(rows, header, sink, raw_cells=self._shape.raw_cells)
                sink.sync()
            self._place.take(table)
        finally:
            with suppress(OSError):
                table.unlink()
        self._state.remove()
        names = tuple(map(column_name, header))
        return ExportResult(self._place.path, self._rows, sink.size, names)

    def _clean(self) -> None:
        """Remove a draft that no state speaks for: nobody could go on with it."""
        if not self._taken and not self._state.exists:
            with suppress(OSError):
                self._file.unlink()
