"""What every client is told on its command line, and what it tells back: one line of JSON.

Standard library only, for it runs in the virtual environment of each client.
"""

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self


@dataclass(frozen=True, slots=True)
class Task:
    """What to drain, and into what."""

    url: str
    resource: str
    to: Literal["jsonl", "rows", "pages", "first"]
    """"jsonl" writes rows to `out`, "rows" looks at the id of each as an object, "pages" only counts
    where a client has pages, and "first" stops at the first row."""
    out: Path | None
    warm_up: str | None
    """A resource to drain before anything is measured."""
    face: str
    paging: str
    slots: int
    rate: float | None
    rows: str
    """What this library makes of each row; `invoice_types` knows the kinds other than "whole"."""
    pause: float
    """Seconds that the consumer spends on each row."""
    budget: str | None
    """What this library shares the rate by."""

    @property
    def base_url(self) -> str:
        """The API's root."""
        return f"{self.url}/api"

    @property
    def token_url(self) -> str:
        """Where tokens come from."""
        return f"{self.url}/oauth2/token"

    @property
    def credentials(self) -> dict[str, str]:
        """The arguments that this library and 0.1.0 share."""
        return {
            "base_url": self.base_url,
            "token_url": self.token_url,
            "client_id": "id",
            "client_secret": "the-secret",
        }

    def opened(self) -> AbstractContextManager[BinaryIO]:
        """Open the file that rows are written to."""
        return (self.out or Path(os.devnull)).open("wb")

    async def consume_async(self, rows: AsyncIterable[Any]) -> int:
        """Do what `consume` does with rows that come on an event loop."""
        count = 0
        with self.opened() if self.to == "jsonl" else nullcontext() as sink:
            async for row in rows:
                self._take(row, sink)
                count += 1
                if self.to == "first":
                    break
        return count

    def consume(self, rows: Iterable[Any]) -> int:
        """Write rows that are dictionaries, or look at rows of any kind, and count them."""
        count = 0
        with self.opened() if self.to == "jsonl" else nullcontext() as sink:
            for row in rows:
                self._take(row, sink)
                count += 1
                if self.to == "first":
                    break
        return count

    def _take(self, row: Any, sink: BinaryIO | None) -> None:  # noqa: ANN401  (of any kind)
        """Write or look at one row."""
        if sink is not None:
            sink.write(json.dumps(row).encode() + b"\n")
        elif (row["id"] if isinstance(row, dict) else row.id) is None:
            raise ValueError(row)
        if self.pause:
            time.sleep(self.pause)


def told(arguments: list[str] | None = None) -> Task:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url", help="of the server, without /api")
    parser.add_argument("resource")
    parser.add_argument("--to", choices=("jsonl", "rows", "pages", "first"), default="pages")
    parser.add_argument("--out", type=Path, help="the file for jsonl")
    parser.add_argument("--warm-up", help="a resource to drain before measuring")
    parser.add_argument("--face", default="async", help="async, sync, export or command")
    parser.add_argument("--paging", default="offset", help="offset, or auto where there is more")
    parser.add_argument("--slots", type=int, default=20, help="requests in flight, at most")
    parser.add_argument("--rate", type=float, help="requests a second; no limit without it")
    parser.add_argument("--rows", default="whole", help="what this library makes of each row")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds a row takes its consumer")
    parser.add_argument("--budget", help="what this library shares the rate by")
    return Task(**vars(parser.parse_args(arguments)))


def lines(rows: Iterable[bytes]) -> bytes:
    """Put raw rows on a line each, copying them once."""
    return b"\n".join((*rows, b""))


class Meter:
    """Measures what a drain costs this process: processor time, time, and the peak of its memory."""

    def __init__(self) -> None:
        """Start with nothing noted."""
        self.cpu = self.wall = self.ended = 0.0

    def __enter__(self) -> Self:
        """Start measuring."""
        self.cpu, self.wall = -_cpu(), -time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop measuring."""
        self.wall += time.perf_counter()
        self.cpu += _cpu()
        self.ended = time.monotonic()

    def less(self, other: Self) -> Self:
        """Take away what another measurement found."""
        self.cpu -= other.cpu
        self.wall -= other.wall
        return self

    def tell(self, rows: int) -> None:
        """Print the figures."""
        figures = {"rows": rows, "cpu": self.cpu, "wall": self.wall, "peak": peak()}
        print(json.dumps({**figures, "ended": self.ended}))


def measured(task: Task, drain: Callable[[str], int]) -> None:
    """Warm up if asked to, drain, and tell the figures."""
    if task.warm_up:
        drain(task.warm_up)
    with Meter() as meter:
        rows = drain(task.resource)
    meter.tell(rows)


async def measured_async(task: Task, drain: Callable[[str], Awaitable[int]]) -> None:
    """Do the same on an event loop."""
    if task.warm_up:
        await drain(task.warm_up)
    with Meter() as meter:
        rows = await drain(task.resource)
    meter.tell(rows)


def peak() -> int:
    """Return the most memory that this process has had, in bytes.

    The kernel's own account where there is one: `ru_maxrss` may start with that of the parent.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    lines = status.read_text(encoding="ascii").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def _cpu() -> float:
    """Return the processor time of this process and of those it has waited for."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)
