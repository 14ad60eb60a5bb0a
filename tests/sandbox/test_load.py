"""Rows a user brings along come back value for value, through the same grammar."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from coupa_async_client.sandbox import Sandbox
from coupa_async_client.sandbox.loading import load

from .conftest import Caller

SAMPLES = Path(__file__).resolve().parents[2] / "../shared/coupa/samples"

EXACT = (
    '{"zeta":1.10,"id":2,"big":123456789012345678901234567890,"tiny":1E-400,"neg":-0.0,'
    '"text":"caf\\u00e9 \\u2028 \\ud83d\\ude00","none":null,"list":[],"map":{},"empty":""}'
)


def test_numbers_text_and_order_survive(serve: Callable[..., Caller], tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(f'\ufeff{{"id": 10}}\n\n{EXACT}\n', encoding="utf-8")
    coupa = serve(load={"invoices": path})
    reply = coupa.api("invoices")
    rows = json.loads(reply.body, parse_float=str, parse_int=str)
    assert [row["id"] for row in rows] == ["2", "10"]
    assert rows[0] == json.loads(EXACT, parse_float=str, parse_int=str)
    assert list(rows[0]) == list(json.loads(EXACT))
    assert coupa.api("invoices/10").json == {"id": 10}
    assert coupa.api("invoices", {"id[gt]": 2}).ids == [10]


def test_an_array_file_and_a_list_are_the_same(tmp_path: Path) -> None:
    rows = [{"id": 3, "a": 1}, {"id": 1, "a": None}]
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    assert load("x", path) == load("x", str(path)) == load("x", rows) == {1: rows[1], 3: rows[0]}


def test_a_resource_nobody_knows_is_filtered_by_its_own_values(
    serve: Callable[..., Caller],
) -> None:
    rows = [
        {"id": 1, "rate": 0.5, "starts_at": "2025-01-01T00:00:00-05:00", "to_currency": {"code": "USD"}},
        {"id": 5, "rate": "10", "starts_at": "2025-01-01T01:00:00Z", "to_currency": {"code": "EUR"}},
        {"id": 9, "rate": 10, "starts_at": None, "to_currency": None, "tags": ["a", "b"]},
    ]  # fmt: skip
    coupa = serve(load={"exchange_rates": rows, "coupa_pay/payments": []})
    cases = {
        "rate[gt_or_eq]=2": [9],
        "rate=0.50": [1],
        "starts-at[gt]=2025-01-01T02:00:00Z": [1],
        "starts_at[blank]=true": [9],
        "to-currency[code]=EUR": [5],
        "to-currency[blank]=true": [9],
        "tags=b": [9],
        "tags[blank]=false": [9],
        "to_currency[code][not_in]=EUR,GBP": [1],
        "order_by=rate&dir=desc": [5, 9, 1],
        "fields=[%22id%22,{%22to-currency%22:[%22code%22]}]&limit=1": [1],
    }
    for query, ids in cases.items():
        assert (query, coupa.api("exchange_rates", query).ids) == (query, ids)
    assert coupa.api("exchange_rates/5").json == rows[1]
    assert coupa.api("coupa_pay/payments").json == []
    assert coupa.api("exchange_rates", accept="application/xml").body.count(b"<exchange-rate>") == 3
    assert coupa.sandbox.insert("exchange_rates", {"rate": 7}) == 10
    assert coupa.api("exchange_rates", "rate=7").ids == [10]
    assert coupa.api("exchange_rates/1", "return_object=shallow").json == rows[0]


def test_loaded_rows_of_a_known_resource_keep_its_kinds(serve: Callable[..., Caller]) -> None:
    rows = [
        {"id": 1, "gross-total": "9.50", "erp_flat": "x", "supplier": {"id": 2, "own-field": "y"}},
        {"id": 2, "gross-total": "10.00", "erp_flat": None, "supplier": None},
    ]
    coupa = serve(load={"invoices": rows}, unknown_filter="400")
    assert coupa.api("invoices", {"gross-total[gt]": "9.7"}).ids == [2]
    assert coupa.api("invoices", {"erp-flat": "x"}).ids == [1]
    assert coupa.api("invoices", {"supplier[own_field]": "y"}).ids == [1]
    assert coupa.api("invoices", {"nobody-has-this": "x"}).status == 400
    coupa.sandbox.update("invoices", 2, {"gross-total": "1.00"})
    assert coupa.api("invoices", {"gross-total[lt]": "2"}).ids == [2]
    coupa.sandbox.reset()
    assert coupa.log_in().api("invoices").json == rows


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"id": 1}\n{"id": 1}\n', "line 2: id 1 is there already"),
        (b'{"a": 1}\n', "line 1: a row is a JSON object whose id"),
        (b'{"id": true}\n', "whole number"),
        (b'{"id": "7"}\n', "whole number"),
        (b'[{"id": 1}, 5]', "row 2: a row is a JSON object"),
        (b'{"id": 1}\n{"id"\n', "line 2: not JSON"),
        (b'[{"id": 1}', "not a JSON array"),
        (b"<xml/>", "line 1: not JSON"),
        (b'{"id": 1, "a": "\xff"}', "not JSON"),
    ],
)
def test_rows_that_cannot_be_served_say_where(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "rows"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=says) as caught:
        Sandbox(load={"invoices": path})
    assert str(path) in str(caught.value)


def test_a_list_with_a_bad_row_says_which() -> None:
    with pytest.raises(ValueError, match="row 2 of users"):
        Sandbox(load={"users": [{"id": 1}, {"id": None}]})


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real payloads are not beside the repository")
def test_real_payloads_come_back_equal(serve: Callable[..., Caller]) -> None:
    rows = dict(enumerate(_objects_with_ids(), 1))
    distinct = {row["id"]: row for row in rows.values()}
    coupa = serve(load={"samples": list(distinct.values())})
    served = {row["id"]: row for row in coupa.drain("samples", {}, limit=3)}
    assert served == distinct
    assert len(served) >= 5


def _objects_with_ids() -> list[dict[str, Any]]:
    found: list[Any] = []
    for path in sorted(SAMPLES.glob("*.json")):
        content = json.loads(path.read_bytes(), parse_float=Decimal)
        found += content if isinstance(content, list) else [content]
    return [each for each in found if isinstance(each, dict) and type(each.get("id")) is int]
