"""Coupa's query string as data: filters, paging and order (docs 0007, 0009, 0014).

Pure: it resolves names and parses operands; finding the rows is left to `selection`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from coupa_async_client.sandbox.config import Config
from coupa_async_client.sandbox.refusal import bad_query
from coupa_async_client.sandbox.schema import Schema, Target
from coupa_async_client.sandbox.values import (
    Comparable,
    boolean,
    guessed_instant,
    instant,
    number,
)

PAGE_CAP: Final = 50
TEXT_OPERATORS: Final = frozenset({"contains", "starts_with", "ends_with"})
RANGE_OPERATORS: Final = frozenset({"gt", "lt", "gt_or_eq", "lt_or_eq"})
LIST_OPERATORS: Final = frozenset({"in", "not_in"})
OPERATORS: Final = TEXT_OPERATORS | RANGE_OPERATORS | LIST_OPERATORS | {"eq", "not_eq", "blank"}
# doc 0024's show_deleted_lines is a flag; the others shape or page the answer.
RESERVED: Final = frozenset(
    {"limit", "offset", "order_by", "dir", "return_object", "filter", "fields"}
    | {"show_deleted_lines"}
)

Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter; its operands are parsed by the kind, or kept as text when none is known."""

    path: tuple[str, ...]
    kind: str | None
    operator: str
    operands: tuple[Comparable | None, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """The attribute that rows are ordered by."""

    name: str
    kind: str | None


@dataclass(frozen=True, slots=True)
class Query:
    """What a collection is asked for, without the shape of the answer."""

    conditions: tuple[Condition, ...] = ()
    nothing: bool = False
    limit: int = PAGE_CAP
    offset: int = 0
    order: Order | None = None
    descending: bool = False


def parse(pairs: Pairs, schema: Schema, config: Config) -> Query:
    """Read a decoded query string.

    Raises:
        RefusalError: status 400, for what Coupa refuses or what the knobs say to refuse.
    """
    asked = list(pairs)
    reserved = reserved_values(asked)
    conditions, nothing = _conditions(asked, schema, config)
    order = _order(reserved.get("order_by"), schema, config)
    return Query(
        conditions=conditions,
        nothing=nothing,
        limit=_limit(reserved.get("limit"), config),
        offset=_whole(reserved.get("offset"), "offset", 0, 0, config),
        order=order,
        descending=_descending(reserved.get("dir"), config),
    )


def reserved_values(pairs: Pairs) -> dict[str, str]:
    """Return the parameters that are no filters, spelled with underscores; the last one wins."""
    return {
        name.replace("-", "_"): value for name, value in pairs if name.replace("-", "_") in RESERVED
    }


def _conditions(
    pairs: Sequence[tuple[str, str]], schema: Schema, config: Config
) -> tuple[tuple[Condition, ...], bool]:
    found: dict[Condition, None] = {}
    nothing = False
    for name, value in pairs:
        if name.replace("-", "_") in RESERVED:
            continue
        names, operator = _split(name)
        target = schema.resolve(names)
        if target is not None:
            found[_condition(name, target, operator, value, config)] = None
        elif config.unknown_filter == "400":
            raise bad_query(f"{name} is not an attribute that can be filtered on")
        elif config.unknown_filter == "empty":
            nothing = True
    return tuple(found), nothing


def _split(name: str) -> tuple[list[str], str]:
    # The documentation also nests brackets, `supplier[primary_address[city]]` (doc 0140) and
    # `[lookup][created-at][gt]` (doc 0062), so only their balance counts.
    depth = 0
    for character in name:
        depth += (character == "[") - (character == "]")
        if depth < 0:
            break
    names = re.findall(r"[^\[\]]+", name)
    if depth or not names or "[]" in name:
        raise bad_query(f"{name!r} is not a parameter name; write attribute[operator]=value")
    operator = names[-1].replace("-", "_")
    if len(names) > 1 and operator in OPERATORS:
        return names[:-1], operator
    return names, "eq"


def _condition(name: str, target: Target, operator: str, value: str, config: Config) -> Condition:
    path, kind = target.path, target.kind
    if operator == "blank":
        emptiness = boolean(value)
        if emptiness is None:
            raise bad_query(f"{name} takes true or false, not {value!r}")
        return Condition(path, kind, operator, (emptiness,))
    if kind in {"object", "list"}:
        path, kind = (*path, "id"), "id"
    if kind in {"datetime", "date"} and operator in TEXT_OPERATORS:
        raise bad_query(f"{name}: {operator} is not for datetimes")
    if kind == "boolean" and operator in TEXT_OPERATORS | RANGE_OPERATORS:
        raise bad_query(f"{name}: {operator} is not for booleans")
    if operator in TEXT_OPERATORS:
        return Condition(path, kind, operator, (value,))
    parts = [part.strip() for part in value.split(",")] if operator in LIST_OPERATORS else [value]
    return Condition(
        path, kind, operator, tuple(_operand(name, kind, part, config) for part in parts)
    )


def _operand(name: str, kind: str | None, value: str, config: Config) -> Comparable | None:
    if kind in {None, "text", "enum", "map"}:
        return value
    if value == "":
        return None
    found: Comparable | None
    if kind in {"datetime", "date"}:
        found = instant(value)
        if found is None and config.bad_datetime == "guess":
            found = guessed_instant(value)
        wanted = "an ISO 8601 datetime with an offset (+ sent as %2B)"
    elif kind == "boolean":
        found, wanted = boolean(value), "true or false"
    else:
        found, wanted = number(value), "a number"
    if found is None:
        raise bad_query(f"{name} takes {wanted}, not {value!r}")
    return found


def _limit(value: str | None, config: Config) -> int:
    limit = _whole(value, "limit", PAGE_CAP, 1, config)
    if limit > PAGE_CAP and config.max_limit == "400":
        raise bad_query(f"limit is at most {PAGE_CAP}")
    return min(limit, PAGE_CAP)


def _whole(value: str | None, name: str, default: int, least: int, config: Config) -> int:
    if value is None:
        return default
    if re.fullmatch(r"[0-9]{1,18}", value) and int(value) >= least:
        return int(value)
    if config.bad_paging == "default":
        return default
    raise bad_query(f"{name} takes a whole number of at least {least}, not {value!r}")


def _order(name: str | None, schema: Schema, config: Config) -> Order | None:
    if name is None or not config.honour_order:
        return None
    target = schema.resolve([name])
    if target is None or len(target.path) != 1 or target.kind in {"object", "list", "map"}:
        if config.unknown_filter == "400":
            raise bad_query(f"order_by={name}: there is no such attribute to order by")
        return None
    return None if target.path == ("id",) else Order(target.path[0], target.kind)


def _descending(value: str | None, config: Config) -> bool:
    if value is None or not config.honour_order:
        return False
    if value.lower() not in {"asc", "desc"}:
        raise bad_query(f"dir takes asc or desc, not {value!r}")
    return value.lower() == "desc"
