"""Collections and records over HTTP: paging, shaping, JSON and XML, writes, refusals."""

import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from coupa_async_client.sandbox.shapes import RESOURCES

from .conftest import Caller


def test_pages_of_fifty_hold_every_row_once(coupa: Caller) -> None:
    assert coupa.api("invoices").ids == list(range(1, 51))
    assert coupa.api("invoices", {"offset": 3, "limit": 2}).ids == [4, 5]
    assert len(coupa.api("invoices", {"limit": 500}).json) == 50
    assert [row["id"] for row in coupa.drain("invoices", {})] == list(range(1, 301))
    past = coupa.api("invoices", {"offset": 300})
    assert (past.status, past.json) == (200, [])


def test_rows_are_what_the_oracle_says(coupa: Caller) -> None:
    filters: list[dict[str, Any]] = [
        {},
        {"status": "approved"},
        {"status[not_in]": "approved,voided", "exported": False},
        {"updated-at[gt_or_eq]": "2025-08-14T00:00:00-04:00"},
        {"supplier[name][contains]": "a", "id[gt]": 100},
        {"invoice_lines[price][gt]": "100"},
    ]
    for params in filters:
        asked = {
            name: str(value).lower() if isinstance(value, bool) else value
            for name, value in params.items()
        }
        expected = coupa.sandbox.rows("invoices", params)
        assert coupa.drain("invoices", asked) == json.loads(json.dumps(expected))
    assert 0 < len(coupa.sandbox.rows("invoices", {"status": "approved"})) < 300


def test_keyset_paging_makes_the_whole(coupa: Caller) -> None:
    last, ids = 0, []
    while page := coupa.api("invoices", {"id[gt]": last, "status": "approved"}).ids:
        ids += page
        last = page[-1]
    assert ids == [row["id"] for row in coupa.sandbox.rows("invoices", {"status": "approved"})]


@pytest.mark.parametrize("name", ["updated-at", "updated_at"])
def test_order_by_with_ties_by_id(coupa: Caller, name: str) -> None:
    rows = coupa.sandbox.rows("invoices")
    coupa.sandbox.update("invoices", 5, {"updated-at": rows[6]["updated-at"]})
    ordered = coupa.drain("invoices", {"order_by": name, "return_object": "limited"})
    both = [row["id"] for row in ordered if row["id"] in {5, 7}]
    assert both == [5, 7]
    downwards = coupa.drain("invoices", {"order_by": name, "dir": "desc", "fields": '["id"]'})
    assert downwards == ordered[::-1]


def test_fields_cut_at_any_depth_and_stay_hyphenated(coupa: Caller) -> None:
    fields = [
        "status",
        "id",
        {"supplier": ["id", "name"]},
        {"invoice_lines": ["line_num", {"currency": ["code"]}]},
        {"custom_fields": {}},
        "nope",
    ]
    row = coupa.api("invoices", {"fields": json.dumps(fields), "limit": 1}).json[0]
    whole = coupa.sandbox.rows("invoices", {"id": 1})[0]
    assert list(row) == [name for name in whole if name in row]
    assert set(row) == {"status", "id", "supplier", "invoice-lines", "custom-fields"}
    assert row["supplier"] == {name: whole["supplier"][name] for name in ("id", "name")}
    assert row["custom-fields"] == whole["custom-fields"]
    for line in row["invoice-lines"]:
        assert set(line) <= {"line-num", "currency"}
        assert line.get("currency") is None or set(line["currency"]) == {"code"}
    some = '[{"custom_fields":["no-such"]}]'
    assert coupa.api("invoices", {"fields": some, "limit": 1}).json[0] in (
        {"custom-fields": {}},
        {"custom-fields": None},
    )


@pytest.mark.parametrize("fields", ["id", "{", '"id"', "[1]", '[{"a":["b"],"c":["d"]}]', "null"])
def test_malformed_fields_are_refused(coupa: Caller, fields: str) -> None:
    reply = coupa.api("invoices", {"fields": fields})
    assert reply.status == 400
    assert reply.json["errors"]["query"]


def test_an_unknown_field_is_refused_on_demand(serve: Callable[..., Caller]) -> None:
    coupa = serve(unknown_field="400")
    assert coupa.api("invoices", {"fields": '["id",{"supplier":["name"]}]'}).status == 200
    assert coupa.api("invoices", {"fields": '["nope"]'}).status == 400
    assert coupa.api("invoices", {"fields": '[{"supplier":["nope"]}]'}).status == 400


