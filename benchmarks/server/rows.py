"""Made-up invoices in four sizes, the same in every run; which rows a request gets is left to `pages`.

Rows of a size share 50 texts and differ in their id, so that any page is put together by copying.
"""

import json
import random
from array import array
from itertools import accumulate
from typing import Any, Literal

Size = Literal["small", "narrow", "medium", "large"]

TEXTS = 50
_SEED = 20_260_401
_LINES = 14
_UNSET = (
    "classification-of-goods commodity-code contract customs-declaration-number delivery-note-number "
    "discount-amount hsn-sac-code original-date-of-supply price-per-uom unspsc"
)
_WORDS = (
    "annual blue cable centre chair cloud contract delivery desk engine filter freight glass hosting "
    "insurance keyboard laptop licence maintenance monitor office paper pump quarterly repair service "
    "steel support survey training travel upgrade valve warehouse Zürich"
)


def texts(size: Size) -> list[bytes]:
    """Return the rows of a size as JSON without the opening brace and the id: `,"status":...}`."""
    chance = random.Random(_SEED)
    make = {"small": _brief, "narrow": _narrow, "medium": _head, "large": _invoice}[size]
    return [
        b"," + json.dumps(make(chance), separators=(",", ":")).encode()[1:] for _ in range(TEXTS)
    ]


def ids(count: int, widest_gap: int, above: int = 0) -> "range | array[int]":
    """Return ascending ids, each 1 to `widest_gap` above the one before."""
    if widest_gap == 1:
        return range(above + 1, above + count + 1)
    chance = random.Random(_SEED)
    gaps = (int(chance.random() * widest_gap) + 1 for _ in range(count))
    return array("q", (above + reach for reach in accumulate(gaps)))


def _brief(chance: random.Random) -> dict[str, Any]:
    return {"status": chance.choice(("approved", "draft", "voided")), "total": _amount(chance)}


def _narrow(chance: random.Random) -> dict[str, Any]:
    head = _head(chance)
    names = ("invoice-number", "status", "updated-at", "gross-total", "paid")
    return {
        **{name: head[name] for name in names},
        "supplier": {"name": head["supplier"]["name"]},
        "currency": {"code": head["currency"]["code"]},
    }


def _head(chance: random.Random) -> dict[str, Any]:
    return {
        **_stamps(chance),
        "invoice-number": f"INV-{chance.randrange(10**8):08}",
        "invoice-date": "2026-03-31T00:00:00+01:00",
        "document-type": "Invoice",
        "status": chance.choice(("approved", "draft", "pending_approval", "voided")),
        "gross-total": _amount(chance),
        "total-with-taxes": _amount(chance),
        "exchange-rate": "1.0",
        "payment-channel": None,
        "clearance-document": None,
        "early-payment-provisions": None,
        "taxes-in-origin-country-currency": None,
        "paid": chance.random() < 0.5,  # noqa: PLR2004
        "exported": False,
        "comments": None,
        "internal-note": _prose(chance, 20),
        "currency": _currency(chance),
        "payment-term": {"id": chance.randrange(90), "code": "Net 30", "active": True},
        "supplier": _supplier(chance),
        "created-by": _user(chance),
        "updated-by": _user(chance),
        "bill-to-address": _address(chance),
    }


def _invoice(chance: random.Random) -> dict[str, Any]:
    return {
        **_head(chance),
        **{f"flexible-field-{n}": _prose(chance, 3) if n % 4 == 0 else None for n in range(1, 31)},
        "ship-to-address": _address(chance),
        "approvals": [
            {"id": chance.randrange(10**7), "position": n, "approver": _user(chance)}
            for n in range(3)
        ],
        "invoice-lines": [_line(chance, number) for number in range(1, _LINES + 1)],
        "custom-fields": {_prose(chance, 1): _prose(chance, 2) for _ in range(8)},
    }


def _line(chance: random.Random, number: int) -> dict[str, Any]:
    return {
        "id": chance.randrange(10**8),
        **_stamps(chance),
        "line-num": number,
        "description": _prose(chance, 12),
        "quantity": f"{chance.randrange(1, 500)}.0",
        "price": _amount(chance),
        "total": _amount(chance),
        "accounting-total": _amount(chance),
        "tax-rate": None,
        "tax-amount": "0.00",
        "order-header-num": str(chance.randrange(10**6)),
        "status": "new",
        "type": "InvoiceQuantityLine",
        "currency": _currency(chance),
        "account": {
            "id": chance.randrange(10**5),
            "name": _prose(chance, 4),
            "code": "-".join(str(chance.randrange(10**4)) for _ in range(5)),
            "active": True,
            **{f"segment-{n}": str(chance.randrange(10**4)) for n in range(1, 9)},
        },
        "commodity": {"id": chance.randrange(900), "name": _prose(chance, 2), "active": True},
        "uom": {"id": 1, "code": "EA", "name": "Each"},
        "tags": [],
        "custom-fields": {},
        **dict.fromkeys(_UNSET.split()),
    }


def _supplier(chance: random.Random) -> dict[str, Any]:
    number = chance.randrange(10**5)
    return {
        "id": number,
        "name": _prose(chance, 2).title(),
        "number": f"S{number:06}",
        "status": "active",
    }


def _user(chance: random.Random) -> dict[str, Any]:
    login = f"{_prose(chance, 1)}.{chance.randrange(1000)}"
    return {"id": chance.randrange(10**4), "login": login, "email": f"{login}@example.com"}


def _address(chance: random.Random) -> dict[str, Any]:
    return {
        "id": chance.randrange(10**5),
        **_stamps(chance),
        "street1": f"{_prose(chance, 2).title()} {chance.randrange(200)}",
        "street2": None,
        "city": _prose(chance, 1).title(),
        "postal-code": f"{chance.randrange(10**5):05}",
        "country": {"id": 81, "code": "DE", "name": "Germany"},
    }


def _currency(chance: random.Random) -> dict[str, Any]:
    return {"id": 1, "code": chance.choice(("EUR", "USD", "CHF")), "decimals": 2}


def _stamps(chance: random.Random) -> dict[str, str]:
    at = f"2026-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}T{chance.randrange(24):02}"
    return {"created-at": f"{at}:04:09+01:00", "updated-at": f"{at}:37:52+01:00"}


def _amount(chance: random.Random) -> str:
    return f"{chance.randrange(10**7) / 100:.2f}"


def _prose(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(_WORDS.split(), k=words))
