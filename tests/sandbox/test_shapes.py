"""The sandbox's rows: repeatable, typed by kind, and lifelike where exporters stumble."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client.sandbox.shapes import JSON, RESOURCES, Attribute, Resource, Shape
from coupa_async_client.sandbox.shapes.generator import Generator
from coupa_async_client.sandbox.shapes.notation import read_tables
from coupa_async_client.sandbox.shapes.timeline import midnight, timestamp

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = sorted(RESOURCES)
DAY = (datetime.fromisoformat("2025-08-14T00:00:00-04:00"), timedelta(days=1))
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]:00")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
DECIMAL = re.compile(r"\d+\.\d+")
FORMULA = ("=", "+", "-", "@")

any_seed = st.integers(0, 2**40)
any_row = st.integers(0, 2_000_000)
any_resource = st.sampled_from(NAMES).map(RESOURCES.__getitem__)


def texts(value: JSON) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for part in value.values() for text in texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts(part)]
    return []


def check_object(shape: Shape, row: dict[str, JSON], path: str) -> None:
    assert list(row) == list(shape.attributes), path
    for name, attribute in shape.attributes.items():
        check_value(attribute, row[name], f"{path}.{name}")


CHECKS: dict[str, Callable[[Any], object]] = {
    "id": lambda value: type(value) is int,
    "integer": lambda value: type(value) is int,
    "boolean": lambda value: type(value) is bool,
    "decimal": DECIMAL.fullmatch,
    "text": lambda value: isinstance(value, str),
    "datetime": INSTANT.fullmatch,
    "date": DATE.fullmatch,
    "map": lambda value: isinstance(value, dict),
}


def check_value(attribute: Attribute, value: Any, path: str) -> None:
    where = f"{path} = {value!r}"
    if attribute.kind == "list":
        assert isinstance(value, list), where
        for part in value:
            assert attribute.shape is not None, where
            check_object(attribute.shape, part, path)
    elif value is None:
        assert attribute.kind != "id" or "account" in path, where
    elif attribute.kind == "object":
        assert attribute.shape is not None, where
        check_object(attribute.shape, value, path)
    elif attribute.kind == "enum":
        assert value in attribute.values, where
    else:
        assert CHECKS[attribute.kind](value), where


def updated_on_the_day(row: dict[str, JSON]) -> bool:
    start, length = DAY
    return timedelta(0) <= datetime.fromisoformat(row["updated-at"]) - start < length


@given(any_resource, any_seed, any_row)
def test_an_attribute_made_alone_is_the_one_of_the_whole_row(
    resource: Resource, seed: int, n: int
) -> None:
    row = resource.row(seed, n)
    assert row["id"] == n + 1
    assert row == {name: resource.attribute(seed, n, name) for name in resource.shape.attributes}


@given(any_resource, any_seed, any_row)
def test_every_value_is_of_its_kind_and_survives_json(
    resource: Resource, seed: int, n: int
) -> None:
    row = resource.row(seed, n)
    check_object(resource.shape, row, resource.name)
    assert json.loads(json.dumps(row)) == row


def test_rows_do_not_depend_on_what_was_made_before() -> None:
    tables = {name: RESOURCES[name] for name in NAMES}
    forward = [tables[name].row(5, n) for name in NAMES for n in (0, 1, 999)]
    backward = [tables[name].row(5, n) for name in reversed(NAMES) for n in (999, 1, 0)]
    assert forward == backward[::-1]


@pytest.mark.parametrize("name", NAMES)
def test_a_row_handed_out_may_be_changed_without_harm(name: str) -> None:
    def spoil(value: JSON) -> None:
        if isinstance(value, dict):
            for part in value.values():
                spoil(part)
            value.clear()
        elif isinstance(value, list):
            for part in value:
                spoil(part)
            value.clear()

    resource = RESOURCES[name]
    clean = [json.dumps(resource.row(1, n)) for n in range(20)]
    for n in range(20):
        spoil(resource.row(1, n))
    assert [json.dumps(resource.row(1, n)) for n in range(20)] == clean


def test_values_stay_the_same_from_release_to_release() -> None:
    row = RESOURCES["invoices"].row(1, 7)
    some = ("created-at", "invoice-number", "status", "exported", "gross-total")
    assert [row[name] for name in some] == [
        "2024-11-06T06:30:57-08:00",
        "INV-000008",
        "pending_receipt",
        True,
        "10187.70",
    ]
    assert RESOURCES["invoices"].row(2, 7)["gross-total"] != row["gross-total"]


def test_an_unknown_attribute_or_resource_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        RESOURCES["invoices"].attribute(1, 0, "no-such-attribute")
    with pytest.raises(KeyError):
        RESOURCES["no_such_resource"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [0, 1, 20260401])
def test_created_at_rises_and_updated_at_does_not(name: str, seed: int) -> None:
    resource = RESOURCES[name]
    rows = [
        [
            datetime.fromisoformat(resource.attribute(seed, n, at))
            for at in ("created-at", "updated-at")
        ]
        for n in range(5000)
    ]
    created = [row[0] for row in rows]
    late = [one - other for one, other in pairwise(created) if one > other]
    assert timedelta(0) < max(late) < timedelta(hours=6)
    assert created[0] < datetime(2024, 11, 3, tzinfo=UTC)
    assert created[1000] > datetime(2025, 10, 1, tzinfo=UTC)
    assert all(before <= after for before, after in rows)
    updated = [row[1] for row in rows]
    assert updated != sorted(updated)
    assert max(updated) < datetime(2026, 11, 1, 7, tzinfo=UTC)
    assert max(Counter(updated).values()) >= 3


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [0, 1, 2, 42, 20260401])
def test_a_thousand_rows_have_several_updated_on_one_given_day(name: str, seed: int) -> None:
    resource = RESOURCES[name]
    row = ({"updated-at": resource.attribute(seed, n, "updated-at")} for n in range(1000))
    assert sum(map(updated_on_the_day, row)) >= 3


def test_the_millionth_row_is_still_within_the_two_years() -> None:
    at = RESOURCES["invoices"].attribute(1, 10**9, "created-at")
    assert "2026-10-30" < at < "2026-11-01"


def test_the_offset_follows_the_united_states_rule_for_summer_time() -> None:
    def written(at: str) -> str:
        return timestamp(int(datetime.fromisoformat(at).timestamp()))

    assert written("2025-03-09T09:59:59+00:00") == "2025-03-09T01:59:59-08:00"
    assert written("2025-03-09T10:00:00+00:00") == "2025-03-09T03:00:00-07:00"
    assert written("2025-11-02T08:59:59+00:00") == "2025-11-02T01:59:59-07:00"
    assert written("2025-11-02T09:00:00+00:00") == "2025-11-02T01:00:00-08:00"
    noon = int(datetime.fromisoformat("2025-03-09T12:00:00-07:00").timestamp())
    assert midnight(noon, 0) == "2025-03-09T00:00:00-08:00"
    assert midnight(noon, 1) == "2025-03-10T00:00:00-07:00"


def test_statuses_and_flags_are_spread_as_in_a_busy_instance() -> None:
    invoices = RESOURCES["invoices"]
    statuses = Counter(invoices.attribute(1, n, "status") for n in range(5000))
    assert statuses.most_common(1)[0][0] == "approved"
    assert 0.6 < statuses["approved"] / 5000 < 0.72
    assert set(statuses) == set(invoices.shape.attributes["status"].values)
    exported = sum(bool(invoices.attribute(1, n, "exported")) for n in range(5000))
    assert 0.37 < exported / 5000 < 0.43


def test_draws_of_two_attributes_of_a_row_are_not_tied() -> None:
    invoices = RESOURCES["invoices"]
    both = Counter(
        (invoices.attribute(1, n, "exported"), invoices.attribute(1, n, "paid"))
        for n in range(5000)
    )
    for exported in (True, False):
        share = both[exported, True] / (both[exported, True] + both[exported, False])
        assert 0.31 < share < 0.39


@pytest.mark.parametrize("name", ["invoices", "purchase_orders", "requisitions", "contracts"])
def test_people_and_suppliers_named_in_a_document_are_those_of_their_own_row(name: str) -> None:
    resource = RESOURCES[name]
    checked = 0
    for n in range(200):
        row = resource.row(7, n)
        for association, target in (("supplier", "suppliers"), ("created-by", "users")):
            named = row.get(association)
            if named is None:
                continue
            assert 1 <= named["id"] <= 1000
            own = RESOURCES[target].row(7, named["id"] - 1)
            assert named == {key: own[key] for key in named}
            checked += 1
    assert checked >= 200


def test_approvals_and_remit_to_addresses_lead_back_to_their_owner() -> None:
    for place, name in enumerate(("invoices", "requisitions", "expense_reports")):
        for n in range(50):
            (approval,) = RESOURCES[name].row(3, n)["approvals"]
            own = RESOURCES["approvals"].row(3, approval["id"] - 1)
            assert approval == {key: own[key] for key in approval}
            assert (approval["id"] - 1) % 3 == place
            assert approval["approvable-id"] == n + 1
    remit_to = RESOURCES["suppliers"].row(3, 20)["remit-to-addresses"]
    assert [address["id"] for address in remit_to] == [41, 42]
    own = RESOURCES["remit_to_addresses"].row(3, 41)
    assert remit_to[1] == {key: own[key] for key in remit_to[1]}


def test_ids_of_lines_are_unique_and_lines_add_up_to_their_document() -> None:
    rows = [RESOURCES["invoices"].row(4, n) for n in range(300)]
    lines = [line for row in rows for line in row["invoice-lines"]]
    assert len({line["id"] for line in lines}) == len(lines)
    for row in rows:
        assert row["line-count"] == len(row["invoice-lines"])
        total = sum(Decimal(line["total"]) for line in row["invoice-lines"])
        assert Decimal(row["gross-total"]) == total
    assert all(line["currency"] == row["currency"] for row in rows for line in row["invoice-lines"])
    for line in lines:
        product = Decimal(line["price"]) * Decimal(line["quantity"])
        assert abs(Decimal(line["total"]) - product) <= Decimal("0.005")


def test_what_a_row_says_twice_agrees() -> None:
    rows = [RESOURCES["invoices"].row(4, n) for n in range(300)]
    for row in rows:
        assert (row["last-exported-at"] is not None) == row["exported"]
        assert (row["payment-date"] is not None) == row["paid"]
        assert row["is-credit-note"] == (row["document-type"] == "Credit Note")
        assert row["currency-id"] == row["currency"]["id"]
    assert {row["is-credit-note"] for row in rows} == {True, False}


def test_decimals_come_in_several_scales_and_zeros() -> None:
    rows = [RESOURCES["invoices"].row(4, n) for n in range(200)]
    numbers = [
        line[name]
        for row in rows
        for line in row["invoice-lines"]
        for name in ("price", "quantity")
    ] + [row["tax-amount"] for row in rows if row["tax-amount"]]
    assert {len(number.partition(".")[2]) for number in numbers} == {1, 2, 6}
    assert "0.00" in numbers


def test_emptiness_has_its_four_forms() -> None:
    rows = [RESOURCES["invoices"].row(4, n) for n in range(300)]
    assert {None, ""} <= {row["payment-channel"] for row in rows}
    assert any(row["contract"] is None for row in rows)
    assert any(row["attachments"] == [] for row in rows)
    fields = [row["custom-fields"] for row in rows]
    assert None in fields
    assert {} in fields
    assert any(isinstance(field, dict) and None in field.values() for field in fields)


def test_a_dynamic_account_has_a_code_but_no_id() -> None:
    accounts = [
        line["account"]
        for n in range(300)
        for line in RESOURCES["invoices"].row(4, n)["invoice-lines"]
    ]
    dynamic = [account for account in accounts if account["id"] is None]
    assert 0.05 < len(dynamic) / len(accounts) < 0.2
    assert all(account["code"] and account["name"] is None for account in dynamic)


def test_texts_hold_what_exporters_stumble_over() -> None:
    rows = [RESOURCES[name].row(1, n) for name in ("invoices", "suppliers") for n in range(300)]
    notes = [text for text in texts(list(rows)) if not INSTANT.fullmatch(text)]
    for awkward in (",", '"', "\n", "\t", "'", "&", "\\"):
        assert any(awkward in text for text in notes), awkward
    assert any(not text.isascii() for text in notes)
    comments = [
        text for n in range(5000) if (text := RESOURCES["invoices"].attribute(1, n, "comments"))
    ]
    share = sum(text.startswith(FORMULA) for text in comments) / len(comments)
    assert 0.02 < share < 0.12
    names = [RESOURCES["suppliers"].attribute(1, n, "name") for n in range(1000)]
    assert any(".com" in name for name in names)
    assert len(set(names)) == 1000


def test_cut_associations_do_not_nest_without_end() -> None:
    def depth(shape: Shape) -> int:
        inner = [depth(part.shape) for part in shape.attributes.values() if part.shape]
        return 1 + max(inner, default=0)

    assert max(depth(RESOURCES[name].shape) for name in NAMES) <= 6


def test_natural_keys_are_marked() -> None:
    invoices = RESOURCES["invoices"].shape.attributes
    assert invoices["currency"].shape is not None
    assert invoices["created-by"].shape is not None
    currency = invoices["currency"].shape.attributes
    assert [name for name, part in currency.items() if part.key] == ["id", "code"]
    user = invoices["created-by"].shape.attributes
    assert {name for name, part in user.items() if part.key} == {"id", "login", "email"}


@pytest.mark.parametrize(
    "text",
    ["Thing thing\n    id : id", "Thing <thing>\n    id : number", "Part <part> = Thing\n    id"],
)
def test_a_table_with_a_slip_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        read_tables([text])


@pytest.mark.parametrize("rule", ["decimal : decimal = a / b", "x : object Nothing"])
def test_a_rule_with_a_slip_is_refused(rule: str) -> None:
    tables = read_tables([f"Thing <thing>\n    a b : decimal\n    {rule}"])
    with pytest.raises((ValueError, KeyError)):
        Generator(tables).makers("Thing")
