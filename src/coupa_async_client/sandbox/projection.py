"""Cuts rows down to what `fields` or `return_object` ask for (doc 0008)."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import msgspec

from coupa_async_client.sandbox.config import Config
from coupa_async_client.sandbox.refusal import bad_query
from coupa_async_client.sandbox.schema import Schema, wire
from coupa_async_client.sandbox.shapes import Shape
from coupa_async_client.sandbox.store import Table
from coupa_async_client.sandbox.values import Row

Tree: TypeAlias = Mapping[str, "Tree | None"]
"""Attributes by hyphenated name; None takes the attribute whole."""

RETURN_OBJECTS: Final = frozenset({"none", "limited", "shallow"})
# For associations of loaded rows whose shape nobody knows.
_USUAL_KEYS: Final = frozenset({"id", "code", "number", "login", "email"})


def projection(
    reserved: Mapping[str, str], table: Table, config: Config
) -> Callable[[int], Row | None]:
    """Return what turns a row's id into the row as asked; None stands for an empty body.

    Attributes come in the row's own order. `fields` wins over `return_object`, which one Coupa
    prefers is unknown; so is `fields=[]`, read here as no `fields` at all.

    Raises:
        RefusalError: status 400 for malformed `fields`, or an unknown name where the knob says so.
    """
    tree = _parse(reserved["fields"]) if "fields" in reserved else None
    if tree:
        if config.unknown_field == "400":
            _check(tree, table.schema)
        return lambda row_id: _some(table, row_id, tree)
    match reserved.get("return_object"):
        case None | "":
            return table.row
        case "none":
            return lambda _row_id: None
        case "limited":
            return lambda row_id: {"id": row_id}
        case "shallow":
            return lambda row_id: _shallow(table, row_id)
        case other:
            raise bad_query(f"return_object takes one of {sorted(RETURN_OBJECTS)}, not {other!r}")


def without_nulls(value: object) -> object:
    """Leave out attributes that are null, at every depth (doc 0087, supplier information)."""
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


def _parse(text: str) -> Tree:
    try:
        asked = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise bad_query(f"fields is not JSON: {error}") from error
    return _tree(asked)


def _tree(asked: object) -> Tree:
    if asked == {}:
        return {}
    if not isinstance(asked, list):
        raise bad_query('fields is a JSON array such as ["id",{"supplier":["name"]}]')
    tree: dict[str, Tree | None] = {}
    for each in asked:
        if isinstance(each, str):
            tree.setdefault(wire(each), None)
        elif isinstance(each, dict) and len(each) == 1:
            ((name, inner),) = each.items()
            # `{"custom_fields": {}}` asks for all of them (doc 0023).
            tree[wire(name)] = _tree(inner) or None
        else:
            raise bad_query("an entry of fields is a name or an object with one key")
    return tree


def _check(tree: Tree, schema: Schema, above: tuple[str, ...] = ()) -> None:
    for name, inner in tree.items():
        if schema.resolve([*above, name]) is None:
            raise bad_query(f"fields names {name}, which is no attribute")
        if inner:
            _check(inner, schema, (*above, name))


def _some(table: Table, row_id: int, tree: Tree) -> Row:
    read = table.reader(row_id)
    return {
        name: _cut(read(name), tree[wire(name)])
        for name in table.names(row_id)
        if wire(name) in tree
    }


def _cut(value: object, tree: Tree | None) -> object:
    if not tree:
        return value
    if isinstance(value, list):
        return [_cut(each, tree) for each in value]
    if isinstance(value, dict):
        return {
            name: _cut(each, tree[wire(name)]) for name, each in value.items() if wire(name) in tree
        }
    return value


def _shallow(table: Table, row_id: int) -> Row:
    attributes = table.resource.shape.attributes if table.resource else {}
    found: Row = {}
    for name, value in table.row(row_id).items():
        attribute = attributes.get(wire(name))
        whole = attribute is not None and attribute.kind == "map"
        found[name] = value if whole else _keys(value, attribute.shape if attribute else None)
    return found


def _keys(value: object, shape: Shape | None) -> object:
    if isinstance(value, list):
        return [_keys(each, shape) for each in value]
    if not isinstance(value, dict):
        return value
    kept = _USUAL_KEYS
    if shape is not None:
        kept = frozenset({"id"} | {name for name, each in shape.attributes.items() if each.key})
    return {name: each for name, each in value.items() if wire(name) in kept}
