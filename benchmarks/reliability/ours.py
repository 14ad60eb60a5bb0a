"""This library's three faces: one scan each, with what its caller saw."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio

from coupa_async_client import CoupaAsyncClient, CoupaClient, IncompleteScanError

COUPA = Path(sys.executable).with_name("coupa")

Arrived = Callable[[int], object]
Ready = Callable[[CoupaAsyncClient | CoupaClient], object]


def ignored(_: object) -> None:
    """Take no notice of a row, or of a client."""


@dataclass(slots=True)
class Outcome:
    """What a caller saw: ids in the order they came, and how it ended.

    `holes` is true where the error names what is missing, `moved` where the receipt or the command
    line says that rows moved.
    """

    ids: list[int] = field(default_factory=list)
    error: str | None = None
    holes: bool = False
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """Whom to ask, as the client's arguments, and what."""

    arguments: dict[str, Any]
    params: dict[str, str]
    paging: str
    arrived: Arrived = ignored
    ready: Ready = ignored
    """Given the client before the scan."""


def drain_async(question: Question) -> Outcome:
    """Drain with asyncio."""

    async def drain() -> Outcome:
        outcome = Outcome()
        async with CoupaAsyncClient(**question.arguments) as client:
            question.ready(client)
            scan = client.scan("invoices", question.params, paging=question.paging)
            try:
                async for row in scan:
                    outcome.ids.append(row["id"])
                    question.arrived(row["id"])
            except Exception as caught:  # noqa: BLE001  (what the caller saw)
                _note(outcome, caught)
            outcome.moved = bool(scan.receipt.drift or scan.receipt.duplicates)
        return outcome

    return anyio.run(drain)


def drain_sync(question: Question) -> Outcome:
    """Drain with plain Python."""
    outcome = Outcome()
    with CoupaClient(**question.arguments) as client:
        question.ready(client)
        scan = client.scan("invoices", question.params, paging=question.paging)
        try:
            for row in scan:
                outcome.ids.append(row["id"])
                question.arrived(row["id"])
        except Exception as caught:  # noqa: BLE001  (what the caller saw)
            _note(outcome, caught)
        outcome.moved = bool(scan.receipt.drift or scan.receipt.duplicates)
    return outcome


def drain_by_command(question: Question) -> Outcome:
    """Drain with the installed command, row after row from its stdout."""
    outcome = Outcome()
    process = subprocess.Popen(
        [COUPA, "export", "invoices", "-o", "-", *_options(question)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"COUPA_CLIENT_SECRET": question.arguments["client_secret"]},
    )
    with process:
        for line in process.stdout or ():
            id_ = int(line.partition(b'"id":')[2].strip(b" }\n"))
            outcome.ids.append(id_)
            question.arrived(id_)
        said = process.stderr.read().decode() if process.stderr else ""
    if process.returncode:
        outcome.error = said.strip()
        outcome.holes = "missing" in said
    outcome.moved = "moved" in said or "drift" in said
    return outcome


FACES: dict[str, Callable[[Question], Outcome]] = {
    "async": drain_async,
    "sync": drain_sync,
    "command line": drain_by_command,
}


def _note(outcome: Outcome, error: Exception) -> None:
    outcome.error = repr(error)
    outcome.holes = isinstance(error, IncompleteScanError) and bool(error.holes.get("left"))


def _options(question: Question) -> Sequence[str]:
    given = {"--paging": question.paging}
    for name in ("base_url", "token_url", "client_id", "timeout", "rate", "max_attempts"):
        value = question.arguments.get(name)
        if value is not None:
            given[f"--{name.replace('_', '-')}"] = str(value)
    where = [f"--where={name}={value}" for name, value in question.params.items()]
    return [part for option in given.items() for part in option] + where
