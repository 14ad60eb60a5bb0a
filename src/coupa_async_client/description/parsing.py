"""Coupa's Swagger 2.0 files as a `Description`; several are merged.

Pure: bytes or decoded JSON in. Where the bytes come from is left to the caller.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from coupa_async_client.errors import CoupaConfigError

from .model import Attribute, Description, Kind, Operation, Resource, Type

LARGEST = 32_000_000
"""Bytes; the largest of Coupa's own files has a thirtieth of it."""

_REMEDY = "an instance serves Coupa's at /api_docs/0.json, with the token of any client"
_TYPES: Mapping[tuple[str, str], Type] = {
    ("string", ""): "string",
    ("string", "string"): "string",
    ("string", "text"): "string",
    ("string", "datetime"): "datetime",
    ("string", "date-time"): "datetime",
    ("string", "date"): "date",
    ("string", "time"): "time",
    ("integer", ""): "integer",
    ("integer", "integer"): "integer",
    ("integer", "int32"): "integer",
    ("integer", "int64"): "integer",
    ("number", ""): "decimal",
    ("number", "decimal"): "decimal",
    ("number", "float"): "decimal",
    ("number", "double"): "decimal",
    ("boolean", ""): "boolean",
    ("boolean", "boolean"): "boolean",
}
"""Types by Swagger's type and format; other formats are slips, such as "USD" or "#<Warnings...>"."""

_WITH_VALUES = ("string", "integer", "any")
_KINDS: Mapping[tuple[str, str], Kind] = {
    ("GET", "collection"): "list",
    ("POST", "collection"): "create",
    ("GET", "record"): "show",
    ("PUT", "record"): "update",
    ("PATCH", "record"): "update",
    ("DELETE", "record"): "delete",
}


_ORDER: tuple[Kind, ...] = ("list", "show", "create", "update", "delete", "action")


class _Schema(msgspec.Struct):
    ref: str = msgspec.field(name="$ref", default="")
    type: str | None = ""
    format: str | None = ""
    description: str | None = ""
    read_only: bool = msgspec.field(name="readOnly", default=False)
    enum: list[Any] = []
    items: "_Schema | None" = None
    properties: "dict[str, _Schema]" = {}

    @property
    def target(self) -> str:
        """The object referred to, by itself or as the items of a list."""
        return self.ref.rpartition("/")[2] or (self.items.target if self.items else "")


class _Answer(msgspec.Struct):
    schema: _Schema | None = None


class _Parameter(msgspec.Struct):
    name: str = ""
    place: str = msgspec.field(name="in", default="")
    enum: list[Any] = []


class _Operation(msgspec.Struct):
    tags: list[str] = []
    summary: str | None = ""
    parameters: list[_Parameter] = []
    responses: dict[str, _Answer] = {}

    @property
    def answer(self) -> _Schema:
        """What it answers with when it succeeds."""
        answers = [answer.schema for code, answer in self.responses.items() if code[:1] == "2"]
        return next(filter(None, answers), _Schema())


class _Path(msgspec.Struct):
    get: _Operation | None = None
    put: _Operation | None = None
    post: _Operation | None = None
    patch: _Operation | None = None
    delete: _Operation | None = None

    @property
    def operations(self) -> Iterator[tuple[str, _Operation]]:
        """The operations by method."""
        for method in ("get", "post", "put", "patch", "delete"):
            if operation := getattr(self, method):
                yield method.upper(), operation


class _Tag(msgspec.Struct):
    name: str
    description: str | None = ""


class _Document(msgspec.Struct):
    swagger: Any = None
    openapi: Any = None
    host: str | None = ""
    tags: list[_Tag] = []
    paths: dict[str, _Path] = {}
    definitions: dict[str, _Schema] = {}

    @property
    def release(self) -> int:
        """The release that a host of Coupa's own names; an instance is newer than any file."""
        named = re.match(r"r(\d+)\.", self.host or "")
        return int(named[1]) if named else 1_000


def parse(*documents: bytes, names: Sequence[str] = ()) -> Description:
    """Read Coupa's Swagger, whole or in as many files as it comes in; `names` are for messages.

    Where two files differ, the newer release counts; values that are allowed in either are.

    Raises:
        CoupaConfigError: one of them is none; says what it looks like, and where there is one.
    """
    given = names or [f"description {n}" for n in range(1, len(documents) + 1)]
    read = [_document(each, name) for each, name in zip(documents, given, strict=True)]
    read.sort(key=lambda document: document.release)
    objects: dict[str, dict[str, Attribute]] = {}
    for document in read:
        for name, attributes in _objects(document):
            known = objects.setdefault(name, {})
            for attribute in attributes:
                known[attribute.name] = _newer(known.get(attribute.name), attribute)
    hosts = dict.fromkeys(document.host for document in read if document.host)
    return Description(_resources(read), objects, tuple(hosts))


def _document(source: bytes, name: str) -> _Document:
    """Decode one file.

    Raises:
        CoupaConfigError: it is no Swagger 2.0.
    """
    text = source.removeprefix(b"\xef\xbb\xbf").strip()
    document, look = None, ""
    try:
        if len(text) <= LARGEST:
            document = msgspec.json.decode(text, type=_Document)
    except (msgspec.DecodeError, RecursionError) as error:
        look = str(error)
    if document is not None and document.swagger == "2.0":
        return document
    msg = f"{name} is {_look(text, document, look)}; give Coupa's Swagger 2.0 as JSON: {_REMEDY}"
    raise CoupaConfigError(msg)


