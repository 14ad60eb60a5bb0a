"""Scans whose rows are of a type of the user's: what they ask for, what comes, and what does not fit."""

import itertools
import sys
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

import msgspec
import pydantic
import pytest

from coupa_async_client import (
    CoupaAsyncClient,
    CoupaClient,
    CoupaConfigError,
    CoupaRowError,
    CoupaShapeError,
)
from coupa_async_client._rows import JSONRows
from coupa_async_client._typed_rows import TypedRows
from coupa_async_client.sandbox import Sandbox
from row_types import plain
from servers import Server, http, serving

pytestmark = pytest.mark.anyio

PAGINGS = ("auto", "keyset", "offset")


@dataclass
class Named:
    name: str


@dataclass
class Coded:
    code: str


@dataclass
class Priced:
    price: Decimal | None


@dataclass
class InvoiceRow:
    id: int
    invoice_number: str
    status: str
    updated_at: datetime
    gross_total: Decimal | None
    supplier: Named
    currency: Coded
    invoice_lines: list[Priced]


class NamedStruct(msgspec.Struct):
    name: str


class CodedStruct(msgspec.Struct):
    code: str


class PricedStruct(msgspec.Struct):
    price: Decimal | None


class InvoiceStruct(msgspec.Struct, rename="kebab"):
    id: int
    invoice_number: str
    status: str
    updated_at: datetime
    gross_total: Decimal | None
    supplier: NamedStruct
    currency: CodedStruct
    invoice_lines: list[PricedStruct]


class InvoiceDict(TypedDict):
    id: int
    invoice_number: str
    status: str
    updated_at: datetime
    gross_total: Decimal | None
    supplier: TypedDict("NamedDict", {"name": str})
    currency: TypedDict("CodedDict", {"code": str})
    invoice_lines: list[TypedDict("PricedDict", {"price": Decimal | None})]


class NamedModel(pydantic.BaseModel):
    name: str


class CodedModel(pydantic.BaseModel):
    code: str


class PricedModel(pydantic.BaseModel):
    price: Decimal | None


class InvoiceModel(pydantic.BaseModel):
    id: int
    invoice_number: str
    status: str
    updated_at: datetime
    gross_total: Decimal | None
    supplier: NamedModel
    currency: CodedModel
    invoice_lines: list[PricedModel]


KINDS = (InvoiceRow, InvoiceStruct, InvoiceDict, InvoiceModel)
EIGHT = "id,invoice-number,status,updated-at,gross-total,supplier.name,currency.code,invoice-lines.price"


def typed(row):
    """Turn a decoded row into what any of the types makes of it."""
    total = row["gross-total"]
    return {
        "id": row["id"],
        "invoice_number": row["invoice-number"],
        "status": row["status"],
        "updated_at": datetime.fromisoformat(row["updated-at"]),
        "gross_total": None if total is None else Decimal(total),
        "supplier": {"name": row["supplier"]["name"]},
        "currency": {"code": row["currency"]["code"]},
        "invoice_lines": [
            {"price": None if line["price"] is None else Decimal(line["price"])}
            for line in row["invoice-lines"]
        ],
    }


def asked(sandbox, resource, since=0):
    path = f"/api/{resource}"
    return [entry for entry in sandbox.journal[since:] if entry.path == path]


