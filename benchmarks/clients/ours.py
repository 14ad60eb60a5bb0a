"""Drain with this library, by any of its faces: async, sync, export, or the installed command."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from task import Meter, Task, lines, measured, measured_async, told

from coupa_async_client import CoupaAsyncClient, CoupaClient
from coupa_async_client.export import export

COUPA = Path(sys.executable).with_name("coupa")
_NO_RATE = 1e6
"""Requests a second that the command is told where there is no limit; it cannot be told that."""


async def by_async(task: Task) -> None:
    """Drain with asyncio."""
    async with CoupaAsyncClient(**_arguments(task)) as client:

        async def drain(resource: str) -> int:
            scan, rows = client.scan(resource, paging=task.paging, **_asked(task)), 0
            if task.to in ("rows", "first"):
                return await task.consume_async(scan)
            with task.opened() as sink:
                async for page in scan.pages():
                    if task.to == "jsonl":
                        sink.write(lines(page.raw))
                    rows += len(page)
            return rows

        await measured_async(task, drain)


def by_sync(task: Task) -> None:
    """Drain with plain Python."""
    with CoupaClient(**_arguments(task)) as client:

        def drain(resource: str) -> int:
            scan, rows = client.scan(resource, paging=task.paging, **_asked(task)), 0
            if task.to in ("rows", "first"):
                return task.consume(scan)
            with task.opened() as sink:
                for page in scan.pages():
                    if task.to == "jsonl":
                        sink.write(lines(page.raw))
                    rows += len(page)
            return rows

        measured(task, drain)


def by_export(task: Task) -> None:
    """Drain into a file that appears whole."""
    with CoupaClient(**_arguments(task)) as client:

        def drain(resource: str) -> int:
            pages = client.scan(resource, paging=task.paging).pages()
            return export(pages, task.out, format="jsonl").rows

        measured(task, drain)


def by_command(task: Task) -> None:
    """Drain by the installed command; what it costs to drain `warm_up` is taken off as its start."""
    with Meter() as start:
        _export(task, task.warm_up)
    with Meter() as whole:
        rows = _export(task, task.resource)
    whole.less(start).tell(rows)


def _export(task: Task, resource: str) -> int:
    receipt = task.out.with_suffix(".receipt")
    options = {
        "--output": task.out,
        "--receipt": receipt,
        "--base-url": task.base_url,
        "--client-id": "id",
        "--paging": task.paging,
        "--concurrent": task.slots,
        "--rate": task.rate or _NO_RATE,
    }
    command = [COUPA, "export", resource, "--quiet"]
    for name, value in options.items():
        command += [name, str(value)]
    subprocess.run(command, check=True, env={**os.environ, "COUPA_CLIENT_SECRET": "the-secret"})
    return json.loads(receipt.read_text(encoding="utf-8"))["rows"]


FACES = {
    "async": lambda task: asyncio.run(by_async(task)),
    "sync": by_sync,
    "export": by_export,
    "command": by_command,
}


def _asked(task: Task) -> dict[str, object]:
    if task.rows == "whole":
        return {}
    from invoice_types import ASKED  # noqa: PLC0415  (pydantic is not to weigh on other drains)

    return ASKED[task.rows]


def _arguments(task: Task) -> dict[str, object]:
    options = {"rate": task.rate, "default_concurrent": task.slots, "budget": task.budget}
    return {**task.credentials, **options}


if __name__ == "__main__":
    given = told()
    FACES[given.face](given)