def _look(text: bytes, document: _Document | None, error: str) -> str:
    """Say what a file is that is no Swagger 2.0."""
    look = f"no such description ({error})"
    if len(text) > LARGEST:
        look = f"larger than {LARGEST:,} bytes"
    elif not text:
        look = "empty"
    elif text.startswith(b"<"):
        look = "HTML or XML, perhaps the page of a login"
    elif re.match(rb"---|%YAML|[\w$-]+:\s", text):
        look = "YAML"
    elif document is not None:
        version = document.openapi or document.swagger
        look = f"of version {version}" if version else "JSON of another kind"
    return look


def _objects(document: _Document) -> Iterator[tuple[str, list[Attribute]]]:
    for owner, definition in document.definitions.items():
        yield (
            owner,
            [
                _attribute(name, schema, document.definitions)
                for name, schema in definition.properties.items()
            ],
        )


def _attribute(name: str, schema: _Schema, definitions: Mapping[str, _Schema]) -> Attribute:
    held = _held(name, schema, definitions)
    type_ = (
        "object"
        if held
        else _TYPES.get((schema.type or "", (schema.format or "").partition("(")[0]), "any")
    )
    values = tuple(str(each) for each in schema.enum if str(each))
    if type_ == "integer" and not all(value.isdigit() for value in values):
        type_ = "any"  # Coupa lists labels for numbers, and does not say which of the two is sent
    return Attribute(
        name,
        type_,
        objects=held,
        collection=schema.type == "array",
        values=values if type_ in _WITH_VALUES else (),
        writable=not schema.read_only,
        about=" ".join((schema.description or "").split()),
    )


def _held(name: str, schema: _Schema, definitions: Mapping[str, _Schema]) -> tuple[str, ...]:
    """Name the objects inside an attribute.

    Where Coupa has none to refer to, it refers back to the object that the attribute was declared
    in: `tags` of an invoice to invoices. That says nothing, and counts as nothing.
    """
    target = schema.target
    if not target:
        return tuple(_listed(schema.description or ""))
    there = definitions.get(target, _Schema()).properties.get(name)
    return () if there and there.target == target else (target,)


def _listed(about: str) -> Iterator[str]:
    """Find the objects that a description lists, in Ruby's spelling."""
    _, found, names = about.partition("Can be one of multiple objects: ")
    for name in names.split(",") if found else ():
        yield name.strip().replace("::", "-")


def _newer(known: Attribute | None, attribute: Attribute) -> Attribute:
    if known is None or known.values == attribute.values:
        return attribute
    both = known.values and attribute.values
    values = tuple(dict.fromkeys(known.values + attribute.values)) if both else ()
    return replace(attribute, values=values)


def _resources(documents: Iterable[_Document]) -> dict[str, Resource]:
    paths: dict[str, dict[str, _Operation]] = {}
    titles: dict[str, str] = {}
    for document in documents:
        for tag in document.tags:
            titles.setdefault(tag.name, (tag.description or "").partition(" API")[0])
        for path, item in document.paths.items():
            paths.setdefault(path, {}).update(item.operations)
    gathered: dict[str, list[tuple[Operation, _Operation]]] = {}
    for path, declared in paths.items():
        name, place, action = _place(path, paths)
        for method, operation in declared.items():
            kind = _KINDS.get((method, place), "action")
            summary = "" if operation.summary == path else operation.summary or ""
            of = Operation(kind, method, path.strip("/"), summary, action)
            gathered.setdefault(name, []).append((of, operation))
    return {name: _resource(name, gathered[name], titles) for name in sorted(gathered)}


def _resource(
    name: str, gathered: Iterable[tuple[Operation, _Operation]], titles: Mapping[str, str]
) -> Resource:
    found = sorted(gathered, key=lambda each: (_ORDER.index(each[0].kind), each[0].path))
    targets = (each.answer.target or next(iter(each.tags), "") for _, each in found)
    of = next(filter(None, targets), "")
    listing = next((each.summary for each, _ in found if each.kind == "list"), "")
    _, _, queried = listing.partition("Query ")
    title = queried or titles.get(of) or _words(of or name)
    return Resource(
        name,
        title[:1].upper() + title[1:],
        of,
        operations=tuple(operation for operation, _ in found),
        parameters={
            parameter.name: tuple(map(str, parameter.enum))
            for operation, declared in found
            for parameter in declared.parameters
            if operation.method == "GET" and parameter.place == "query"
        },
    )


def _place(path: str, paths: Mapping[str, Mapping[str, _Operation]]) -> tuple[str, str, str]:
    """Return the resource that a path belongs to, what of it it is, and the action behind.

    Records are at `{id}`, their parents at `{supplier_id}` and so on.
    """
    before, of_record, behind = path.strip("/").partition("/{id}")
    if of_record:
        return before, "" if behind else "record", behind.strip("/")
    listing = paths[path].get("GET")
    lists = listing is not None and listing.answer.type == "array"
    parent, _, last = before.rpartition("/")
    if lists or not parent or f"{path}/{{id}}" in paths:
        return before, "collection", ""
    return parent, "", last


def _words(name: str) -> str:
    """`OrderLine` is an order line."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("-", " ")
