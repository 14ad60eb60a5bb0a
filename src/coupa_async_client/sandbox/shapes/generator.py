"""Fill the rows of every table: associations and lines, each from a row of its own.

Row `n` of a table depends on the seed, the table's definition and `n` alone, so what an invoice
says of its supplier is what the supplier's own row says. Rules beyond those of `scalars` and
`following`:

    object    (nothing)               always null
    object    ?20 Currency            one of the few, or of the first thousand of a resource
    object    of 4 InvoiceHeader Currency  what the parent has under the same name
    object    dynamic:12 Account/line such an account has no id in twelve percent (doc 0015)
    list      (nothing)               always empty
    list      0..2 Tag                some of the few
    list      1..4 InvoiceLine        lines of its own: those of row n are 4n to 4n + 3
    list      at 3n+1 Approval        exactly the rows named
    map       ?20 name=a|b other=c|   custom fields, by name; sometimes an empty map
    integer   = count order-lines
    decimal   = sum order-lines total
    any kind  if exported RULE        null unless another attribute is true
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from zlib import crc32

from coupa_async_client.sandbox.shapes.following import derived_maker, template_maker
from coupa_async_client.sandbox.shapes.model import JSON
from coupa_async_client.sandbox.shapes.scalars import (
    DRAWS,
    Maker,
    empty_below,
    multiplier,
    scalar_maker,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coupa_async_client.sandbox.shapes.notation import Entry, Table

_Build: TypeAlias = Callable[[int, int], dict[str, JSON]]

_MASK = (1 << 64) - 1
_BITS = DRAWS - 1
_DRAW_BITS = _BITS.bit_length()
_DYNAMIC = ("id", "created-at", "updated-at", "name")
"""What a dynamic account has no value for; its code and segments stay (doc 0015)."""


def row_bits(seed: int, source: str, n: int) -> int:
    """Return 30 well-mixed bits for row `n` (the finalizer of splitmix64)."""
    z = (n * 0x9E3779B97F4A7C15 + _salt(seed, source)) & _MASK
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & _MASK
    return z >> 34


@lru_cache(maxsize=4096)
def _salt(seed: int, source: str) -> int:
    return (seed * 0xD1342543DE82EF95 + (crc32(source.encode()) << 32) + 1) & _MASK


class Generator:
    """Makers for every attribute of every table, made when first asked for."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        """Take the tables by title, as `read_tables` returns them."""
        self._tables = tables
        self._made: dict[tuple[str, str], Maker] = {}
        self._builders: dict[str, _Build] = {}

    def makers(self, title: str) -> Mapping[str, Maker]:
        """Return the makers of a table by attribute, in wire order.

        A cut shares those of its full table, so both say the same of a row.
        """
        table = self._tables[title]
        full = self._tables[table.source]
        return {entry.name: self._made_once(full, entry) for entry in table.entries}

    def _made_once(self, table: Table, entry: Entry) -> Maker:
        place = (table.title, entry.name)
        made = self._made.get(place)
        if made is None:
            made = self._made[place] = self._maker(table, entry)
        return made

    def _builder(self, title: str) -> _Build:
        """Return what builds row `n` of a table for a seed, a fresh object each time."""
        build = self._builders.get(title)
        if build is None:
            build = self._builders[title] = self._new_builder(self._tables[title])
        return build

    def _new_builder(self, table: Table) -> _Build:
        makers = tuple(self.makers(table.title).items())

        def build(seed: int, n: int) -> dict[str, JSON]:
            h = row_bits(seed, table.source, n)
            return {name: make(seed, n, h) for name, make in makers}

        if table.population is None:
            return build
        # The few that many rows point to are built once and handed out as copies.
        remembered = lru_cache(maxsize=1024)(build)
        copied = self._copier(table)
        return lambda seed, n: copied(remembered(seed, n))

    def _copier(self, table: Table) -> Callable[[dict[str, JSON]], dict[str, JSON]]:
        """Return what copies an object of a table to its depth, faster than `copy.deepcopy`."""
        inner = [
            (entry.name, self._inner_copier(entry)) for entry in table.entries if _nests(entry)
        ]

        def copied(row: dict[str, JSON]) -> dict[str, JSON]:
            fresh = row.copy()
            for name, copy in inner:
                if (value := row[name]) is not None:
                    fresh[name] = copy(value)
            return fresh

        return copied

    def _inner_copier(self, entry: Entry) -> Callable[[Any], JSON]:
        if entry.kind == "map":
            return dict.copy
        copied = self._copier(self._tables[_nested_title(entry)])
        if entry.kind == "object":
            return copied
        return lambda rows: [copied(row) for row in rows]

    def _maker(self, table: Table, entry: Entry) -> Maker:
        if entry.rule.startswith("if "):
            return self._conditional(table, entry)
        if entry.rule.startswith("= "):
            return self._derived(table, entry.rule.split()[1:])
        nested = {"object": self._object, "list": self._list, "map": _map}.get(entry.kind)
        if nested is not None:
            return nested(table, entry)
        if entry.kind == "text" and "{" in entry.rule:
            return template_maker(table.source, entry, partial(self._sibling, table))
        return scalar_maker(table.source, entry)

    def _sibling(self, table: Table, name: str) -> Maker:
        """Return the maker of another attribute of the same row."""
        return self._made_once(table, _entry(table, name))

    def _sum(self, table: Table, lines: Entry, part: str) -> Maker:
        """Return what adds up one amount of a row's lines, without building the lines."""
        places = self._places(table, lines)
        source = self._tables[lines.rule.split()[-1]].source
        amount = self.makers(source)[part]

        @lru_cache(maxsize=1024)
        def total(seed: int, n: int, h: int) -> str:
            amounts = (amount(seed, place, row_bits(seed, source, place)) for place in places(n, h))
            return str(sum((Decimal(cast("str", each)) for each in amounts), Decimal("0.00")))

        return total

    def _conditional(self, table: Table, entry: Entry) -> Maker:
        _, name, rule = entry.rule.split(" ", 2)
        condition = self._sibling(table, name)
        make = self._maker(table, replace(entry, rule=rule))
        return lambda seed, n, h: make(seed, n, h) if condition(seed, n, h) else None

    def _of_parent(self, name: str, rule: str) -> Maker:
        family, title, _ = rule.split()
        parent = self._tables[title]
        make, size = self._made_once(parent, _entry(parent, name)), int(family)
        return lambda seed, n, _h: make(seed, n // size, row_bits(seed, title, n // size))

    def _object(self, table: Table, entry: Entry) -> Maker:
        if not entry.rule:
            return lambda _seed, _n, _h: None
        if entry.rule.startswith("of "):
            return self._of_parent(entry.name, entry.rule.removeprefix("of "))
        m = multiplier(table.source, entry.name)
        below, rule = empty_below(entry.rule)
        dynamic_below = 0
        if rule.startswith("dynamic:"):
            percent, _, rule = rule.removeprefix("dynamic:").partition(" ")
            dynamic_below = below + int((DRAWS - below) * int(percent) / 100)
        build = self._builder(rule)
        population = self._tables[rule].population

        def make(seed: int, n: int, h: int) -> JSON:
            draw = h * m >> 24 & _BITS
            if draw < below:
                return None
            # Squared, so that a few are named often and most seldom.
            place = n if population is None else draw * draw * population >> 2 * _DRAW_BITS
            built = build(seed, place)
            if draw < dynamic_below:
                built.update((name, None) for name in _DYNAMIC if name in built)
            return cast("JSON", built)

        return make

    def _list(self, table: Table, entry: Entry) -> Maker:
        if not entry.rule:
            return lambda _seed, _n, _h: []
        count, _, rest = entry.rule.partition(" ")
        if count == "at":
            return self._rows_at(rest)
        build = self._builder(rest)
        places = self._places(table, entry)
        return lambda seed, n, h: [build(seed, place) for place in places(n, h)]

    def _places(self, table: Table, entry: Entry) -> Callable[[int, int], range]:
        """Return what names the rows that make up a list."""
        count, _, title = entry.rule.partition(" ")
        low, high = (int(number) for number in count.split(".."))
        m = multiplier(table.source, entry.name)
        population = self._tables[title].population

        def places(n: int, h: int) -> range:
            draw = h * m >> 24 & _BITS
            size = low + draw % (high - low + 1)
            start = n * high if population is None else draw % (population - high)
            return range(start, start + size)

        return places

    def _rows_at(self, rule: str) -> Maker:
        *places, title = rule.split()
        steps = [tuple(int(part or 0) for part in place.split("n")) for place in places]
        build = self._builder(title)
        return lambda seed, n, _h: [build(seed, step * n + offset) for step, offset in steps]

    def _derived(self, table: Table, words: list[str]) -> Maker:
        match words:
            case ["count", name]:
                places = self._places(table, _entry(table, name))
                return lambda _seed, n, h: len(places(n, h))
            case ["sum", name, part]:
                return self._sum(table, _entry(table, name), part)
            case _:
                return derived_maker(words, partial(self._sibling, table))


def _nests(entry: Entry) -> bool:
    return entry.kind == "map" or (entry.kind in {"object", "list"} and bool(entry.rule))


def _nested_title(entry: Entry) -> str:
    """Return the table that an association is made of: the last word of its rule."""
    return entry.rule.rpartition(" ")[2]


def _entry(table: Table, name: str) -> Entry:
    return next(entry for entry in table.entries if entry.name == name)


def _map(table: Table, entry: Entry) -> Maker:
    below, rule = empty_below(entry.rule)
    m = multiplier(table.source, entry.name)
    fields = [(name, values.split("|")) for name, _, values in _assignments(rule)]

    def make(_seed: int, _n: int, h: int) -> JSON:
        draw = h * m >> 24 & _BITS
        if draw < below:
            return None
        if draw % 8 == 0:
            return {}
        return {name: values[draw // 8 % len(values)] or None for name, values in fields}

    return make


def _assignments(rule: str) -> list[tuple[str, str, str]]:
    return [word.partition("=") for word in rule.split()]