@pytest.mark.parametrize("row_type", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_type_brings_what_the_untyped_scan_brings(shared, arguments, drain, row_type):
    before = len(shared.journal)
    outcome = drain(arguments, "invoices", type=row_type, paging="keyset")
    assert outcome.error is None
    assert [plain(row) for row in outcome.rows] == [typed(row) for row in shared.rows("invoices")]
    assert {type(row) for row in outcome.rows} == {dict if row_type is InvoiceDict else row_type}
    assert outcome.receipt.complete
    assert outcome.receipt.rows == len(outcome.rows) == 520
    fields = {dict(entry.query)["fields"] for entry in asked(shared, "invoices", before)}
    assert len(fields) == 1
    projection = msgspec.json.decode(fields.pop())
    assert projection[:3] == ["id", "invoice-number", "status"]
    assert projection[5:] == [
        {"supplier": ["name"]},
        {"currency": ["code"]},
        {"invoice-lines": ["price"]},
    ]


@pytest.mark.parametrize("paging", PAGINGS)
def test_an_id_that_the_type_does_not_have_is_asked_for_and_passed_over(arguments, drain, paging):
    @dataclass
    class Login:
        login: str

    outcome = drain(arguments, "users", type=Login, paging=paging)
    assert outcome.rows == [Login(row.login) for row in outcome.rows]
    assert len({row.login for row in outcome.rows}) == 30
    assert outcome.receipt.id_max == 30


async def test_pages_of_a_typed_scan_are_coupas_bytes(client):
    @dataclass
    class Login:
        login: str

    pages = [page async for page in client.scan("users", type=Login).pages()]
    assert {frozenset(row) for page in pages for row in page} == {frozenset({"login"})}


async def test_the_first_row_is_of_the_type_too(client, sync_client):
    found = await client.scan("suppliers", type=Named).first()
    assert isinstance(found, Named)
    assert sync_client.scan("suppliers", type=Named).first() == found
    assert await client.scan("contracts", type=Named).first() is None
    assert sync_client.scan("contracts", type=Named).collect() == []


def test_nulls_that_are_left_out_are_none():
    @dataclass
    class Shipped:
        id: int
        shipping_amount: Decimal | None
        payment_date: datetime | None

    with Sandbox(polite=True, throttle="off", null_keys="omit", rows={"invoices": 60}) as sandbox:
        credentials = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}
        with CoupaClient(sandbox.base_url, sandbox.token_url, **credentials) as client:
            rows = client.scan("invoices", type=Shipped, paging="keyset").collect()
        amounts = [row["shipping-amount"] for row in sandbox.rows("invoices")]
    assert [row.shipping_amount for row in rows] == [each and Decimal(each) for each in amounts]
    assert 0 < sum(row.shipping_amount is None for row in rows) < 60
    assert 0 < sum(row.payment_date is None for row in rows) < 60


class Weighed:
    """Stands before a client's transport and counts the bytes of its answers."""

    def __init__(self, client):
        self.bytes = 0
        self._within = client._engine._transport
        client._engine._transport = self

    async def send(self, request):
        response = await self._within.send(request)
        self.bytes += len(response.body)
        return response

    def __getattr__(self, name):
        return getattr(self._within, name)


@pytest.mark.parametrize("row_type", KINDS, ids=lambda kind: kind.__name__)
async def test_eight_attributes_are_a_small_part_of_the_bytes(arguments, row_type):
    weights = []
    for options in ({}, {"type": row_type}, {"fields": EIGHT}):
        async with CoupaAsyncClient(**arguments) as client:
            scale = Weighed(client)
            rows = await client.scan("invoices", max_items=200, **options).collect()
            assert len(rows) == 200
            weights.append(scale.bytes)
    whole, few, same = weights
    assert few <= 0.15 * whole
    assert few <= 1.01 * same


@pytest.mark.parametrize("row_type", [InvoiceStruct, InvoiceDict])
def test_a_row_of_a_type_costs_no_more_calls_of_python_code_than_an_untyped_one(shared, row_type):
    """From an answer's body on, and counted, since time would be a matter of luck."""
    found = shared.rows("invoices")[:50]

    def calls(reader, count):
        made = []

        def note(frame, event, _what):
            if event == "call" and "coupa_async_client" in frame.f_code.co_filename:
                made.append(frame)

        body = msgspec.json.encode(found[:count])
        sys.setprofile(note)
        try:
            page = reader.page_of(body)
            ids = page.ids
            read = list(reader.read(page, None))
        finally:
            sys.setprofile(None)
        assert len(read) == len(ids) == count
        return len(made)

    def calls_of_45_rows(reader):
        return calls(reader, 50) - calls(reader, 5)

    assert calls_of_45_rows(TypedRows(row_type)) == 0
    assert calls_of_45_rows(JSONRows()) >= 45


