"""The rows of every resource: generated or loaded, with the changes made since on top.

A generated row costs nothing until it is asked for; only changes are kept, by attribute.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Final

from coupa_async_client.sandbox.config import Config
from coupa_async_client.sandbox.grammar import Query
from coupa_async_client.sandbox.loading import load
from coupa_async_client.sandbox.matching import Reader
from coupa_async_client.sandbox.selection import Selections
from coupa_async_client.sandbox.shapes import RESOURCES, Resource
from coupa_async_client.sandbox.sources import Generated, Loaded, Source
from coupa_async_client.sandbox.values import JSON, Row

DEFAULT_ROWS: Final = 1_000
DEFAULT_INVOICES: Final = 5_000


class Table:
    """The rows of one resource."""

    def __init__(self, name: str, resource: Resource | None, source: Source) -> None:
        """Serve `source` under `name`; `resource` is None for rows of an unknown kind."""
        self.name = name
        self.resource = resource
        self.schema = source.schema()
        self._source = source
        self._ids = source.ids()
        self._next_id = self._ids.next_id
        self._changes: dict[int, Mapping[str, JSON]] = {}
        self._selections = Selections(self._ids, self.reader)

    def __contains__(self, row_id: int) -> bool:
        """Tell whether there is a row with this id."""
        return row_id in self._ids

    def page(self, query: Query) -> list[int]:
        """Return the ids of one page."""
        return self._selections.page(query)

    def every(self, query: Query) -> Iterator[int]:
        """Yield the ids of all rows that meet the query's conditions, ascending."""
        return self._selections.every(query)

    def reader(self, row_id: int) -> Reader:
        """Return the row as a function from an attribute's name to its value, as of now."""
        changes = self._changes.get(row_id)
        source = self._source
        if changes is None:
            return lambda name: source.read(row_id, name)
        return lambda name: changes[name] if name in changes else source.read(row_id, name)

    def names(self, row_id: int) -> list[str]:
        """Return the names of a row's attributes, in the row's order."""
        own = list(self._source.names(row_id))
        changes = self._changes.get(row_id)
        return own if changes is None else list(dict.fromkeys([*own, *changes]))

    def row(self, row_id: int) -> Row:
        """Return a whole row."""
        return {**self._source.row(row_id), **self._changes.get(row_id, {})}

    def insert(self, values: Mapping[str, JSON]) -> int:
        """Add a row and return its id: the one in `values`, else the next.

        Generated resources fill in the attributes that `values` leaves out.

        Raises:
            ValueError: the id is taken or is no positive whole number.
        """
        row_id = values.get("id", self._next_id)
        if not isinstance(row_id, int) or isinstance(row_id, bool) or row_id < 1:
            raise ValueError(f"{self.name}: id {row_id!r} is not a positive whole number")
        if row_id in self._ids:
            raise ValueError(f"{self.name}: id {row_id} is taken")
        now = stamp()
        fresh = {"id": row_id, "created-at": now, "updated-at": now}
        self._changes[row_id] = {**fresh, **values}
        self._ids.add(row_id)
        self._next_id = max(self._next_id, row_id + 1)
        self._selections.changed(row_id, None, self.reader(row_id))
        return row_id

    def update(self, row_id: int, values: Mapping[str, JSON], *, touch: bool = True) -> None:
        """Change some attributes of a row, and its updated-at unless `touch` is off.

        Raises:
            KeyError: there is no such row.
        """
        before = self._present(row_id)
        fresh = {"updated-at": stamp()} if touch else {}
        self._changes[row_id] = {**self._changes.get(row_id, {}), **fresh, **values, "id": row_id}
        self._selections.changed(row_id, before, self.reader(row_id))

    def delete(self, row_id: int) -> None:
        """Remove a row.

        Raises:
            KeyError: there is no such row.
        """
        before = self._present(row_id)
        self._ids.discard(row_id)
        self._changes.pop(row_id, None)
        self._selections.changed(row_id, before, None)

    def _present(self, row_id: int) -> Reader:
        if row_id not in self._ids:
            raise KeyError(f"{self.name} has no row {row_id}")
        return self.reader(row_id)


class Store:
    """The tables by resource name."""

    def __init__(self, config: Config) -> None:
        """Lay out the tables that `config` asks for.

        Raises:
            ValueError: rows or a file that cannot be served; the text names the remedy.
            OSError: a file cannot be read.
        """
        unknown = config.rows.keys() - RESOURCES.keys()
        if unknown:
            known = ", ".join(RESOURCES)
            raise ValueError(f"no resource {min(unknown)!r}; rows can be had of: {known}")
        makers: dict[str, Callable[[], Source]] = {}
        for name, resource in RESOURCES.items():
            usual = DEFAULT_INVOICES if name == "invoices" else DEFAULT_ROWS
            count = config.rows.get(name, usual)
            makers[name] = partial(Generated, resource, config.seed, count)
        for name, source in config.load.items():
            makers[name] = partial(Loaded, RESOURCES.get(name), load(name, source))
        self._makers = makers
        self.reset()

    def reset(self) -> None:
        """Forget every change."""
        self.tables = {
            name: Table(name, RESOURCES.get(name), make()) for name, make in self._makers.items()
        }


def stamp() -> str:
    """Return the time now as Coupa writes it: whole seconds with an offset."""
    return datetime.now(tz=UTC).isoformat(timespec="seconds")
