# ruff: noqa: D101  (their attributes say it all)
"""Eight attributes of an invoice: as fields, and as a row type of each kind that this library takes."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

import msgspec
import pydantic


@dataclass
class Supplier:
    name: str


@dataclass
class Currency:
    code: str


@dataclass
class Invoice:
    id: int
    invoice_number: str
    status: str
    updated_at: datetime
    gross_total: Decimal | None
    paid: bool
    supplier: Supplier | None
    currency: Currency


class SupplierDict(TypedDict):
    name: str


class CurrencyDict(TypedDict):
    code: str


class InvoiceDict(TypedDict):
    id: int
    invoice_number: str
    status: str
    updated_at: datetime
    gross_total: Decimal | None
    paid: bool
    supplier: SupplierDict | None
    currency: CurrencyDict


class SupplierStruct(msgspec.Struct):
    name: str


class CurrencyStruct(msgspec.Struct):
    code: str


class InvoiceStruct(msgspec.Struct, rename="kebab"):
    id: int
    invoice_number: str
    status: str
    updated_at: datetime
    gross_total: Decimal | None
    paid: bool
    supplier: SupplierStruct | None
    currency: CurrencyStruct


class SupplierModel(pydantic.BaseModel):
    name: str


class CurrencyModel(pydantic.BaseModel):
    code: str


class InvoiceModel(pydantic.BaseModel):
    id: int
    invoice_number: str
    status: str
    updated_at: datetime
    gross_total: Decimal | None
    paid: bool
    supplier: SupplierModel | None
    currency: CurrencyModel


ASKED: dict[str, dict[str, Any]] = {
    "fields": {
        "fields": "id,invoice-number,status,updated-at,gross-total,paid,supplier.name,currency.code"
    },
    "dataclass": {"type": Invoice},
    "typeddict": {"type": InvoiceDict},
    "struct": {"type": InvoiceStruct},
    "pydantic": {"type": InvoiceModel},
}
"""What a scan is told for each kind of row."""
