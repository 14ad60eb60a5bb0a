"""Which columns nested rows need, in an order that depends on the rows alone.

A column is a path of attribute names. Rows stay text: a number keeps the digits Coupa sent.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from coupa_async_client.query import hyphenated

Column = tuple[str, ...]

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


def cells(row: bytes) -> Iterator[tuple[Column, bytes]]:
    """Yield column and JSON text of every value in a row; objects are entered, lists are not."""
    return _cells(_members.decode(row), ())


def _cells(members: Mapping[str, msgspec.Raw], above: Column) -> Iterator[tuple[Column, bytes]]:
    for name, raw in members.items():
        text = bytes(raw)
        column = (*above, name)
        if text.startswith(b"{") and (inner := _members.decode(text)):
            yield from _cells(inner, column)
        else:
            yield column, text


def column_name(column: Column) -> str:
    r"""Join a path with dots; a dot within a name becomes `\.`, so that no two columns share one."""
    return ".".join(part.replace("\\", "\\\\").replace(".", "\\.") for part in column)


class Columns:
    """Collects the columns of the rows it is shown; memory grows with their kinds alone."""

    def __init__(self) -> None:
        """Start without any."""
        self._filled: set[Column] = set()
        self._null: set[Column] = set()

    def see(self, row: bytes) -> None:
        """Take note of a row's columns."""
        for column, text in cells(row):
            (self._null if text == b"null" else self._filled).add(column)

    def header(self, asked: Sequence[Column] | None = None) -> list[Column]:
        """Return the columns: those asked for in the order asked, or `id` and the others sorted.

        An association that is null in some rows and an object in others has only the columns below
        it. What was asked for is there even if no row has it; what came unasked is at the end. A list
        whose parts were asked for is one column. Without rows the header is `id` alone, since readers
        choke on an empty file.
        """
        above = {column[:depth] for column in self._seen for depth in range(1, len(column))}
        found = sorted(self._filled | (self._null - above))
        if asked is None:
            return sorted(found, key=lambda column: column != ("id",)) or [("id",)]
        spelled = {column: tuple(map(hyphenated, column)) for column in found}
        order = [
            column for path in asked for column in self._answering(path, spelled) or [tuple(path)]
        ]
        order += [
            column
            for column, spelling in spelled.items()
            if column in self._filled or not any(_within(path, spelling) for path in asked)
        ]
        return list(dict.fromkeys(order))

    @property
    def _seen(self) -> set[Column]:
        return self._filled | self._null

    def _answering(self, path: Column, spelled: Mapping[Column, Column]) -> list[Column]:
        """List what was found for one path: the columns below it, and any list it points into."""
        return [
            column
            for column, spelling in spelled.items()
            if _within(spelling, path) or (column in self._filled and _within(path, spelling))
        ]


def _within(column: Column, above: Column) -> bool:
    return column[: len(above)] == above
