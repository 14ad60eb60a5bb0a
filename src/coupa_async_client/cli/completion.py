"""What the shell offers for resources, attributes and filters: from the description, never the network.

Where there is none, or what was typed fits nothing, it offers nothing: completion has no place for
complaints.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

import typer

from coupa_async_client import CoupaConfigError
from coupa_async_client.description import Description
from coupa_async_client.description.checks import OPERATORS, operators_for, values_of
from coupa_async_client.description.model import Attributes, stands_for

from .described import described
from .description_text import type_text

Offer = tuple[str, str]
"""What may stand there, and a word about it."""


def resources(ctx: typer.Context, incomplete: str) -> list[Offer]:
    """Offer resources: `inv` may be `invoices`, and `suppliers/7/` has `addresses`."""
    with suppress(CoupaConfigError):
        description = _description(ctx)
        return list(_resources(description, incomplete.split("/")))
    return []


def fields(ctx: typer.Context, incomplete: str) -> list[Offer]:
    """Offer attributes for the last of some names: `id,supplier.na` may be `id,supplier.name`."""
    before, comma, last = incomplete.rpartition(",")
    return [(f"{before}{comma}{name}", about) for name, about in attributes(ctx, last)]


def attributes(ctx: typer.Context, incomplete: str) -> list[Offer]:
    """Offer attributes by their dotted names."""
    *above, typed = incomplete.split(".")
    with suppress(CoupaConfigError):
        found = _inside(_description(ctx), _resource(ctx), above)
        return [(".".join((*above, name)), about) for name, about in _named(found, typed)]
    return []


def where(ctx: typer.Context, incomplete: str) -> list[Offer]:
    """Offer what comes next in `supplier[name][contains]=`: an attribute, an operator, a value."""
    key, equals, value = incomplete.partition("=")
    names = re.findall(r"[^\[\]]+", key)
    with suppress(CoupaConfigError):
        description, resource = _description(ctx), _resource(ctx)
        if equals:
            return [(f"{key}={each}", "") for each in _values(description, resource, names, value)]
        *above, typed = [*names, ""] if key.endswith("[") or not names else names
        offers = list(_named(_inside(description, resource, above), typed))
        holder = description.attribute(resource, above) if above else None
        if holder is not None:
            offers += [(each, "") for each in operators_for(holder) if each.startswith(typed)]
        return [(_bracketed((*above, name)), about) for name, about in offers]
    return []


def _description(ctx: typer.Context) -> Description:
    return described(ctx.params.get("description"), quiet=True)


def _resource(ctx: typer.Context) -> str:
    """Find the resource; behind an option that still lacks its value it is left among the rest."""
    named = ctx.params.get("resource") or ctx.params.get("path")
    return named or next(iter(ctx.args), "")


def _resources(description: Description, typed: Sequence[str]) -> Iterator[Offer]:
    """Put ids that were typed in the place of a resource's parameters."""
    *above, last = typed
    for resource in description.resources.values():
        parts = resource.name.split("/")
        before, behind = "/".join(parts[: len(above)]), parts[len(above) :]
        literal = bool(behind) and not any(part.startswith("{") for part in behind)
        if literal and behind[0].startswith(last) and stands_for(before, "/".join(above)):
            yield "/".join((*above, *behind)), resource.title


def _inside(description: Description, resource: str, above: Sequence[str]) -> Attributes:
    if not above:
        return description.attributes(resource)
    holder = description.attribute(resource, above)
    return (holder and description.inside(holder)) or {}


def _named(found: Attributes, typed: str) -> Iterator[Offer]:
    for name, attribute in found.items():
        spelled = name.replace("-", "_") if "_" in typed else name
        if spelled.startswith(typed):
            yield spelled, type_text(attribute)


def _values(
    description: Description, resource: str, names: Sequence[str], value: str
) -> Iterator[str]:
    path = names[:-1] if names[1:] and names[-1] in OPERATORS else names
    attribute = description.attribute(resource, path)
    before, comma, typed = value.rpartition(",")
    for each in values_of(attribute) if attribute else ():
        if each.startswith(typed):
            yield f"{before}{comma}{each}"


def _bracketed(names: Sequence[str]) -> str:
    first, *others = names
    return first + "".join(f"[{name}]" for name in others)
