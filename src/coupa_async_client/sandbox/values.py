"""JSON values and filter operands as things that compare, by the kind of the attribute."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

JSON: TypeAlias = Any
"""null, true, false, a string, an int, a float or a Decimal, and lists and objects of these."""
Row: TypeAlias = dict[str, JSON]
Comparable: TypeAlias = bool | int | Decimal | str | datetime

# doc 0014: a strict subset of ISO 8601 with an offset; Z and fractions are sent by PostHog and
# Hotglue; a date alone is midnight UTC.
_INSTANT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:?\d\d))?"
)
_GUESS = re.compile(
    r"\s*['\"]?(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d+))?)?"
    r"(Z|[+-]\d\d:?\d\d)?)?"
)
_RANK_NUMBER, _RANK_INSTANT, _RANK_TEXT = 1, 2, 3


def instant(value: object) -> datetime | None:
    """Read a datetime of the ISO subset that doc 0014 asks for, or a date as midnight UTC."""
    match = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    return _moment(match) if match else None


def guessed_instant(text: str) -> datetime | None:
    """Read a sloppy datetime the way doc 0014 warns of: a zone it cannot read becomes UTC."""
    match = _GUESS.match(text)
    return _moment(match) if match else None


def _moment(match: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        return datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "0")[:6].ljust(6, "0")),
            _offset(zone),
        )
    except ValueError:
        return None


def _offset(zone: str | None) -> timezone:
    if zone is None or zone == "Z":
        return UTC
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))


def number(value: object) -> int | Decimal | None:
    """Read a JSON number, or the text of one: Coupa sends amounts as strings (doc 0011)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return value
    try:
        found = Decimal(str(value).strip()) if isinstance(value, str | float) else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def boolean(value: object) -> bool | None:
    """Read true or false, as JSON or as text."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None


def text(value: object) -> str | None:
    """Write a scalar the way it appears in JSON; associations and null have no text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float | Decimal) else None


def _row_instant(value: object) -> datetime | None:
    # Rows hold whole ISO datetimes: the C parser is five times as fast as the pattern.
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def reading(kind: str) -> Callable[[object], Comparable | None]:
    """Return how an attribute's value is read for comparing; None stands for no value."""
    match kind:
        case "id" | "integer" | "decimal":
            return number
        case "boolean":
            return boolean
        case "datetime" | "date":
            return _row_instant
        case _:
            return text


def own_reading(value: object) -> tuple[int, Comparable] | None:
    """Read a value by its own JSON type, with a rank that keeps unlike types apart."""
    if isinstance(value, bool):
        return 0, value
    if isinstance(value, str):
        moment = instant(value)
        return (_RANK_TEXT, value) if moment is None else (_RANK_INSTANT, moment)
    found = number(value)
    return None if found is None else (_RANK_NUMBER, found)


def own_operands(operand: str) -> dict[int, Comparable]:
    """Read a filter's operand in every way it can be read, by rank."""
    read = (boolean(operand), number(operand), instant(operand), operand)
    return {rank: value for rank, value in enumerate(read) if value is not None}


def sort_key(kind: str | None) -> Callable[[object], tuple[object, ...]]:
    """Return how an attribute's value is ordered: null first, then by its kind."""
    read: Callable[[object], object] = own_reading if kind is None else reading(kind)

    def key(value: object) -> tuple[object, ...]:
        found = read(value)
        return (0,) if found is None else (1, found)

    return key
