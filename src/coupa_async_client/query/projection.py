"""Coupa's `fields` projection: which attributes an answer holds (doc 0008)."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from coupa_async_client.errors import CoupaConfigError
from coupa_async_client.types import Fields

from .grammar import hyphenated

_ATTRIBUTE = re.compile(r"[^\W\d][\w-]*")
_FIELDS_EXAMPLE = """write for example ["id","status",{"supplier":["id","name"]}]"""


def fields_text(fields: Fields | None) -> str | None:
    """Return the `fields` projection as its JSON text; JSON that is given stays as it is.

    Raises:
        CoupaConfigError: it is malformed, or no list of attribute names and one-association objects.
    """
    if fields is None or fields == "":
        return None
    if isinstance(fields, str):
        return parse_fields(fields)
    try:  # a mapping as it is, for a list of it would be its keys alone
        listed = fields if isinstance(fields, Mapping) else list(fields)
        text = json.dumps(listed, separators=(",", ":"), ensure_ascii=False)
    except TypeError:
        msg = f"fields {fields!r} is not a list of attributes; {_FIELDS_EXAMPLE}"
        raise CoupaConfigError(msg) from None
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
        CoupaConfigError: the JSON is malformed, or a part of a dotted name is no attribute's.
    """
    if text.lstrip().startswith(("[", "{", '"')):
        _fields_list(text)
        return text
    tree: dict[str, Any] = {}
    for name in text.split(","):
        node = tree
        for part in name.strip().split("."):
            if not _ATTRIBUTE.fullmatch(part):
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