async def test_a_type_is_read_once_for_all_scans_of_a_client(client):
    first, again = (client.scan("suppliers", type=Named).reading._reader for _ in range(2))
    assert first is again
    for _ in range(100):
        other = dataclass(type("Other", (), {"__annotations__": {"name": str}}))
        client.scan("suppliers", type=other)
    assert len(client._row_types._known) <= 64


@pytest.mark.parametrize("paging", PAGINGS)
def test_a_row_that_a_page_brings_again_uses_up_no_default(drain, paging):
    """Pages by offset begin with the last row of the page before."""

    @dataclass
    class Numbered:
        id: int
        number: int = field(default_factory=itertools.count(1).__next__)

    with Server(serving(range(1, 231))) as server:
        outcome = drain(server.arguments(), "items", type=Numbered, paging=paging)
    assert [row.number for row in outcome.rows] == list(range(1, 231))


def priced(ids, bad=()):
    """Serve rows of which some have a price that is none."""

    def answer(seen):
        after, offset = int(seen.query.get("id[gt]", -1)), int(seen.query.get("offset", 0))
        known = [i for i in ids if i > after][offset : offset + int(seen.query["limit"])]
        return http(200, [{"id": i, "price": "n/a" if i in bad else f"{i}.50"} for i in known])

    return answer


@dataclass
class Item:
    id: int
    price: Decimal


@dataclass
class LooseItem:
    id: int
    price: Any


IDS = range(1, 421)


def id_of(row):
    return row.id


@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize("bad", [1, 50, 51, 237, 420])
def test_a_scan_stops_before_a_row_that_does_not_fit_and_goes_on_with_it(drain, paging, bad):
    """The row itself counts as still to come: a corrected type brings it, and nothing twice."""
    with Server(priced(IDS, {bad})) as server:
        with CoupaClient(**server.arguments()) as client:
            scan = client.scan("items", type=Item, paging=paging)
            came = []
            with pytest.raises(CoupaRowError) as caught:
                deque(map(came.append, scan), maxlen=0)
            assert bad not in map(id_of, came)
            receipt, checkpoint = scan.receipt, scan.checkpoint
        assert (caught.value.id, caught.value.path, caught.value.value) == (bad, "price", '"n/a"')
        assert isinstance(caught.value, CoupaShapeError)
        assert not receipt.complete
        assert (receipt.rows, receipt.invalid) == (len(came), 0)
        rest = drain(server.arguments(), "items", type=LooseItem, paging=paging, resume=checkpoint)
    assert sorted(map(id_of, came + rest.rows)) == list(IDS)
    assert rest.receipt.complete


@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize("bad", [{1}, {50, 51}, {7, 237, 420}, set(IDS)], ids=len)
async def test_rows_that_do_not_fit_are_collected_and_the_others_come(paging, bad):
    with Server(priced(IDS, bad)) as server:
        async with CoupaAsyncClient(**server.arguments()) as client:
            scan = client.scan("items", type=Item, paging=paging, on_invalid="collect")
            came = await scan.collect()
        with CoupaClient(**server.arguments()) as client:
            twin = client.scan("items", type=Item, paging=paging, on_invalid="collect")
            assert sorted(map(id_of, twin)) == sorted(set(IDS) - bad)
            assert sorted(map(id_of, twin.invalid)) == sorted(bad)
    assert sorted(map(id_of, came)) == sorted(set(IDS) - bad)
    assert sorted(map(id_of, scan.invalid)) == sorted(bad)
    assert (scan.receipt.rows, scan.receipt.invalid) == (len(came), len(bad))
    assert scan.receipt.complete
    assert scan.checkpoint["left"] == []
    for error in scan.invalid:
        assert (error.path, error.value, error.expected) == ("price", '"n/a"', "Decimal")
        assert msgspec.json.decode(error.raw) == {"id": error.id, "price": "n/a"}
        assert error.__traceback__ is None


