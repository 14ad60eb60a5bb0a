"""Read the tables that the domain modules write shapes in.

A table is a header and one line per attribute, or several that are filled alike:

    Currency <currency> x6
        *id            : id
        *code          : text cycle USD|EUR
        name symbol    : text ?50 @word

`x6` says that only six such objects exist and are shared. `*` marks the natural key. After the kind
come the words of a rule, which `scalars`, `following` and `generator` explain. A cut of another
table takes its rules over and lists names only:

    Supplier/brief <supplier> = Supplier
        id name number
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, cast, get_args

from coupa_async_client.sandbox.shapes.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HEADER = re.compile(
    r"(?P<title>[\w/-]+) <(?P<element>[\w-]+)>(?: x(?P<population>\d+))?(?: = (?P<source>[\w/-]+))?"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One attribute of a table and the rule that fills it."""

    name: str
    kind: Kind
    rule: str
    key: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A shape as written: its entries in wire order."""

    title: str
    element: str
    population: int | None
    """How many such objects exist, where many rows share a few; None where each row has its own."""
    source: str
    """Title of the table whose rows these are: its own, or for a cut that of the full table."""
    entries: tuple[Entry, ...]

    @property
    def definition(self) -> str:
        """Coupa's name for the definition: the title without the name of the cut."""
        return self.title.partition("/")[0]


def read_tables(texts: Iterable[str]) -> dict[str, Table]:
    """Read every table of `texts`, by title.

    Raises:
        ValueError: a header, a kind or a name is not one that the notation knows.
    """
    tables: dict[str, Table] = {}
    for text in texts:
        for header, lines in _blocks(text):
            table = _read_table(header, lines, tables)
            tables[table.title] = table
    return tables


def _blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    lines = [line for line in text.splitlines() if line.strip()[:1] not in {"", "#"}]
    starts = [place for place, line in enumerate(lines) if not line[0].isspace()]
    for start, end in pairwise([*starts, len(lines)]):
        yield lines[start], [line.strip() for line in lines[start + 1 : end]]


def _read_table(header: str, lines: list[str], known: dict[str, Table]) -> Table:
    match = _HEADER.fullmatch(header)
    if match is None:
        raise ValueError(f"not the header of a table: {header!r}")
    title, source = match["title"], match["source"]
    population = int(match["population"]) if match["population"] else None
    if source is None:
        entries = tuple(_read_entries(lines))
        return Table(title, match["element"], population, title, entries)
    full = known[source]
    by_name = {entry.name: entry for entry in full.entries}
    entries = tuple(by_name[name] for name in " ".join(lines).split())
    return Table(title, match["element"], population or full.population, full.source, entries)


def _read_entries(lines: list[str]) -> Iterator[Entry]:
    names: list[str] = []
    for line in lines:
        left, colon, right = line.partition(" : ")
        names += left.split()
        if not colon:
            continue
        kind, _, rule = right.strip().partition(" ")
        if kind not in get_args(Kind):
            raise ValueError(f"not a kind of attribute: {kind!r} in {line!r}")
        for name in names:
            key = name.startswith("*")
            yield Entry(name.removeprefix("*"), cast("Kind", kind), rule.strip(), key)
        names = []
