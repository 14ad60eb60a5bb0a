"""Which attributes a resource has: resolves the names of a query to wire names and kinds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from coupa_async_client.sandbox.shapes import Attribute, Shape


@dataclass(frozen=True, slots=True)
class Target:
    """An attribute that a query names: its path in wire names, and its kind if one is known."""

    path: tuple[str, ...]
    kind: str | None


@dataclass(frozen=True, slots=True)
class Schema:
    """The attributes of one resource: those of its shape, and those that loaded rows bring.

    `extra` maps the hyphenated name to the name as the rows write it (old address payloads have
    underscores, doc 0011). With `loaded`, names inside an association may go beyond the shape.
    """

    shape: Shape | None
    extra: Mapping[str, str] = field(default_factory=dict)
    loaded: bool = False

    def resolve(self, names: Sequence[str]) -> Target | None:
        """Find an attribute, hyphens and underscores alike; None when there is none."""
        first, *rest = (wire(name) for name in names)
        attribute = self.shape.attributes.get(first) if self.shape else None
        if attribute is None and first in self.extra:
            return Target((self.extra[first], *rest), None)
        if attribute is None:
            return None if rest else _association_id(self.shape, first, ())
        return self._inside(attribute, (first,), rest)

    def _inside(
        self, attribute: Attribute, path: tuple[str, ...], rest: Sequence[str]
    ) -> Target | None:
        if not rest:
            return Target(path, attribute.kind)
        if attribute.kind == "map":
            return Target((*path, *rest), None)
        if attribute.shape is None:
            return None
        name, *deeper = rest
        child = attribute.shape.attributes.get(name)
        if child is not None:
            return self._inside(child, (*path, name), deeper)
        if self.loaded:
            return Target((*path, *rest), None)
        return None if deeper else _association_id(attribute.shape, name, path)


def wire(name: str) -> str:
    """Return the hyphenated form of a name (doc 0009 and doc 0007 each show one form)."""
    return name.replace("_", "-") if "_" in name else name


def _association_id(shape: Shape | None, name: str, path: tuple[str, ...]) -> Target | None:
    # `from_currency_id=1` reaches the association's id (doc 0009).
    stem = name.removesuffix("-id")
    attribute = shape.attributes.get(stem) if shape and stem != name else None
    if attribute is None or attribute.kind != "object":
        return None
    return Target((*path, stem, "id"), "id")
