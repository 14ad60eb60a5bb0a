"""Servers and clients as processes: each has a time limit, and is gone when its part is over."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from peers import HERE, Client

_PATIENCE = 10.0
"""Seconds that a server has for starting, for telling its figures, and for stopping."""


@dataclass(frozen=True, slots=True)
class Run:
    """One drain: what the client told of it, and what the server did."""

    client: Mapping[str, Any]
    server: Mapping[str, Any]

    @property
    def took(self) -> float:
        """Seconds from the first request for rows until the client had them all."""
        return float(self.client["ended"] - self.server["first"])

    @property
    def busy(self) -> float:
        """The share of a core that the server used meanwhile."""
        return float(self.server["cpu"] / max(self.server["elapsed"], 1e-9))


_BOTTLENECK = 0.8
"""The share of a core beyond which a server is said to have been what was measured."""


def server_note(runs: Iterable[Run]) -> str:
    """Say whether the server, rather than the client, set the pace."""
    busiest = max(run.busy for run in runs)
    if busiest > _BOTTLENECK:
        return (
            f"The server used up to {busiest:.0%} of a core: where it did, times and rows/s are its "
            "own rather than the client's; processor time is not affected."
        )
    return f"The server used at most {busiest:.0%} of a core, so it set nobody's pace."


@contextmanager
def serving(spec: Mapping[str, object]) -> Iterator[str]:
    """Start a server and give its URL; see `server/serve.py` for the spec."""
    process = subprocess.Popen(
        [sys.executable, HERE / "server" / "serve.py", json.dumps(spec)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=clean_environment(),
        text=True,
    )
    with process:
        try:
            port = process.stdout.readline().strip() if process.stdout else ""
            if not port:
                raise RuntimeError("the benchmark's server did not start")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def drained(
    client: Client, spec: Mapping[str, object], *arguments: str, limit: float = 120.0
) -> Run:
    """Let a client drain a server of its own.

    Raises:
        RuntimeError: the client failed, or took longer than `limit` seconds.
    """
    command = client.command()
    with serving(spec) as url:
        told = tell_of([*command, url, *arguments], limit)
        return Run(told, stats(url))


def tell_of(command: list[str], limit: float) -> dict[str, Any]:
    """Run a command that ends with a line of JSON, and read it."""
    try:
        done = subprocess.run(
            command,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"{' '.join(command)} took longer than {limit:g} s") from None
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def stats(url: str) -> dict[str, Any]:
    """Ask a server for its figures."""
    with urllib.request.urlopen(f"{url}/stats", timeout=_PATIENCE) as answer:  # noqa: S310  (loopback)
        told: dict[str, Any] = json.load(answer)
    return told


def clean_environment() -> dict[str, str]:
    """Leave out settings from outside: a client must find its own package, and ask its own server."""
    outside = ("COUPA_", "PYTHON", "RUNTIME__")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(outside)}
    return kept | {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "CRITICAL"}