def test_return_object(coupa: Caller) -> None:
    whole = coupa.api("invoices", {"limit": 3}).json
    assert coupa.api("invoices", {"limit": 2, "return_object": "limited"}).json == [
        {"id": 1},
        {"id": 2},
    ]
    assert coupa.api("invoices", {"limit": 3, "return_object": "none"}).json == whole
    shallow = coupa.api("invoices", {"limit": 3, "return_object": "shallow"}).json
    assert [list(row) for row in shallow] == [list(row) for row in whole]
    assert set(shallow[0]["currency"]) == {"id", "code"}
    assert shallow[0]["status"] == whole[0]["status"]
    assert coupa.api("invoices", {"return_object": "deep"}).status == 400


def test_one_record(coupa: Caller) -> None:
    assert coupa.api("invoices/7").json == json.loads(
        json.dumps(coupa.sandbox.rows("invoices", {"id": 7})[0])
    )
    assert coupa.api("invoices/7", {"fields": '["id"]'}).json == {"id": 7}


@pytest.mark.parametrize(
    "path",
    ["invoices/301", "invoices/0", "invoices/x", "invoices/" + "9" * 30, "nope", "nope/1", ""],
)
def test_what_is_not_there_is_404(coupa: Caller, path: str) -> None:
    assert "errors" in coupa.api(path).json
    assert coupa.api(path).status == 404
    in_xml = coupa.api(path, accept="application/xml")
    assert (in_xml.status, ET.fromstring(in_xml.body).tag) == (404, "errors")  # noqa: S314


def test_outside_the_api_there_is_nothing(coupa: Caller) -> None:
    assert coupa.send("GET", "/").status == 404
    assert coupa.send("GET", "/api").status == 404


def test_empty_pages_differ_between_json_and_xml(coupa: Caller) -> None:
    in_json = coupa.api("invoices", {"id[gt]": 300})
    assert (in_json.status, in_json.body) == (200, b"[]")
    in_xml = coupa.api("invoices", {"id[gt]": 300}, accept="application/xml")
    root = ET.fromstring(in_xml.body)  # noqa: S314 - our own document
    assert (in_xml.status, root.tag, root[0].tag) == (404, "errors", "error")
    assert (root[0].text or "").startswith("No results match")


@pytest.mark.parametrize("name", sorted(RESOURCES))
def test_xml_says_what_json_says(coupa: Caller, name: str) -> None:
    rows = coupa.api(name, {"limit": 5}).json
    reply = coupa.api(name, {"limit": 5}, accept="application/xml")
    root = ET.fromstring(reply.body)  # noqa: S314 - our own document
    assert reply.headers["content-type"].startswith("application/xml")
    assert root.tag == RESOURCES[name].collection
    assert {child.tag for child in root} == {RESOURCES[name].shape.element}
    for element, row in zip(root, rows, strict=True):
        assert_same(element, row)


def assert_same(element: ET.Element, value: Any) -> None:
    if value is None:
        assert element.get("nil") == "true"
    elif isinstance(value, dict):
        assert len(element) == len(value)
        for child, each in zip(element, value.values(), strict=True):
            assert_same(child, each)
    elif isinstance(value, list):
        assert element.get("type") == "array"
        assert len(element) == len(value)
        for child, each in zip(element, value, strict=True):
            assert_same(child, each)
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        assert (element.text or "") == text


@pytest.mark.parametrize(
    ("accept", "knob", "media"),
    [
        ("application/json", "xml", "application/json"),
        ("text/html, application/json;q=0.9", "xml", "application/json"),
        ("application/xml", "json", "application/xml"),
        ("text/csv", "json", "application/xml"),
        ("*/*", "xml", "application/xml"),
        ("*/*", "json", "application/json"),
        (None, "xml", "application/xml"),
        (None, "json", "application/json"),
    ],
)
def test_accept_chooses_the_family(
    serve: Callable[..., Caller], accept: str | None, knob: str, media: str
) -> None:
    reply = serve(any_accept=knob).api("invoices", {"limit": 1}, accept=accept)
    assert reply.headers["content-type"].startswith(media)


def test_knobs_of_the_wire(serve: Callable[..., Caller]) -> None:
    coupa = serve(pretty=True, gzip=True, null_keys="omit")
    plain = coupa.api("invoices", {"limit": 2})
    assert plain.body.startswith(b"[\n  {\n")
    assert b"null" not in plain.body
    headers = {
        "Authorization": f"Bearer {coupa.bearer}",
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
    }
    packed = coupa.send("GET", "/api/invoices?limit=2", headers=headers)
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.body) < len(plain.body) / 2


def test_every_answer_is_marked(coupa: Caller) -> None:
    for reply in (coupa.api("invoices"), coupa.api("nope"), coupa.token(), coupa.send("GET", "/x")):
        assert reply.headers["x-sandbox"] == "coupa-async-client"


