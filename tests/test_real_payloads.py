"""Real payloads of Coupa's go into the sandbox by --load and come out of coupa export as they were.

The folder with the payloads stands beside the repository; without it these tests are skipped.
"""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from coupa_async_client.sandbox import Sandbox

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "coupa" / "samples"

# The payloads that are rows of a resource; the others are bodies of writes.
ROWS = {
    "0011-1": "accounts",
    "0011-7": "addresses",
    "0015-0": "users",
    "0015-2": "users",
    "0015-5": "users",
    "0015-13": "users",
    "0159-1": "delegations",
    "0243-1": "quality_inspections",
    "0243-3": "quality_inspections",
    "0292-1": "workers",
}
WRITES = {"0213-6", "0213-7", "0213-8", "0213-9", "0270-2"}

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="no samples beside the repository")


def exported(sandbox, resource, file, *options):
    subprocess.run(
        [sys.executable, "-m", "coupa_async_client.cli", "export", resource, "-o", file, *options],
        env=os.environ | sandbox.env(),
        check=True,
        capture_output=True,
        timeout=25,
    )
    return file


def flat(row, above=""):
    """Flatten a row as the CSV promises: objects by dots, lists as JSON, nothing for null."""
    for name, value in row.items():
        path = f"{above}{name}"
        if isinstance(value, dict) and value:
            yield from flat(value, f"{path}.")
        elif isinstance(value, list | dict):
            yield path, value
        elif value is not None:
            yield path, value if isinstance(value, str) else json.dumps(value)


def test_every_payload_is_accounted_for():
    assert {path.stem for path in SAMPLES.glob("*.json")} == ROWS.keys() | WRITES


@pytest.mark.parametrize("paging", ["auto", "keyset", "offset"])
@pytest.mark.parametrize("name", ROWS)
def test_a_real_row_survives_the_way_through(name, paging, tmp_path):
    payload = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    rows = payload if isinstance(payload, list) else [payload]
    resource = ROWS[name]
    with Sandbox(polite=True, load={resource: SAMPLES / f"{name}.json"}) as sandbox:
        lines = exported(sandbox, resource, tmp_path / "out.jsonl", "--paging", paging)
        table = exported(sandbox, resource, tmp_path / "out.csv", "--paging", paging, "--raw-cells")
    came = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert came == sorted(rows, key=lambda row: row["id"])
    assert [list(row) for row in came] == [list(row) for row in rows]
    with table.open(newline="", encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    for record, row in zip(records, rows, strict=True):
        cells = {
            path: json.loads(cell) if cell.startswith(("[", "{")) else cell
            for path, cell in record.items()
            if cell != ""
        }
        assert cells == {path: value for path, value in flat(row) if value != ""}
