"""Measure what becomes of the rows when a server misbehaves, and write docs/reliability.md.

Every fault of `faults` meets this library (each paging on each face), the published 0.1.0 and dlt's
REST source, each run in a process of its own under a time limit. Needs a package index the first time.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path += [str(HERE.parent), str(ROOT / "tests")]

from faults import FAULTS, Fault  # noqa: E402
from ours import FACES, Outcome  # noqa: E402
from peers import installed  # noqa: E402
from verdicts import ENDLESS, SOUND, verdict  # noqa: E402

from servers import Server  # noqa: E402

PEERS = {"0.1.0": "coupa-async-client==0.1.0", "dlt": "dlt==1.31.0"}
OURS = "ours"
PAGINGS = {"offset": "offset", "keyset": "keyset", "ranges": "auto"}
LIMITS = {OURS: 30.0, "peer": 60.0}
"""Seconds for one cell. 0.1.0 waits up to 31 s before it gives a page up."""

AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Client:
    """One column of one face: a command that drains, and how it is judged."""

    column: str
    face: str
    command: tuple[str, ...]
    ours: bool


def clients(venvs: Path) -> Iterator[Client]:
    """List every client, with its virtual environment made."""
    for column, paging in PAGINGS.items():
        for face in FACES:
            command = (sys.executable, str(HERE / "drain_ours.py"), face, paging)
            yield Client(f"{OURS}, {column}", face, command, ours=True)
    published = str(installed(venvs, "0.1.0"))
    for face in ("async", "sync"):
        command = (published, str(HERE / "drain_0_1_0.py"), face)
        yield Client(f"0.1.0 {face}", face, command, ours=False)
    command = (str(installed(venvs, "dlt")), str(HERE / "drain_dlt.py"))
    yield Client("dlt", "sync", command, ours=False)


def cell(fault: Fault, client: Client) -> str:
    """Let one client meet one fault and judge what came."""
    coupa = fault.coupa()
    with Server(coupa.answer, token=coupa.token) as server:
        environment = _clean_environment(client) | {
            "BASE_URL": f"{server.url}/api",
            "TOKEN_URL": f"{server.url}/oauth2/token",
            "TIMEOUT": str(fault.timeout),
            "RUNTIME__REQUEST_TIMEOUT": str(fault.timeout),
            "RUNTIME__DLTHUB_TELEMETRY": "false",
            "RUNTIME__LOG_LEVEL": "CRITICAL",
            "MARKS": "1" if fault.marks else "",
        }
        outcome = _told(client.command, environment, LIMITS[OURS if client.ours else "peer"])
        if outcome is None:
            return ENDLESS
        return verdict(outcome, coupa.expected, names_holes=client.ours)


def _clean_environment(client: Client) -> dict[str, str]:
    """Leave out settings from outside; a peer must not find our package on a path of ours."""
    outside = ("COUPA_",) if client.ours else ("COUPA_", "PYTHON")
    return {name: value for name, value in os.environ.items() if not name.startswith(outside)}


def _told(command: tuple[str, ...], environment: dict[str, str], limit: float) -> Outcome | None:
    """Run a client; None if it had to be killed."""
    try:
        done = subprocess.run(
            command,
            env=environment,
            capture_output=True,
            text=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    *ids, end = done.stdout.splitlines() or [""]
    if done.returncode:  # it died of its error instead of telling it
        return Outcome(error=done.stderr[-500:])
    return Outcome([int(id_) for id_ in ids], **json.loads(end))


def table(cells: dict[tuple[str, str], dict[str, str]]) -> Iterator[str]:
    """Spell the table: a row for each fault, a column for each client, its faces as one where equal."""
    columns = list(dict.fromkeys(column for _, column in cells))
    yield f"| fault | {' | '.join(columns)} |"
    yield "| --- " * (len(columns) + 1) + "|"
    for fault in FAULTS:
        words = [_collapsed(cells[fault.name, column]) for column in columns]
        yield f"| {fault.name} | {' | '.join(words)} |"


def _collapsed(by_face: dict[str, str]) -> str:
    kinds = {word.partition(" (")[0] for word in by_face.values()}
    if len(kinds) == 1:
        return next(iter(by_face.values()))
    return "; ".join(f"{face}: {word}" for face, word in by_face.items())


def measured(venvs: Path, tell: Callable[[str], object]) -> dict[tuple[str, str], dict[str, str]]:
    """Run every cell, a few at a time: most of them wait."""
    pairs = [(fault, client) for fault in FAULTS for client in clients(venvs)]
    cells: dict[tuple[str, str], dict[str, str]] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        words = pool.map(lambda pair: cell(*pair), pairs)
        for (fault, client), word in zip(pairs, words, strict=True):
            cells.setdefault((fault.name, client.column), {})[client.face] = word
            tell(f"{fault.name} | {client.column} | {client.face} | {word}")
    return cells


def main() -> int:
    """Print every cell, write the page; fail if a cell of ours is unsound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venvs", type=Path, default=ROOT / ".venv-peers")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "reliability.md")
    chosen = parser.parse_args()
    cells = measured(chosen.venvs, lambda line: print(line, flush=True))
    versions = f"coupa-async-client {version('coupa-async-client')}, " + ", ".join(
        requirement.replace("==", " ") for requirement in PEERS.values()
    )
    page = (HERE / "page.md").read_text(encoding="utf-8")
    versions += f" and CPython {platform.python_version()}"
    text = page.replace("{versions}", versions).replace("{table}", "\n".join(table(cells)))
    chosen.page.write_text(
        text.replace("{date}", datetime.now(tz=UTC).date().isoformat()), encoding="utf-8"
    )
    unsound = [
        f"{fault}, {column}, {face}: {word}"
        for (fault, column), by_face in cells.items()
        if column.startswith(OURS)
        for face, word in by_face.items()
        if word not in SOUND and not word.startswith("loss, told")
    ]
    print("\n".join(["", "unsound cells of ours:", *unsound] if unsound else ["", "all sound"]))
    return bool(unsound)


if __name__ == "__main__":
    sys.exit(main())
