"""The same as the tables of `description_text`, for programs."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import msgspec

from coupa_async_client import JSONObject
from coupa_async_client.description import Attribute, Description, Resource
from coupa_async_client.description.checks import operators_for
from coupa_async_client.description.scopes import scopes_of


def print_json(value: object) -> None:
    """Print a value as readable JSON."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2)
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.buffer.flush()


def resources_json(description: Description) -> list[JSONObject]:
    """List the resources; `attributes` counts them."""
    return [
        _head(resource) | {"attributes": len(description.attributes(resource.name))}
        for resource in description.resources.values()
    ]


def resource_json(resource: Resource, description: Description) -> JSONObject:
    """Tell all about one resource."""
    attributes = description.attributes(resource.name)
    return _head(resource) | {
        "attributes": [asdict(each) for each in attributes.values()],
        "operations": [asdict(each) for each in resource.operations],
        "parameters": resource.parameters,
    }


def attribute_json(
    path: Sequence[str], attribute: Attribute, description: Description
) -> JSONObject:
    """Tell all about one attribute; `inside` is null where that is not described."""
    inside = description.inside(attribute)
    return {
        "path": list(path),
        **asdict(attribute),
        "operators": operators_for(attribute),
        "inside": None if inside is None else [asdict(each) for each in inside.values()],
    }


def _head(resource: Resource) -> dict[str, Any]:
    return {
        "name": resource.name,
        "title": resource.title,
        "object": resource.object,
        "can": list(dict.fromkeys(each.kind for each in resource.operations)),
        "actions": list(dict.fromkeys(each.action for each in resource.actions)),
        "scopes": asdict(scopes_of(resource.name)),
    }
