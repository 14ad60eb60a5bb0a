"""What a Coupa instance has, as data: resources, their objects' attributes, operations and references.

Built by `parsing`. Whether a question fits is left to `checks`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from coupa_async_client.errors import CoupaConfigError

from .nearest import hint, plain

Type = Literal[
    "string", "integer", "decimal", "boolean", "datetime", "date", "time", "object", "any"
]
"""`any` is an attribute of which Coupa's file says nothing that can be relied on."""

Kind = Literal["list", "create", "show", "update", "delete", "action"]

CUSTOM_FIELDS = "custom-fields"
"""Under this name an instance keeps fields of its own, at any level (doc 0010)."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute as Coupa names it, hyphenated.

    `objects` names what it holds; several where Coupa lists several, none where it does not say.
    `values` are the ones allowed; none where any is.
    """

    name: str
    type: Type
    objects: tuple[str, ...] = ()
    collection: bool = False
    values: tuple[str, ...] = ()
    writable: bool = True
    about: str = ""


Attributes = Mapping[str, Attribute]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be done: a method on a path under `/api`, its parameters in braces.

    `action` is what stands behind the record or the collection, such as `submit`; "" for the others.
    """

    kind: Kind
    method: str
    path: str
    summary: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """A collection under `/api`: `invoices`, or `suppliers/{supplier_id}/addresses`.

    `object` names what its records are. `parameters` are those its GETs take, each with the values
    that are allowed, none where any is.
    """

    name: str
    title: str
    object: str
    operations: tuple[Operation, ...] = ()
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def can(self, kind: Kind) -> bool:
        """Tell whether one of the operations is of this kind."""
        return any(operation.kind == kind for operation in self.operations)

    @property
    def actions(self) -> tuple[Operation, ...]:
        """The operations that are more than reading and writing records."""
        return tuple(each for each in self.operations if each.kind == "action")


@dataclass(frozen=True, slots=True)
class Description:
    """Coupa's description of an API: resources by name, attributes by object, the hosts it came from."""

    resources: Mapping[str, Resource]
    objects: Mapping[str, Attributes]
    hosts: tuple[str, ...] = ()

    def resource(self, name: str) -> Resource:
        """Return the resource a path belongs to: `invoices`, `invoices/7`, `suppliers/7/addresses`.

        Raises:
            CoupaConfigError: there is none; names the nearest.
        """
        wanted = str(name).strip("/")
        if wanted in self.resources:
            return self.resources[wanted]
        for resource in self.resources.values():
            paths = (resource.name, *(each.path for each in resource.operations))
            if any(stands_for(path, wanted) for path in paths):
                return resource
        msg = f"resource {name!r} is not in Coupa's description{hint(wanted, self.resources)}"
        raise CoupaConfigError(msg)

    def attributes(self, resource: str) -> Attributes:
        """Return the attributes of a resource's records by name.

        Raises:
            CoupaConfigError: there is no such resource.
        """
        return self.objects.get(self.resource(resource).object, {})

    def inside(self, attribute: Attribute) -> Attributes | None:
        """Return what an attribute holds, by name; None where nothing is known of it.

        Where it can be one of several objects, the attributes of all of them.
        """
        if attribute.type == "any":
            return None
        held = [self.objects.get(name, {}) for name in attribute.objects]
        if not all(held):
            return None
        return {name: each for attributes in held for name, each in attributes.items()}

    def attribute(self, resource: str, path: Iterable[str]) -> Attribute | None:
        """Return the attribute at a path of names, hyphens or underscores; None below the unknown.

        A resource whose records are not described is unknown too.

        Raises:
            CoupaConfigError: a name on the way is not there; names the nearest.
        """
        attributes = self.attributes(resource) or None
        holder, found = resource, None
        for name in path:
            if plain(name) == CUSTOM_FIELDS or attributes is None:
                return None
            found = member(attributes, name)
            if found is None:
                raise CoupaConfigError(self._missing(holder, name, attributes))
            holder, attributes = f"{name!r}", self.inside(found)
        return found

    def extended(self, names: Mapping[str, Iterable[str]]) -> "Description":
        """Return the description with attributes of your own instance, by resource or object.

        For fields that sit among Coupa's own (doc 0010); those under `custom-fields` need none.

        Raises:
            CoupaConfigError: there is no such resource or object.
        """
        objects = dict(self.objects)
        for owner, own in names.items():
            if isinstance(own, str):
                msg = f"extended: {owner!r} has {own!r}; give a list of names, such as [{own!r}]"
                raise CoupaConfigError(msg)
            name = owner if owner in objects else self.resource(owner).object
            added = {plain(each): Attribute(plain(each), "any") for each in own}
            objects[name] = {**added, **objects.get(name, {})}
        return replace(self, objects=objects)

    def _missing(self, holder: str, name: str, attributes: Attributes) -> str:
        """Say that something has no such attribute, and what was probably meant."""
        if not attributes:
            return f"{holder} has nothing inside it, so no {name!r}"
        joined = ""
        for outer in attributes.values():
            inner = plain(name).removeprefix(f"{outer.name}-")
            if inner != plain(name) and inner in (self.inside(outer) or {}):
                joined = f", but {outer.name!r} has {inner!r}"
        return f"{holder} has no attribute {name!r}{joined}{hint(name, attributes)}"


def member(attributes: Attributes, name: str) -> Attribute | None:
    """Find an attribute by its name, in either spelling."""
    return attributes.get(name) or attributes.get(plain(name))


def stands_for(template: str, path: str) -> bool:
    """Tell whether a path is one of a template's; ids, or braces, stand for its parameters."""
    there, wanted = path.split("/"), template.split("/")
    return len(there) == len(wanted) and all(
        given == part or (part.startswith("{") and (given.isdigit() or given.startswith("{")))
        for given, part in zip(there, wanted, strict=True)
    )
