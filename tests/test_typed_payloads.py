"""Real payloads of Coupa's, through types derived from them, are value by value what their JSON says.

The folder with the payloads stands beside the repository; without it these tests are skipped.
"""

import dataclasses
import json
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypedDict

import msgspec
import pydantic
import pytest

from coupa_async_client import CoupaClient
from coupa_async_client.sandbox import Sandbox
from row_types import plain

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "coupa" / "samples"
RESOURCES = {
    "0011-1": "accounts",
    "0159-1": "delegations",
    "0292-1": "workers",
    **dict.fromkeys(("0015-0", "0015-2", "0015-5", "0015-13"), "users"),
    **dict.fromkeys(("0243-1", "0243-3"), "quality_inspections"),
}

TEXTS = (
    (datetime, re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")),
    (date, re.compile(r"\d{4}-\d\d-\d\d")),
    (Decimal, re.compile(r"-?\d+\.\d+")),
)
READERS = {datetime: datetime.fromisoformat, date: date.fromisoformat, Decimal: Decimal}
MAKERS = {
    "dataclass": lambda name, hints: dataclasses.make_dataclass(name, hints.items()),
    "struct": lambda name, hints: msgspec.defstruct(name, list(hints.items())),
    "typeddict": TypedDict,
    "pydantic": lambda name, hints: pydantic.create_model(
        name, **{key: (hint, ...) for key, hint in hints.items()}
    ),
}

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="no samples beside the repository")


def outline(values: list[Any]) -> Any:
    """Say what these values have in common: a dict of outlines, a list with one, or a plain type."""
    if not values:
        return Any
    if all(isinstance(value, dict) for value in values):
        keys = sorted({key for value in values for key in value})
        known = {key: [each[key] for each in values if each.get(key) is not None] for key in keys}
        return {key: outline(found) for key, found in known.items()}
    if all(isinstance(value, list) for value in values):
        return [outline([each for value in values for each in value])]
    kinds = {type(value) for value in values}
    if kinds == {str}:
        fit = (kind for kind, form in TEXTS if all(map(form.fullmatch, values)))
        return next(fit, str)
    return Decimal if Decimal in kinds else kinds.pop()


def declared(name: str, outlined: Any, make: Any) -> Any:
    """Declare a type of that outline, with the names that Python allows."""
    if isinstance(outlined, list):
        return list[declared(name, outlined[0], make)]
    if not isinstance(outlined, dict) or not outlined:
        return outlined or dict
    hints = {
        key.replace("-", "_"): declared(f"{name}_{key}", each, make) | None
        for key, each in outlined.items()
    }
    return make(re.sub(r"\W", "_", name), hints)


def read(value: Any, outlined: Any) -> Any:
    """Read decoded JSON by hand."""
    if value is None or outlined == {}:
        return value
    if isinstance(outlined, dict):
        return {key.replace("-", "_"): read(value.get(key), each) for key, each in outlined.items()}
    if isinstance(outlined, list):
        return [read(each, outlined[0]) for each in value]
    return READERS.get(outlined, lambda same: same)(value)


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("name", RESOURCES)
def test_a_real_row_is_read_value_by_value(name, kind):
    file, resource = SAMPLES / f"{name}.json", RESOURCES[name]
    payload = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    rows = sorted(payload if isinstance(payload, list) else [payload], key=lambda row: row["id"])
    outlined = outline(rows)
    with Sandbox(polite=True, throttle="off", load={resource: file}) as sandbox:
        credentials = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}
        with CoupaClient(sandbox.base_url, sandbox.token_url, **credentials) as client:
            scan = client.scan(resource, type=declared("Row", outlined, MAKERS[kind]))
            came = sorted(map(plain, scan), key=lambda row: row["id"])
    assert came == [read(row, outlined) for row in rows]