def test_created_records_hold_what_was_sent_and_nothing_made_up(coupa: Caller) -> None:
    sent = {"invoice_number": "N-1", "supplier": {"id": 3}, "id": 9}
    reply = coupa.api("invoices", method="POST", body=sent)
    row = reply.json
    assert (reply.status, row["id"], row["invoice-number"]) == (201, 301, "N-1")
    assert row["status"] is None
    assert row["invoice-lines"] == []
    assert row["created-at"] == row["updated-at"]
    assert coupa.api("invoices/301").json == row
    assert coupa.api("invoices", {"invoice-number": "N-1"}).ids == [301]


def test_updates_are_partial_and_move_updated_at(coupa: Caller) -> None:
    before = coupa.api("invoices/4").json
    body = {"invoice_number": "N-2", "supplier": {"display_name": "New"}, "id": 99}
    after = coupa.api("invoices/4", method="PUT", body=body).json
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"invoice-number", "supplier", "updated-at"}
    assert after["supplier"] == {**before["supplier"], "display-name": "New"}
    other = coupa.api("invoices/4", method="PATCH", body={"supplier": {"id": 10_000}}).json
    assert other["supplier"] == {"id": 10_000}
    assert coupa.api("invoices", {"supplier[id]": 10_000}).ids == [4]


def test_marking_exported_is_a_request_of_its_own(coupa: Caller) -> None:
    queue = [row["id"] for row in coupa.sandbox.rows("invoices", {"exported": False})]
    before = coupa.api(f"invoices/{queue[0]}").json
    after = coupa.api(
        f"invoices/{queue[0]}", "exported=true", method="PUT", body={"status": "x"}
    ).json
    assert after == {**before, "exported": True}
    assert coupa.api("invoices", {"exported": "false"}).ids[:5] == queue[1:6]


def test_deleted_records_are_gone(coupa: Caller) -> None:
    assert coupa.api("invoices/2", method="DELETE").status == 200
    assert coupa.api("invoices/2").status == 404
    assert coupa.api("invoices", {"limit": 2}).ids == [1, 3]
    assert coupa.api("invoices/2", method="DELETE").status == 404


def test_writes_shape_their_answer(coupa: Caller) -> None:
    quiet = coupa.api("invoices/1", "return_object=none", method="PUT", body={"status": "new"})
    assert (quiet.status, quiet.body) == (200, b"")
    short = coupa.api("invoices", {"fields": '["status"]'}, method="POST", body={"status": "new"})
    assert short.json == {"status": "new"}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"<invoice-header/>", b'{"a": "\xff"}'])
def test_a_body_that_is_no_object_is_refused(coupa: Caller, body: bytes) -> None:
    assert coupa.api("invoices", method="POST", body=body).status == 400
    assert coupa.api("invoices/1", method="PUT", body=body).status == 400


def test_methods_that_make_no_sense(coupa: Caller) -> None:
    assert coupa.api("invoices", method="DELETE").status == 405
    assert coupa.api("invoices/1", method="POST", body={}).status == 405
    head = coupa.api("invoices", method="HEAD")
    assert (head.status, head.body) == (405, b"")


def test_rows_that_come_and_go_show_in_pages_and_in_the_oracle(coupa: Caller) -> None:
    sandbox = coupa.sandbox
    new = sandbox.insert("invoices", {"status": "approved", "gross-total": "1.00"})
    sandbox.update("invoices", 1, {"status": "nobody-knows"})
    sandbox.delete("invoices", 2)
    assert new == 301
    assert coupa.api("invoices", {"status": "nobody-knows"}).ids == [1]
    assert coupa.api("invoices", {"id[gt]": 299}).ids == [300, 301]
    assert set(coupa.api("invoices/301").json) == set(coupa.api("invoices/1").json)
    assert [row["id"] for row in sandbox.rows("invoices")] == [1, *range(3, 302)]
    with pytest.raises(KeyError, match="no row 2"):
        sandbox.update("invoices", 2, {})
    with pytest.raises(KeyError, match="no row 2"):
        sandbox.delete("invoices", 2)
    with pytest.raises(ValueError, match="taken"):
        sandbox.insert("invoices", {"id": 1})
    with pytest.raises(ValueError, match="positive"):
        sandbox.insert("invoices", {"id": 0})
    with pytest.raises(KeyError, match="nope"):
        sandbox.insert("nope", {})
    assert sandbox.insert("invoices", {"id": 2, "status": "back"}) == 2
    assert coupa.api("invoices", {"status": "back"}).ids == [2]


def test_unlucky_query_strings(coupa: Caller) -> None:
    assert coupa.api("invoices", "limit=1&supplier%5Bname%5D%5Bcontains%5D=%C3%A9").status == 200
    assert coupa.api("invoices", "limit=1&%ff=%ff&&=&a").status == 400
    assert coupa.api("invoices", "fields=%5B%22id%22%5D&limit=1").json == [{"id": 1}]
    assert coupa.api("invoices", "status[blank]=x").status == 400
