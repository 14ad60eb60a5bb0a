"""How the parameters of a question are spelled: values, the query string, the question's name.

Pure text in, pure text out. Which pages to ask for is left to the plans.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

from coupa_async_client.errors import CoupaConfigError
from coupa_async_client.types import Params

from .grammar import hyphenated, wrong_operator

LONGEST_QUERY = 32_000
"""Characters; servers and what stands before them take 8 to 64 kB, and httpx2 no more than 65,536."""

NAIVE_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?")

_LIST_OPERATORS = ("[in]", "[not_in]")
_ROUNDED_UP = ("[lt]", "[gt_or_eq]")


def plain(params: Params | None) -> dict[str, object]:
    """Return parameters, or a condition, as a dictionary of one's own; None asks for everything.

    Raises:
        CoupaConfigError: it is neither, names an operator of another language, or gives a parameter in
            both spellings: which of the two Coupa keeps is not documented.
    """
    if params is None:
        return {}
    if not isinstance(params, Mapping):
        msg = (
            f"params is {params!r}; give a mapping, for example {{'status': 'approved'}}, or a "
            "condition, for example field('status') == 'approved'"
        )
        raise CoupaConfigError(msg)
    known: dict[str, str] = {}
    for key in params:
        if not isinstance(key, str):
            msg = f"params has the key {key!r}; keys are text, for example 'status[in]'"
            raise CoupaConfigError(msg)
        if wrong := wrong_operator(key):
            msg = f"params[{key!r}]: {wrong}"
            raise CoupaConfigError(msg)
        if known.setdefault(hyphenated(key), key) != key:
            msg = f"params has both {known[hyphenated(key)]!r} and {key!r}, which are one; give one"
            raise CoupaConfigError(msg)
    return dict(params)


def query_string(params: Params | None) -> str:
    """Spell parameters as a percent-encoded query string, in the order given.

    Everything but letters, digits and `-._~` is encoded, so `+02:00` stays an offset (doc 0014).

    Raises:
        CoupaConfigError: a value has no one spelling in Coupa's grammar, or it is all too long.
    """
    text = any_length(params)
    if len(text) > LONGEST_QUERY:
        msg = (
            f"the params spell a query of {len(text):,} characters, more than servers take "
            f"({LONGEST_QUERY:,}); split long [in] lists over several questions"
        )
        raise CoupaConfigError(msg)
    return text


def any_length(params: Params | None) -> str:
    """Spell parameters as `query_string` does, however long they are."""
    return "&".join(f"{encoded(key, key)}={encoded(key, text)}" for key, text in spelled(params))


def spelled(params: Params | None) -> list[tuple[str, str]]:
    """Spell the parameters one by one, not yet encoded; as `query_string`."""
    return [(key, spell(key, value)) for key, value in plain(params).items()]


def encoded(key: str, text: str) -> str:
    """Percent-encode the name or the value of a parameter.

    Raises:
        CoupaConfigError: it is no valid text, such as half an emoji.
    """
    try:
        return quote(text, safe="")
    except UnicodeEncodeError as error:
        msg = f"params[{key!r}] is {text!r}, which is no valid text ({error.reason})"
        raise CoupaConfigError(msg) from None


def spell(key: str, value: object) -> str:
    """Spell one value as Coupa reads it: text as given, `true`/`false`, ISO 8601 with an offset.

    A list is allowed where the operator takes one and becomes a comma list.

    Raises:
        CoupaConfigError: a datetime without a zone, a None, a list without `[in]`, one that is empty,
            or an item that holds a comma (Coupa documents no way to escape one).
    """
    text: str | None = None
    match value:
        case str():
            text = str.__str__(value)  # the text itself where it is a member of an Enum
        case bool():
            text = "true" if value else "false"
        case int():
            text = str(value)
        case float() | Decimal() if math.isfinite(value):
            text = format(Decimal(str(value)), "f")
        case datetime():
            text = _spell_instant(key, value)
        case date():
            text = value.isoformat()
        case list() | tuple() | set() | frozenset():
            text = _spell_list(key, value)
    if text is not None and key.endswith(_LIST_OPERATORS) and not text.strip(", "):
        msg = f"params[{key!r}] is an empty list, which would ask for nothing; leave the filter out"
        raise CoupaConfigError(msg)
    if text is not None:
        return text
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
    if not value.microsecond:
        return value.isoformat()
    # Coupa stamps whole seconds (doc 0014): the next or the last says the same.
    up = timedelta(seconds=1) if key.endswith(_ROUNDED_UP) else timedelta()
    try:
        return (value.replace(microsecond=0) + up).isoformat()
    except OverflowError:
        msg = f"params[{key!r}] is {value.isoformat()}, the end of time; leave it out"
        raise CoupaConfigError(msg) from None


def _spell_list(key: str, values: Iterable[object]) -> str:
    if not key.endswith(_LIST_OPERATORS):
        msg = f"params[{key!r}] is a list; only [in] and [not_in] take one: {key}[in]"
        raise CoupaConfigError(msg)
    texts = [spell(key, item) for item in values]
    for item in texts:
        if "," in item:
            msg = (
                f"params[{key!r}] holds {item!r}: Coupa splits lists at commas and documents no "
                "escape; ask for that value on its own"
            )
            raise CoupaConfigError(msg)
    # A set has another order in each process: sorted, the question keeps its name.
    return ",".join(sorted(texts) if isinstance(values, AbstractSet) else texts)


def names_order(params: Params) -> bool:
    """Tell whether a query itself fixes its order or place, so that only offset paging keeps it."""
    return any(hyphenated(key) in ("order-by", "dir", "offset") for key in params)


def fingerprint(resource: str, params: Params) -> str:
    """Name a question, so that a checkpoint of another one can be told apart."""
    asked = sorted((hyphenated(key), text) for key, text in spelled(params))
    text = json.dumps([resource.strip("/"), asked], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
