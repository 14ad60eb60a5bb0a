"""Where unchanged rows come from: a generator, or rows that a user brought along."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from coupa_async_client.sandbox.ids import Ids
from coupa_async_client.sandbox.schema import Schema, wire
from coupa_async_client.sandbox.shapes import Resource
from coupa_async_client.sandbox.values import Row


class Source(Protocol):
    """Where unchanged rows come from."""

    def ids(self) -> Ids:
        """Return the ids of the rows, as a set of one's own."""
        ...

    def schema(self) -> Schema:
        """Return the attributes that the rows have."""
        ...

    def names(self, row_id: int, /) -> Iterable[str]:
        """Return the names of a row's attributes in order."""
        ...

    def read(self, row_id: int, name: str) -> object:
        """Return one attribute of a row, None for a name it does not have."""
        ...

    def row(self, row_id: int) -> Row:
        """Return a whole row, as a dict of one's own."""
        ...


class Generated:
    """Rows that are a pure function of seed, resource and place; id is place + 1."""

    def __init__(self, resource: Resource, seed: int, count: int) -> None:
        """Serve the first `count` rows of `resource`."""
        self._resource = resource
        self._seed = seed
        self._count = count

    def ids(self) -> Ids:
        """Return the ids of the rows."""
        return Ids(self._count)

    def schema(self) -> Schema:
        """Return the attributes that the rows have."""
        return Schema(self._resource.shape)

    def names(self, _row_id: int) -> Iterable[str]:
        """Return the names of a row's attributes in order."""
        return self._resource.shape.attributes

    def read(self, row_id: int, name: str) -> object:
        """Return one attribute of a row, None for a name it does not have."""
        if name not in self._resource.shape.attributes:
            return None
        return self._resource.attribute(self._seed, row_id - 1, name)

    def row(self, row_id: int) -> Row:
        """Return a whole row."""
        return self._resource.row(self._seed, row_id - 1)


class Loaded:
    """Rows from a file or a list."""

    def __init__(self, resource: Resource | None, rows: Mapping[int, Row]) -> None:
        """Serve `rows`; `resource` gives their kinds, if it is known."""
        self._resource = resource
        self._rows = rows

    def ids(self) -> Ids:
        """Return the ids of the rows."""
        return Ids(0, self._rows)

    def schema(self) -> Schema:
        """Return the attributes that the rows have."""
        names = {name for row in self._rows.values() for name in row}
        return Schema(
            self._resource.shape if self._resource else None,
            {wire(name): name for name in sorted(names)} | ({} if self._resource else {"id": "id"}),
            loaded=True,
        )

    def names(self, row_id: int) -> Iterable[str]:
        """Return the names of a row's attributes in order."""
        return self._rows.get(row_id, {})

    def read(self, row_id: int, name: str) -> object:
        """Return one attribute of a row, None for a name it does not have."""
        return self._rows.get(row_id, {}).get(name)

    def row(self, row_id: int) -> Row:
        """Return a whole row."""
        return dict(self._rows.get(row_id, {}))
