"""How a question to Coupa is spelled: resource paths, filters, `fields`, the query string.

Pure text in, pure text out. Which pages to ask for is left to `_plans`.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote

from .errors import CoupaConfigError
from .types import Fields, Params

LONGEST_QUERY = 32_000
"""Characters; servers and what stands before them take 8 to 64 kB, and httpx2 no more than 65,536."""

_LIST_OPERATORS = ("[in]", "[not_in]")
_ROUNDED_UP = ("[lt]", "[gt_or_eq]")
_FIELDS_EXAMPLE = """write for example ["id","status",{"supplier":["id","name"]}]"""
_CLAUSE = re.compile(r"(?P<key>[^\[\]=\s]+(?:\[[^\[\]=]+\])*)=(?P<value>.*)", re.DOTALL)
_LOOKALIKES = {
    "gte": "gt_or_eq",
    "ge": "gt_or_eq",
    "lte": "lt_or_eq",
    "le": "lt_or_eq",
    "ne": "not_eq",
    "neq": "not_eq",
    "nin": "not_in",
    "like": "contains",
    "null": "blank",
}
_NAIVE_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?")


def resource_path(resource: str) -> str:
    """Return the resource's path under `/api`, each segment percent-encoded.

    Raises:
        CoupaConfigError: the path is empty, climbs, or carries a scheme, query or fragment.
    """
    if not isinstance(resource, str):
        msg = f"resource is {resource!r}; give its name as text, for example 'invoices'"
        raise CoupaConfigError(msg)
    segments = resource.strip("/").split("/")
    for segment in segments:
        plain = unquote(segment)
        if (
            plain in ("", ".", "..")
            or any(c in plain for c in "/\\?#:%")
            or not plain.isprintable()
        ):
            msg = (
                f"resource {resource!r} is not a path under /api; give the plain name, for example "
                "'invoices' or 'suppliers/7/addresses', and filters as params"
            )
            raise CoupaConfigError(msg)
    return "/".join(quote(unquote(segment), safe="") for segment in segments)


def query_string(params: Params) -> str:
    """Spell parameters as a percent-encoded query string, in the order given.

    Everything but letters, digits and `-._~` is encoded, so `+02:00` stays an offset (doc 0014).

    Raises:
        CoupaConfigError: a value has no one spelling in Coupa's grammar.
    """
    if not isinstance(params, Mapping):
        msg = f"params is {params!r}; give a mapping, for example {{'status': 'approved'}}"
        raise CoupaConfigError(msg)
    parts = []
    for key, value in params.items():
        if not isinstance(key, str):
            msg = f"params has the key {key!r}; keys are text, for example 'status[in]'"
            raise CoupaConfigError(msg)
        try:
            parts.append(f"{quote(key, safe='')}={quote(spell(key, value), safe='')}")
        except UnicodeEncodeError as error:
            msg = f"params[{key!r}] is {value!r}, which is no valid text ({error.reason})"
            raise CoupaConfigError(msg) from None
    text = "&".join(parts)
    if len(text) > LONGEST_QUERY:
        msg = (
            f"the params spell a query of {len(text):,} characters, more than servers take "
            f"({LONGEST_QUERY:,}); split long [in] lists over several questions"
        )
        raise CoupaConfigError(msg)
    return text


def spell(key: str, value: object) -> str:
    """Spell one value as Coupa reads it: text as given, `true`/`false`, ISO 8601 with an offset.

    A list is allowed where the operator takes one and becomes a comma list.

    Raises:
        CoupaConfigError: a datetime without a zone, a None, a list without `[in]`, or an item that
            holds a comma (Coupa documents no way to escape one).
    """
    spelled: str | None = None
    match value:
        case str():
            spelled = value
        case bool():
            spelled = "true" if value else "false"
        case int():
            spelled = str(value)
        case float() | Decimal() if math.isfinite(value):
            spelled = format(Decimal(str(value)), "f")
        case datetime():
            spelled = _spell_instant(key, value)
        case date():
            spelled = value.isoformat()
        case list() | tuple() | set() | frozenset():
            spelled = _spell_list(key, value)
    if spelled is not None:
        return spelled
    hint = (
        f"; to ask for empty values write {key.partition('[')[0]!r}[blank] = 'true'"
        if value is None
        else "; give text, a number, a bool, a date or an aware datetime"
    )
    msg = f"params[{key!r}] is {value!r} ({type(value).__name__}), which no filter can hold{hint}"
    raise CoupaConfigError(msg)


def _spell_instant(key: str, value: datetime) -> str:
    if value.tzinfo is None or value.utcoffset() is None:
        msg = (
            f"params[{key!r}] is {value.isoformat()}, a datetime without a time zone, and Coupa would "
            "guess; say which zone is meant, for example datetime(..., tzinfo=UTC)"
        )
        raise CoupaConfigError(msg)
    if (
        value.microsecond
    ):  # Coupa stamps whole seconds (doc 0014): the next or the last says the same
        up = timedelta(seconds=1) if key.endswith(_ROUNDED_UP) else timedelta()
        value = value.replace(microsecond=0) + up
    return value.isoformat()


def _spell_list(key: str, values: Iterable[object]) -> str:
    if not key.endswith(_LIST_OPERATORS):
        msg = f"params[{key!r}] is a list; only [in] and [not_in] take one: {key}[in]"
        raise CoupaConfigError(msg)
    spelled = [spell(key, item) for item in values]
    if not spelled:
        msg = f"params[{key!r}] is an empty list, which would ask for nothing; leave the filter out"
        raise CoupaConfigError(msg)
    for item in spelled:
        if "," in item:
            msg = (
                f"params[{key!r}] holds {item!r}: Coupa splits lists at commas and documents no "
                "escape; ask for that value on its own"
            )
            raise CoupaConfigError(msg)
    return ",".join(spelled)


def parse_where(clause: str) -> tuple[str, str]:
    """Split a clause such as `status[in]=approved,voided` into a parameter and its value.

    Raises:
        CoupaConfigError: no `=`, unbalanced brackets, an operator that Coupa does not have, or a
            datetime without a zone.
    """
    match = _CLAUSE.fullmatch(clause.strip())
    if match is None:
        msg = (
            f"filter {clause!r} is malformed; write attribute=value or attribute[operator]=value, "
            "for example status=approved, supplier[name][contains]=acme"
        )
        raise CoupaConfigError(msg)
    key, value = match["key"], match["value"]
    last = key.rpartition("[")[2].rstrip("]") if key.endswith("]") else ""
    if last in _LOOKALIKES:
        msg = f"filter {clause!r}: Coupa has no operator [{last}]; write [{_LOOKALIKES[last]}]"
        raise CoupaConfigError(msg)
    if last == "blank" and value not in ("true", "false"):
        msg = f"filter {clause!r}: [blank] takes true or false"
        raise CoupaConfigError(msg)
    if _NAIVE_DATETIME.fullmatch(value):
        msg = (
            f"filter {clause!r} has a time without a zone, and Coupa would guess; say which is "
            f"meant, for example {value.replace(' ', 'T')}Z or {value.replace(' ', 'T')}-05:00"
        )
        raise CoupaConfigError(msg)
    return key, value


def fields_text(fields: Fields | None) -> str | None:
    """Return the `fields` projection as its JSON text; text that is given stays as it is.

    Raises:
        CoupaConfigError: it is no JSON, or no list of attribute names and one-association objects.
    """
    if fields is None or fields == "":
        return None
    if isinstance(fields, str):
        _fields_list(fields)
        return fields
    text = json.dumps(list(fields), separators=(",", ":"), ensure_ascii=False)
    _fields_list(text)
    return text


def _fields_list(text: str) -> list[Any]:
    try:
        fields = json.loads(text)
    except ValueError as error:
        msg = f"fields {text!r} is not JSON ({error}); {_FIELDS_EXAMPLE}"
        raise CoupaConfigError(msg) from None
    if not isinstance(fields, list) or not all(isinstance(f, str | dict) for f in fields):
        msg = f"fields {text!r} is not a list of attributes; {_FIELDS_EXAMPLE}"
        raise CoupaConfigError(msg)
    return fields


def parse_fields(text: str) -> str:
    """Read `id,status,supplier.name` as a `fields` projection; JSON text passes through.

    Raises:
        CoupaConfigError: the JSON is malformed, or a dotted name has an empty part.
    """
    if text.lstrip().startswith(("[", "{")):
        return fields_text(text) or ""
    tree: dict[str, Any] = {}
    for name in text.split(","):
        node = tree
        for part in name.strip().split("."):
            if not part:
                msg = f"fields {text!r}: {name.strip()!r} is no attribute; write id,supplier.name"
                raise CoupaConfigError(msg)
            node = node.setdefault(part, {})
    return json.dumps(_projection(tree), separators=(",", ":"), ensure_ascii=False)


def _projection(tree: Mapping[str, Any]) -> list[Any]:
    return [{name: _projection(below)} if below else name for name, below in tree.items()]


def columns_of(fields: str) -> list[tuple[str, ...]]:
    """List the paths a projection asks for, hyphenated as Coupa's answers are (doc 0023).

    A whole association or map, such as `{"custom_fields": {}}`, is one path.
    """
    return list(_paths(_fields_list(fields)))


def _paths(fields: Sequence[Any]) -> Iterable[tuple[str, ...]]:
    for entry in fields:
        if isinstance(entry, str):
            yield (hyphenated(entry),)
            continue
        for name, below in entry.items():
            paths = list(_paths(below)) if isinstance(below, list) else []
            yield from ((hyphenated(name), *path) for path in paths or [()])


def with_id(fields: str | None) -> tuple[str | None, bool]:
    """Make sure a projection asks for `id`; the flag tells whether it had to be added."""
    if fields is None:
        return None, False
    asked = _fields_list(fields)
    if "id" in asked:
        return fields, False
    return json.dumps(["id", *asked], separators=(",", ":"), ensure_ascii=False), True


def hyphenated(name: str) -> str:
    """Spell a name as Coupa's answers do; both spellings are accepted in questions (facts §2)."""
    return name.replace("_", "-")


def names_order(params: Params) -> bool:
    """Tell whether a query itself fixes its order or place, so that only offset paging keeps it."""
    return any(hyphenated(key) in ("order-by", "dir", "offset") for key in params)


def fingerprint(resource: str, params: Params) -> str:
    """Name a question, so that a checkpoint of another one can be told apart."""
    spelled = sorted((hyphenated(key), spell(key, value)) for key, value in params.items())
    text = json.dumps([resource.strip("/"), spelled], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
