"""What a row of a Coupa resource looks like: its attributes, their kinds and nesting.

Says nothing of values; `generator` fills rows, and the tables of the domain modules say how.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"

Kind = Literal[
    "id",
    "integer",
    "boolean",
    "decimal",
    "text",
    "enum",
    "datetime",
    "date",
    "object",
    "list",
    "map",
]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a shape, by its hyphenated wire name."""

    name: str
    kind: Kind
    shape: Shape | None = None
    """Shape of the association, for the kinds object and list."""
    values: tuple[str, ...] = ()
    """Every value Coupa lists, for the kind enum."""
    key: bool = False
    """Part of the natural key, which return_object=shallow keeps in an association (doc 0008)."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The attributes of an object in wire order, under Coupa's name for its definition."""

    name: str
    attributes: Mapping[str, Attribute]
    element: str
    """XML element of one such object."""
