"""Do processes share the limit? Four of them drain at once, by one budget; then one is killed.

The budget is in a file, or in a Redis that is started and stopped here, if there is one.
"""

import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from figures import Report, Target, median, table
from limit import BURST, RATE, limited
from peers import OURS
from processes import clean_environment, serving, stats
from rounds import Rounds

_PROCESSES = 4
_ROWS = 200_000
_AT_ONCE = 2
_ROUNDS = 3
_START = 20.0
"""Seconds that the processes have for starting and for using the burst up."""

_TAKEN_OVER = 2.0
_LEAST_SHARE, _WITHIN = 0.6, 0.02


@dataclass(frozen=True, slots=True)
class Shared:
    """What came of one run, as the server saw it; `rate` and `rest` are of the limit's.

    `shares` are the processes', of what would be fair; `rest` is what three made of it from two
    seconds after the fourth was killed.
    """

    rate: float
    shares: Sequence[float]
    refused: int
    rest: float


def measure(rounds: Rounds) -> Report:
    """Let four processes share each kind of budget."""
    seconds = rounds.cut(12, 4)
    stores: dict[str, Callable[[], AbstractContextManager[str]]] = {"a file": _file}
    if shutil.which("redis-server"):
        stores["Redis"] = _redis
    contestants = {label: partial(_share, store, seconds) for label, store in stores.items()}
    runs = rounds.fewer(_ROUNDS).of(contestants, name="sharing", at_once=_AT_ONCE)
    targets = [target for label, of in runs.items() for target in _targets(label, of)]
    text = _table(runs)
    if "Redis" not in stores:
        text += "\n\nThere was no redis-server to measure."
    return Report(text, targets)


def _share(store: Callable[[], AbstractContextManager[str]], seconds: float, number: int) -> Shared:
    names = [f"part{process}" for process in range(_PROCESSES)]
    spec = limited(dict.fromkeys(names, _ROWS), seed=number)
    with store() as budget, serving(spec) as url, ExitStack() as running:
        processes = [running.enter_context(_draining(url, name, budget)) for name in names]
        start = _all_there(url)
        time.sleep(max(0.0, start + seconds - time.monotonic()))
        processes[-1].kill()
        killed = time.monotonic()
        time.sleep(_TAKEN_OVER + seconds / 2)
        end = time.monotonic()
        if any(process.poll() is not None for process in processes[:-1]):
            raise RuntimeError("a process that shares a budget ended early")
        told = stats(url)
    came = [(at, name) for at, name in told["came"] if start <= at < killed]
    rest = sum(killed + _TAKEN_OVER <= at < end for at, _ in told["came"])
    counts = Counter(name for _, name in came)
    return Shared(
        rate=len(came) / (killed - start) / RATE,
        shares=[counts[name] / len(came) * _PROCESSES for name in names],
        refused=told["refused"],
        rest=rest / (end - killed - _TAKEN_OVER) / RATE,
    )


@contextmanager
def _draining(url: str, name: str, budget: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [*OURS.command(), url, name, "--rate", str(RATE), "--budget", budget]
    with subprocess.Popen(command, env=clean_environment(), stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def _all_there(url: str) -> float:
    """Wait until every process has sent something and the burst is used up; return when that was."""
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline:
        came = stats(url)["came"]
        if len({name for _, name in came}) == _PROCESSES and len(came) > 2 * BURST:
            return time.monotonic()
        time.sleep(0.1)
    raise RuntimeError(f"{_PROCESSES} processes that share a budget were not under way in time")


@contextmanager
def _file() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield str(Path(folder, "budget"))


@contextmanager
def _redis() -> Iterator[str]:
    """Start a Redis that keeps nothing, on a free port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    program = shutil.which("redis-server") or "redis-server"
    command = [
        program,
        "--bind",
        "127.0.0.1",
        "--port",
        str(port),
        "--save",
        "",
        "--appendonly",
        "no",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            if not any("Ready to accept" in line for line in process.stdout or ()):
                raise RuntimeError("redis-server did not start")
            yield f"redis://127.0.0.1:{port}/0?budget=benchmark"
        finally:
            process.kill()


def _targets(label: str, runs: Sequence[Shared]) -> list[Target]:
    off = max(abs(run.rate - 1) for run in runs)
    least = min(min(run.shares) for run in runs)
    refused = max(run.refused for run in runs)
    rest = median(run.rest for run in runs)
    return [
        Target(
            f"{label}: the sum, off the limit's, worst round", "at most", _WITHIN, off, "{:.1%}"
        ),
        Target(f"{label}: smallest share of a fair one", "at least", _LEAST_SHARE, least, "{:.0%}"),
        Target(f"{label}: answers 429, most in a round", "at most", 0, refused, "{:.0f}"),
        Target(
            f"{label}: three, 2 s after one was killed", "at least", 1 - _WITHIN, rest, "{:.1%}"
        ),
    ]


def _table(runs: Mapping[str, Sequence[Shared]]) -> str:
    rows = [
        (
            label,
            f"{median(run.rate for run in of):.1%}",
            f"{min(min(run.shares) for run in of):.0%}",
            f"{max(max(run.shares) for run in of):.0%}",
            f"{max(run.refused for run in of)}",
            f"{median(run.rest for run in of):.1%}",
        )
        for label, of in runs.items()
    ]
    header = (
        "budget in",
        "of the limit's rate",
        "smallest share of a fair one",
        "largest",
        "429, most",
        "of the rate, 2 s after one was killed",
    )
    return table(header, rows)