@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize("cut", [1, 2, 60])
def test_a_row_that_was_collected_is_behind_the_checkpoint(paging, cut):
    bad = {1, 3, 60, 61}
    with Server(priced(IDS, bad)) as server, CoupaClient(**server.arguments()) as client:
        options = {"type": Item, "paging": paging, "on_invalid": "collect"}
        scan = client.scan("items", **options)
        came = [row.id for _, row in zip(range(cut), scan, strict=False)]
        assert (scan.receipt.rows, scan.receipt.invalid) == (cut, len(scan.invalid))
        rest = client.scan("items", resume=scan.checkpoint, **options)
        after = [row.id for row in rest]
    assert sorted([*came, *after, *map(id_of, scan.invalid + rest.invalid)]) == list(IDS)


def test_a_collected_row_counts_for_max_items(drain):
    with Server(priced(IDS, {2})) as server:
        outcome = drain(server.arguments(), "items", type=Item, max_items=3, on_invalid="collect")
    assert [row.id for row in outcome.rows] == [1, 3]
    assert (outcome.receipt.rows, outcome.receipt.invalid) == (2, 1)
    assert outcome.receipt.complete


def test_what_an_unfit_row_holds_is_in_no_log(drain, caplog):
    with Server(priced(IDS, {2, 3})) as server:
        drain(server.arguments(), "items", type=Item, on_invalid="collect")
        drain(server.arguments(), "items", type=Item)
    assert "invalid=2" in caplog.text
    assert "n/a" not in caplog.text


async def test_a_checkpoint_belongs_to_the_fields_of_its_type(client):
    checkpoint = client.scan("users", type=Named).checkpoint
    with pytest.raises(CoupaConfigError, match="another question"):
        client.scan("users", type=Coded, resume=checkpoint)


class Misfit(pydantic.BaseModel):
    lines: dict[str, Named]


WRONG = {
    "both": ({"type": Named, "fields": ["name"]}, "leave fields out"),
    "both-empty": ({"type": Named, "fields": []}, "leave fields out"),
    "both-in-params": ({"type": Named, "params": {"fields": "name"}}, "leave fields out"),
    "collect-what": ({"on_invalid": "collect"}, 'on_invalid="collect" needs a type'),
    "on-invalid": ({"type": Named, "on_invalid": "skip"}, "on_invalid is 'skip'"),
    "no-type-but-a-list": ({"type": [Named]}, "type is [<class"),
    "no-type": ({"type": "Invoice"}, "type is 'Invoice'"),
    "unfit-type": ({"type": Misfit}, "type Misfit: lines is dict[str, Named]"),
    "params-no-mapping": ({"type": Named, "params": "a=b"}, "give a mapping"),
}


@pytest.mark.parametrize(("options", "words"), WRONG.values(), ids=WRONG)
async def test_a_wrong_type_is_an_error_before_anything_is_sent(
    client, sync_client, shared, options, words
):
    before = len(shared.journal)
    for face in (client, sync_client):
        with pytest.raises(CoupaConfigError) as caught:
            face.scan("suppliers", **options)
        assert words in str(caught.value)
    assert len(shared.journal) == before


async def test_fields_may_be_names_with_dots_everywhere(client, sync_client, shared):
    before = len(shared.journal)
    fields = "id, supplier.name"
    expected = {"id", "supplier"}
    rows = await client.scan("invoices", fields=fields, max_items=1).collect()
    rows.append(await client.get("invoices/1", fields=fields))
    rows += await client.collect_items("invoices", fields=fields, offset_end=1)
    rows += sync_client.scan("invoices", {"fields": fields}, max_items=1).collect()
    rows.append(sync_client.get("invoices/1", fields=fields))
    rows += next(sync_client.pages("invoices", fields=fields))[:1]
    assert [set(row) for row in rows] == [expected] * 6
    spelled = {
        dict(entry.query)["fields"] for entry in shared.journal[before:] if "invoices" in entry.path
    }
    assert spelled == {'["id",{"supplier":["name"]}]'}
