"""The sandbox's attributes against Coupa's own list of them (OAS R39) and against real rows."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from coupa_async_client.sandbox.shapes import RESOURCES, Attribute, Shape
from coupa_async_client.sandbox.shapes.omissions import (
    CORRECTED,
    OMITTED,
    SEEN_IN_ROWS,
    TENANT_MADE,
)

COUPA = Path(__file__).resolve().parents[2] / "../shared/coupa"
pytestmark = pytest.mark.skipif(not COUPA.is_dir(), reason="Coupa's files are not beside us")

NAMES = sorted(RESOURCES)
DOCUMENTED_ONLY = {"DisputeReason": "object:dispute_reason"}
"""Definitions that only the field tables of the documentation have."""
FOREIGN = {
    # Custom fields of the tenants that the samples were taken from (docs 0015, 0159).
    "User": {
        "gpo-entity", "radio-button-test", "subsidary", "function", "seg3default",
        "custom-field-8", "custom-field-7", "username1",
    },
    # The form that address endpoints had in 2016 (doc 0011); OAS R39 has other names.
    "Address": {"country-id", "address-owner-type", "parent-address-id"},
}  # fmt: skip


@cache
def swagger() -> dict[str, dict[str, Any]]:
    """Return every definition's properties, over all files that have the definition."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((COUPA / "openapi").glob("*.json")):
        for name, definition in json.loads(path.read_text("utf-8"))["definitions"].items():
            properties = found.setdefault(name, {})
            for attribute, declared in definition.get("properties", {}).items():
                properties.setdefault(attribute, declared)
    fields = json.loads((COUPA / "resources.json").read_text("utf-8"))
    for name, resource in DOCUMENTED_ONLY.items():
        found[name] = {field["name"]: {} for field in fields[resource]["fields"]}
    return found


@cache
def allowed_values() -> dict[str, set[str]]:
    fields = json.loads((COUPA / "resources.json").read_text("utf-8"))
    found: dict[str, set[str]] = {}
    for resource in fields.values():
        for field in resource.get("fields", []):
            found.setdefault(field["name"], set()).update(field.get("allowed", []))
    return found


def shapes_within(shape: Shape) -> list[Shape]:
    inner = [part.shape for part in shape.attributes.values() if part.shape]
    return [shape, *(each for part in inner for each in shapes_within(part))]


KINDS: dict[str, set[str]] = {
    "array": {"list"},
    "integer": {"id", "integer"},
    "number": {"decimal"},
    "boolean": {"boolean"},
    "string": {"text", "enum"},
    "string datetime": {"datetime"},
    "string date": {"date"},
    "string int": {"integer", "text"},
}
"""Our kinds by Coupa's type, and by type and format where the format says more."""


def kinds_of(declared: dict[str, Any]) -> set[str]:
    if "$ref" in declared:
        return {"object"}
    if "type" not in declared:
        return {"id", "integer", "boolean", "decimal", "text", "datetime", "object"}
    with_format = f"{declared['type']} {declared.get('format')}"
    return KINDS.get(with_format) or KINDS[declared["type"]]


def target_of(declared: dict[str, Any]) -> str:
    reference = declared.get("$ref") or declared.get("items", {}).get("$ref", "")
    return str(reference).rpartition("/")[2]


@pytest.mark.parametrize("name", NAMES)
def test_no_attribute_is_invented(name: str) -> None:
    for shape in shapes_within(RESOURCES[name].shape):
        known = (
            set(swagger()[shape.name])
            | TENANT_MADE.get(shape.name, set())
            | SEEN_IN_ROWS.get(shape.name, set())
        )
        assert set(shape.attributes) <= known, shape.name


@pytest.mark.parametrize("name", NAMES)
def test_every_attribute_is_served_or_its_omission_explained(name: str) -> None:
    shape = RESOURCES[name].shape
    missing = set(swagger()[shape.name]) - set(shape.attributes)
    assert missing == set(OMITTED.get(shape.name, {}))


def test_what_is_declared_to_differ_does() -> None:
    served = {resource.shape.name: resource.shape for resource in RESOURCES.values()}
    for definition, names in (TENANT_MADE | SEEN_IN_ROWS).items():
        assert set(names) <= set(served[definition].attributes)
        assert not set(names) & set(swagger()[definition])
    assert set(OMITTED) <= set(served)
    for definition, corrected in CORRECTED.items():
        for name in corrected:
            kind = served[definition].attributes[name].kind
            assert kind not in kinds_of(swagger()[definition][name])


@pytest.mark.parametrize("name", NAMES)
def test_every_attribute_is_of_the_kind_that_coupa_declares(name: str) -> None:
    for shape in shapes_within(RESOURCES[name].shape):
        for attribute in shape.attributes.values():
            declared = swagger()[shape.name].get(attribute.name)
            if declared is None or attribute.name in CORRECTED.get(shape.name, {}):
                continue
            assert attribute.kind in kinds_of(declared), (shape.name, attribute.name)
            check_association(shape, attribute, target_of(declared))


def check_association(shape: Shape, attribute: Attribute, target: str) -> None:
    if attribute.shape is None or not target:
        return
    # Where Coupa has no definition, its list points back to the one that it is in.
    placeholders = {shape.name, "Address"}
    assert attribute.shape.name == target or target in placeholders, (shape.name, attribute.name)


@pytest.mark.parametrize("name", NAMES)
def test_enums_have_the_values_that_coupa_lists(name: str) -> None:
    for shape in shapes_within(RESOURCES[name].shape):
        for attribute in shape.attributes.values():
            listed = set(swagger()[shape.name].get(attribute.name, {}).get("enum", ())) - {""}
            if attribute.kind == "enum":
                expected = listed or allowed_values()[attribute.name]
                assert set(attribute.values) == expected, (shape.name, attribute.name)
            elif attribute.kind == "text":
                # Every zone of the world is listed; a few are enough.
                assert not listed or attribute.name == "order-window-tz"


def sampled_rows() -> list[tuple[str, dict[str, Any]]]:
    def read(name: str) -> Any:
        return json.loads((COUPA / "samples" / f"{name}.json").read_text("utf-8"))

    users = [*read("0015-0"), read("0015-2"), read("0015-5"), read("0015-13")]
    users += [read("0159-1")["delegator"], read("0159-1")["delegate"]]
    addresses = [
        read("0011-7"),
        *(user["default-address"] for user in users if user.get("default-address")),
    ]
    return [
        ("accounts", read("0011-1")),
        *(("addresses", address) for address in addresses),
        *(("users", user) for user in users),
    ]


def test_real_rows_have_no_attribute_that_the_sandbox_lacks() -> None:
    rows = sampled_rows()
    assert len(rows) >= 8
    lacking: dict[str, set[str]] = {}
    for name, row in rows:
        shape = RESOURCES[name].shape
        written = {attribute.replace("_", "-") for attribute in row}
        lacking.setdefault(shape.name, set()).update(written - set(shape.attributes))
    assert {name: names for name, names in lacking.items() if names} == FOREIGN
