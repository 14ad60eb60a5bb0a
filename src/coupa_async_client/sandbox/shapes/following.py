"""Values that follow from other attributes of the same row.

text      PO-{id:06} {name}       {id/4} is the id of the parent of four, {name:login} is
                                  lower-case ASCII; `?p` as in `scalars`
decimal   = price * quantity      the price where there is no quantity
boolean   = document-type is X    whether another attribute has a value
any kind  = gross-total           the same as another attribute
integer   = currency id           an attribute of an association
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias, cast

from coupa_async_client.sandbox.shapes.scalars import DRAWS, Maker, empty_below, multiplier

if TYPE_CHECKING:
    from coupa_async_client.sandbox.shapes.model import JSON
    from coupa_async_client.sandbox.shapes.notation import Entry

Sibling: TypeAlias = Callable[[str], Maker]
"""Gives the maker of another attribute of the row by its name."""

_BITS = DRAWS - 1
_ID = re.compile(r"id(?:/(\d+))?(?::(\d+))?")


def template_maker(title: str, entry: Entry, sibling: Sibling) -> Maker:
    """Return the maker of a text with fields in braces."""
    below, rule = empty_below(entry.rule)
    m = multiplier(title, entry.name)
    literals = re.split(r"\{[^}]*\}", rule)
    fields = [_field(field, sibling) for field in re.findall(r"\{([^}]*)\}", rule)]
    last = literals[-1]
    pairs = list(zip(literals, fields, strict=False))
    if len(pairs) == 1:
        head, only = pairs[0]
        return lambda seed, n, h: (
            None if h * m >> 24 & _BITS < below else f"{head}{only(seed, n, h)}{last}"
        )

    def make(seed: int, n: int, h: int) -> JSON:
        if h * m >> 24 & _BITS < below:
            return None
        return "".join([literal + field(seed, n, h) for literal, field in pairs]) + last

    return make


def _field(field: str, sibling: Sibling) -> Callable[[int, int, int], str]:
    if numbered := _ID.fullmatch(field):
        family, digits = int(numbered[1] or 1), int(numbered[2] or 1)
        return lambda _seed, n, _h: f"{n // family + 1:0{digits}d}"
    name, _, form = field.partition(":")
    value = sibling(name)
    if form == "login":
        return lambda seed, n, h: _login(str(value(seed, n, h)))
    return lambda seed, n, h: str(value(seed, n, h) or "")


def derived_maker(words: list[str], sibling: Sibling) -> Maker:
    """Return the maker of a rule that begins with an equals sign, given the words after it.

    Raises:
        ValueError: the words are not a rule.
    """
    match words:
        case [left, "*", right]:
            price, quantity = sibling(left), sibling(right)
            return lambda seed, n, h: _product(price(seed, n, h), quantity(seed, n, h))
        case [name, "is", *value]:
            tested, wanted = sibling(name), " ".join(value)
            return lambda seed, n, h: tested(seed, n, h) == wanted
        case [name]:
            return sibling(name)
        case [name, part]:
            association = sibling(name)
            return lambda seed, n, h: _part(association(seed, n, h), part)
    raise ValueError(f"not a rule: = {' '.join(words)}")


def _login(name: str) -> str:
    return name.casefold().replace(" ", "").encode("ascii", "ignore").decode()


def _product(price: JSON, quantity: JSON) -> JSON:
    if price is None or quantity is None:
        return price
    total = Decimal(cast("str", price)) * Decimal(cast("str", quantity))
    return str(total.quantize(Decimal("0.01")))


def _part(association: JSON, part: str) -> JSON:
    return association[part] if isinstance(association, dict) else None
