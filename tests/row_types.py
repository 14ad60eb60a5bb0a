"""One invoice as each of the four kinds of row type, so that one table of cases runs on each."""

import dataclasses
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, NotRequired, TypedDict

import msgspec
import pydantic


class Channel(Enum):
    CSP = "csp"
    EMAIL = "email"


@dataclass
class Supplier:
    name: str
    display_name: str | None


@dataclass(frozen=True, slots=True)
class Line:
    line_num: int
    price: Decimal | None
    tags: tuple[str, ...] = ()


@dataclass
class InvoiceDataclass:
    id: int
    invoice_number: str
    status: Literal["approved", "voided"]
    channel: Channel
    updated_at: datetime
    invoice_date: date | None
    gross_total: Decimal
    exported: bool
    rate: float
    payment_id: int | None
    supplier: Supplier | None
    invoice_lines: list[Line]
    custom_fields: dict[str, Any]
    due: date | None = field(default=None, metadata={"coupa": "net-due-date"})
    type_: str = "Invoice"
    anything: Any = None


class SupplierStruct(msgspec.Struct):
    name: str
    display_name: str | None


class LineStruct(msgspec.Struct, frozen=True):
    line_num: int
    price: Decimal | None
    tags: tuple[str, ...] = ()


class InvoiceStruct(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    id: int
    invoice_number: str
    status: Literal["approved", "voided"]
    channel: Channel
    updated_at: datetime
    invoice_date: date | None
    gross_total: Decimal
    exported: bool
    rate: float
    payment_id: int | None
    supplier: SupplierStruct | None
    invoice_lines: list[LineStruct]
    custom_fields: dict[str, Any]
    due: date | None = msgspec.field(default=None, name="net-due-date")
    type_: str = "Invoice"
    anything: Any = None


class SupplierDict(TypedDict):
    name: str
    display_name: str | None


LineDict = TypedDict(
    "LineDict",
    {"line-num": int, "price": Decimal | None, "tags": NotRequired[tuple[str, ...]]},
)


class InvoiceTypedDict(TypedDict):
    id: int
    invoice_number: str
    status: Literal["approved", "voided"]
    channel: Channel
    updated_at: datetime
    invoice_date: date | None
    gross_total: Decimal
    exported: bool
    rate: float
    payment_id: int | None
    supplier: SupplierDict | None
    invoice_lines: list[LineDict]
    custom_fields: dict[str, Any]
    net_due_date: NotRequired[date | None]
    type_: NotRequired[str]
    anything: NotRequired[Any]


class SupplierModel(pydantic.BaseModel):
    name: str
    display_name: str | None


class LineModel(pydantic.BaseModel):
    line_num: int
    price: Decimal | None
    tags: tuple[str, ...] = ()


class InvoiceModel(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(strict=True)

    id: int
    invoice_number: str
    status: Literal["approved", "voided"]
    channel: Channel
    updated_at: datetime
    invoice_date: date | None
    gross_total: Decimal
    exported: bool
    rate: float
    payment_id: int | None
    supplier: SupplierModel | None
    invoice_lines: list[LineModel]
    custom_fields: dict[str, Any]
    due: date | None = pydantic.Field(default=None, alias="net-due-date")
    type_: str = "Invoice"
    anything: Any = None


KINDS = {
    "dataclass": InvoiceDataclass,
    "struct": InvoiceStruct,
    "typeddict": InvoiceTypedDict,
    "pydantic": InvoiceModel,
}

FIELDS = [
    *("id", "invoice-number", "status", "channel", "updated-at", "invoice-date", "gross-total"),
    *("exported", "rate", "payment-id", {"supplier": ["name", "display-name"]}),
    {"invoice-lines": ["line-num", "price", "tags"]},
    *({"custom-fields": {}}, "net-due-date", "type", "anything"),
]

# As Coupa may spell it: numbers as text and the other way round, more than was asked for.
SENT: dict[str, Any] = {
    "id": "7",
    "created-at": "2026-01-05T09:00:01-08:00",
    "invoice-number": "X-17",
    "status": "approved",
    "channel": "csp",
    "updated-at": "2026-01-06T10:30:00-08:00",
    "invoice-date": "2026-01-05T00:00:00-08:00",
    "gross-total": "120.50",
    "exported": False,
    "rate": 1.25,
    "payment-id": "776",
    "supplier": {"id": 44, "name": "Acme", "display-name": None, "number": "V44"},
    "invoice-lines": [
        {"id": 9, "line-num": 1, "price": "60.25", "tags": ["a", "b"]},
        {"id": 10, "line-num": 2, "price": None, "tags": []},
    ],
    "custom-fields": {"erp-number": None, "shares": [1, {"of": "2"}]},
    "net-due-date": "2026-02-05",
    "type": "InvoiceHeader",
    "anything": [{"a-b": 1}],
}

READ: dict[str, Any] = {
    "id": 7,
    "invoice_number": "X-17",
    "status": "approved",
    "channel": Channel.CSP,
    "updated_at": datetime(2026, 1, 6, 10, 30, tzinfo=timezone(timedelta(hours=-8))),
    "invoice_date": date(2026, 1, 5),
    "gross_total": Decimal("120.50"),
    "exported": False,
    "rate": 1.25,
    "payment_id": 776,
    "supplier": {"name": "Acme", "display_name": None},
    "invoice_lines": [
        {"line_num": 1, "price": Decimal("60.25"), "tags": ("a", "b")},
        {"line_num": 2, "price": None, "tags": ()},
    ],
    "custom_fields": {"erp-number": None, "shares": [1, {"of": "2"}]},
    "due": date(2026, 2, 5),
    "type_": "InvoiceHeader",
    "anything": [{"a-b": 1}],
}


def plain(value: Any) -> Any:
    """Take rows of any kind apart, so that they can be compared with one expectation."""
    if isinstance(value, msgspec.Struct):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, pydantic.BaseModel):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if dataclasses.is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


def read_by(kind: str) -> dict[str, Any]:
    """Return what the row is to become; a TypedDict names some things otherwise."""
    if kind != "typeddict":
        return READ
    read = {name: value for name, value in READ.items() if name != "due"}
    lines = [{"line-num": line["line_num"], **line} for line in READ["invoice_lines"]]
    for line in lines:
        del line["line_num"]
    return {**read, "invoice_lines": lines, "net_due_date": READ["due"]}
