"""Which values an operator takes, and the text that each is sent as (docs 0007, 0014).

Stricter than `spelling`, which lets through what 0.1.0 did: here a doubt is refused.
"""

import math
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias, TypeGuard

from coupa_async_client.errors import CoupaConfigError

from .grammar import BOUNDS, LISTS, TEXT
from .spelling import NAIVE_DATETIME, encoded, spell

Value: TypeAlias = str | int | float | Decimal | date
"""What an attribute can be compared with: text, a number, true or false, a date, an aware datetime."""


def checked(key: str, operator: str, value: object) -> Value:
    """Return a value that fits the operator; `key` is what messages call the filter.

    Raises:
        CoupaConfigError: its type does not fit, or its text would have more than one meaning.
    """
    doubt = _doubt_of_type(operator, value)
    if doubt is None and isinstance(value, str):
        doubt = _doubt_of_text(operator, value)
    if doubt is not None or not _is_value(value):
        msg = f"{key} is given {value!r} ({type(value).__name__}): {doubt}"
        raise CoupaConfigError(msg)
    encoded(key, spell(key, value))
    return value


def on_one_scale(one: Value, other: Value) -> bool:
    """Tell whether it is certain which of two values is the greater; Coupa's order of text is not."""
    return _scale(one) is not None and _scale(one) is _scale(other)


def _is_value(value: object) -> TypeGuard[Value]:
    return isinstance(value, str | int | float | Decimal | date)


def _doubt_of_type(operator: str, value: object) -> str | None:
    doubt = None
    if value is None:
        doubt = (
            "rows without a value, or with one, are asked for by blank: .blank(True), .blank(False)"
        )
    elif operator == "blank" and not isinstance(value, bool):
        doubt = "blank takes True or False"
    elif isinstance(value, list | tuple | set | frozenset):
        doubt = (
            "a comparison takes one value; several go to in or not_in, one by one: .in_(*values)"
        )
    elif not _is_value(value):
        doubt = "give text, a number, a bool, a date or an aware datetime"
    elif operator in TEXT and not isinstance(value, str):
        doubt = f"{operator} is for text; compare by ==, >= or <"
    elif operator in BOUNDS and isinstance(value, bool):
        doubt = "true is neither more nor less than false; compare by == or !="
    elif isinstance(value, float | Decimal) and not math.isfinite(value):
        doubt = "give a finite number"
    return doubt


def _doubt_of_text(operator: str, text: str) -> str | None:
    if not text.strip():
        return (
            "what Coupa makes of an empty text is not documented; rows without a value are asked for "
            "by .blank(True)"
        )
    if operator not in TEXT and NAIVE_DATETIME.fullmatch(text):
        zoned = text.replace(" ", "T")
        return f"a time without a zone, and Coupa would guess; say which, {zoned}Z or {zoned}-05:00"
    if operator in LISTS and "," in text:
        return "Coupa splits lists at commas and documents no escape; ask for that value on its own"
    if operator in LISTS and text != text.strip():
        return (
            "whether Coupa keeps blanks around an item of a list is not documented; leave them out, or "
            "ask for that value on its own"
        )
    return None


def _scale(value: Value) -> type | None:
    for scale in (datetime, date, str):  # every datetime is a date as well
        if isinstance(value, scale):
            return None if scale is str else scale
    return Decimal
