"""A rude local Coupa, two exports from it, and a check of both files against what it holds."""

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from coupa_async_client import CoupaClient, CoupaConfigError, ScanReceipt
from coupa_async_client.query import parse_fields
from coupa_async_client.sandbox import Sandbox

from .destination import Destination
from .receipt import counted
from .saving import save

_RESOURCE = "invoices"
_CSV_FIELDS = "id,invoice-number,status,gross-total,currency.code,supplier.name"
_LATENCY = 0.03
"""Seconds the local Coupa takes for an answer, so that there is something to see."""

_TOO_MANY = 429
_NEXT = """
Next, your own instance:
  export COUPA_INSTANCE=yourcompany COUPA_CLIENT_ID=... COUPA_CLIENT_SECRET=...
  coupa export invoices -o invoices.jsonl
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold, in words, and whether it does."""

    claim: str
    holds: bool


def demonstrate(rows: int, folder: str) -> bool:
    """Run the demonstration and tell whether every check holds.

    Raises:
        CoupaConfigError: the folder cannot be made.
        CoupaClientError: an export failed.
    """
    whole, table = _files(Path(folder))
    _print(
        f"A local Coupa with {counted(rows, 'invoice')}: 25 requests/s, then 429; some answers fail;",
        "tokens live for a minute. Nothing leaves this machine.",
        "",
    )
    with Sandbox(rows={_RESOURCE: rows}, latency=_LATENCY) as coupa:
        with CoupaClient(
            coupa.base_url, coupa.token_url, coupa.client_id, coupa.client_secret, coupa.scopes
        ) as client:
            receipts = [_export(client, whole), _export(client, table, _CSV_FIELDS)]
        held = [row["id"] for row in coupa.rows(_RESOURCE)]
        refusals = sum(entry.status == _TOO_MANY for entry in coupa.journal)
    checks = [
        *_file_checks(whole, list(_jsonl_ids(whole)), held),
        *_file_checks(table, list(_csv_ids(table)), held),
        Check("both receipts say complete", all(receipt.complete for receipt in receipts)),
        Check("no request met the rate limit (429)", refusals == 0),
    ]
    _print("", *(f"{'ok  ' if check.holds else 'FAIL'}  {check.claim}" for check in checks))
    sound = all(check.holds for check in checks)
    if sound:
        _print(_NEXT)
    return sound


def _files(folder: Path) -> tuple[Path, Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"cannot make the folder {folder}: {error.strerror}; choose another with --dir"
        raise CoupaConfigError(msg) from error
    return folder / f"{_RESOURCE}.jsonl", folder / f"{_RESOURCE}.csv"


def _export(client: CoupaClient, file: Path, names: str | None = None) -> ScanReceipt:
    projection = parse_fields(names) if names else None
    ask = partial(client.scan, _RESOURCE, fields=projection)
    return save(ask, Destination.of(str(file), fields=projection)).receipt


def _jsonl_ids(file: Path) -> Iterator[int]:
    with file.open("rb") as lines:
        yield from (msgspec.json.decode(line)["id"] for line in lines)


def _csv_ids(file: Path) -> Iterator[int]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from (int(row["id"]) for row in csv.DictReader(lines))


def _file_checks(file: Path, ids: Sequence[int], held: Sequence[object]) -> Iterable[Check]:
    yield Check(f"{file} holds {counted(len(held), 'row')}", len(ids) == len(held))
    yield Check(f"{file} holds no id twice", len(set(ids)) == len(ids))
    yield Check(f"{file} holds the ids that Coupa holds", set(ids) == set(held))


def _print(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
