"""Eight attributes of an invoice: as fields, and as a row type of each kind that this library takes."""

from collections.abc import Callable, Mapping
from dataclasses import make_dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

from msgspec import defstruct
from pydantic import create_model

_EIGHT = "id,invoice-number,status,updated-at,gross-total,paid,supplier.name,currency.code"

Make = Callable[[str, Mapping[str, Any]], Any]
_KINDS: dict[str, Make] = {
    "dataclass": lambda name, types: make_dataclass(name, types.items()),
    "typeddict": TypedDict,  # type: ignore[dict-item]  # which makes one, when called
    "struct": lambda name, types: defstruct(name, types.items(), rename="kebab"),
    "pydantic": lambda name, types: create_model(name, **{n: (t, ...) for n, t in types.items()}),
}


def _invoice(make: Make) -> Any:  # noqa: ANN401  (a type of one of four kinds)
    return make(
        "Invoice",
        {
            "id": int,
            "invoice_number": str,
            "status": str,
            "updated_at": datetime,
            "gross_total": Decimal | None,
            "paid": bool,
            "supplier": make("Supplier", {"name": str}) | None,
            "currency": make("Currency", {"code": str}),
        },
    )


ASKED: dict[str, dict[str, Any]] = {
    "fields": {"fields": _EIGHT},
    **{kind: {"type": _invoice(make)} for kind, make in _KINDS.items()},
}
"""What a scan is told for each kind of row."""
