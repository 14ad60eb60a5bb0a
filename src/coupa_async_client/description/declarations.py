"""Python types for the rows of a resource, with the attributes that were asked for, as source text.

A general generator of models was tried and left out: it brings twenty packages, and what is hard here
is to choose the attributes and to tell their types from Coupa's formats, which it leaves to its caller.
"""

import keyword
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from coupa_async_client.errors import CoupaConfigError

from .checks import misfits
from .model import CUSTOM_FIELDS, Attribute, Description, Type
from .nearest import plain

Style = Literal["dataclass", "typeddict", "msgspec", "pydantic"]

_ANNOTATIONS: Mapping[Type, str] = {
    "string": "str",
    "integer": "int",
    "decimal": "Decimal",  # comes as text (doc 0011), so that no cent is lost
    "boolean": "bool",
    "datetime": "datetime",
    "date": "date",
    "time": "str",
}
_WHOLE = "dict[str, Any]"
_TAKEN = frozenset({"bool", "date", "datetime", "dict", "field", "int", "list", "msgspec", "str"})
"""What annotations are written with; an attribute of that name would hide it from those below."""

_STANDARD = (
    ("dataclasses", ("dataclass", "field")),
    ("datetime", ("date", "datetime")),
    ("decimal", ("Decimal",)),
    ("typing", ("Any", "TypedDict")),
)
_OTHERS = (("pydantic", ("BaseModel", "Field")),)


@dataclass(frozen=True, slots=True)
class _Field:
    """One attribute of a row: Coupa's name, Python's, and what it holds."""

    coupa: str
    name: str
    held: str
    collection: bool
    required: bool

    @property
    def annotation(self) -> str:
        """Its type; Coupa leaves out or nulls what is empty, but for lists (facts section 7)."""
        if self.collection:
            return f"list[{self.held}]"
        return self.held if self.required or self.held == "Any" else f"{self.held} | None"


@dataclass(frozen=True, slots=True)
class _Record:
    """One class: its name and its fields, those without a default first."""

    name: str
    fields: tuple[_Field, ...]


_Tree = dict[str, Any]


def declarations(
    description: Description,
    resource: str,
    paths: Iterable[Sequence[str]],
    *,
    style: Style,
    name: str | None = None,
) -> str:
    """Write a module with a class for the rows, and one for each object inside them.

    Args:
        description: what there is.
        resource: such as `invoices`.
        paths: the attributes, such as `("supplier", "name")`; an association alone stays a dict.
        style: what kind of classes.
        name: that of the rows' class; by default what Coupa calls its object.

    Raises:
        CoupaConfigError: an attribute is not there, or the style or name is none.
    """
    if style not in get_args(Style):
        msg = f"style is {style!r}; it is one of {', '.join(get_args(Style))}"
        raise CoupaConfigError(msg)
    if name is not None and (not name.isidentifier() or keyword.iskeyword(name)):
        msg = f"name is {name!r}, which no class can have; give one such as InvoiceRow"
        raise CoupaConfigError(msg)
    asked = [tuple(map(plain, path)) for path in paths]
    if not asked:
        msg = "fields names no attribute; give those the rows are to have, such as id,supplier.name"
        raise CoupaConfigError(msg)
    if wrong := list(misfits(description, resource, fields=asked)):
        raise CoupaConfigError("; ".join(wrong))
    of = description.resource(resource)
    row = name or _class_name(of.object)
    collector = _Collector(description, of.name, row)
    collector.add(row, _tree(asked), ())
    bodies = [_WRITERS[style](record) for record in collector.records]
    whence = f", as described by {', '.join(description.hosts)}" if description.hosts else ""
    head = f'"""Rows of {of.name}{whence}."""\n\n{_imports(bodies)}'
    return "\n\n\n".join((head, *bodies)) + "\n"


def _tree(paths: Iterable[Sequence[str]]) -> _Tree:
    """Gather paths by what they share; what is asked for inside an association wins over all of it."""
    tree: _Tree = {}
    for path in paths:
        node = tree
        for part in path:
            node = node.setdefault(part, {})
    return tree


class _Collector:
    """Gathers the classes, inner ones first."""

    def __init__(self, description: Description, resource: str, row: str) -> None:
        self.records: list[_Record] = []
        self._description = description
        self._resource = resource
        self._row = row

    def add(self, name: str, tree: _Tree, above: tuple[str, ...]) -> None:
        """Add the class for what is at a path, after those for what is inside it."""
        fields: list[_Field] = []
        for coupa, inside in tree.items():
            path = (*above, coupa)
            found = self._description.attribute(self._resource, path)
            held = self._class_for(found, name, inside, path) if inside else _held(found, coupa)
            python = _python_name(coupa, {each.name for each in fields})
            required = path == ("id",) and held == "int"
            fields.append(_Field(coupa, python, held, bool(found and found.collection), required))
        fields.sort(key=lambda each: not each.required)
        self.records.append(_Record(name, tuple(fields)))

    def _class_for(
        self, found: Attribute | None, owner: str, inside: _Tree, path: tuple[str, ...]
    ) -> str:
        """Name the class for what an attribute holds; the same one for the same attributes."""
        objects = found.objects if found else ()
        own = _class_name(objects[0] if len(objects) == 1 else path[-1])
        self.add(own, inside, path)
        added = self.records.pop()
        known = {record.name: record for record in self.records}
        if own in known and known[own] == added:
            return own
        name = own if own not in known and own != self._row else f"{owner}{_class_name(path[-1])}"
        self.records.append(replace(added, name=name))
        return name


def _held(found: Attribute | None, coupa: str) -> str:
    if coupa == CUSTOM_FIELDS or (found and found.type == "object"):
        return _WHOLE
    return _ANNOTATIONS.get(found.type, "Any") if found else "Any"


def _class_name(coupa: str) -> str:
    """`CoupaPay-Payment` and `invoice-lines` as classes are called."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"\W|_", coupa)) or "Row"


def _python_name(coupa: str, used: Collection[str]) -> str:
    """Spell an attribute as Python can; with an underscore behind where it otherwise could not."""
    name = re.sub(r"\W", "_", coupa, flags=re.ASCII)
    name = f"_{name}" if name[:1].isdigit() else name
    while keyword.iskeyword(name) or name in _TAKEN or name in used:
        name += "_"
    return name


def _says_itself(each: _Field) -> bool:
    """Tell whether the attribute follows from Python's name alone, hyphens for underscores."""
    return each.name.removesuffix("_").replace("_", "-") == each.coupa


def _dataclass(record: _Record) -> str:
    lines = ["@dataclass(frozen=True, slots=True)", f"class {record.name}:"]
    for each in record.fields:
        options = {}
        if not each.required:
            options["default_factory" if each.collection else "default"] = (
                "list" if each.collection else "None"
            )
        if not _says_itself(each):
            options["metadata"] = f'{{"coupa": "{each.coupa}"}}'
        lines.append(_line(each, "field", options))
    return "\n".join(lines)


def _struct(record: _Record) -> str:
    lines = [f'class {record.name}(msgspec.Struct, frozen=True, rename="kebab"):']
    for each in record.fields:
        options = {} if each.required else {"default": "[]" if each.collection else "None"}
        if not _says_itself(each):
            options["name"] = f'"{each.coupa}"'
        lines.append(_line(each, "msgspec.field", options))
    return "\n".join(lines)


def _model(record: _Record) -> str:
    lines = [f"class {record.name}(BaseModel):"]
    for each in record.fields:
        options = {} if each.required else {"default": "[]" if each.collection else "None"}
        if each.name != each.coupa:
            options["alias"] = f'"{each.coupa}"'
        lines.append(_line(each, "Field", options))
    return "\n".join(lines)


def _line(each: _Field, function: str, options: Mapping[str, str]) -> str:
    given = ", ".join(f"{name}={value}" for name, value in options.items())
    default = f" = {function}({given})" if given else ""
    if list(options) == ["default"]:
        default = f" = {options['default']}"
    return f"    {each.name}: {each.annotation}{default}"


def _typed_dict(record: _Record) -> str:
    """Write a TypedDict by its call: Coupa's names are no Python names."""
    lines = [f'        "{each.coupa}": {each.annotation},' for each in record.fields]
    return "\n".join(
        (f'{record.name} = TypedDict(\n    "{record.name}",\n    {{', *lines, "    },\n)")
    )


_WRITERS: Mapping[Style, Callable[[_Record], str]] = {
    "dataclass": _dataclass,
    "typeddict": _typed_dict,
    "msgspec": _struct,
    "pydantic": _model,
}


def _imports(bodies: Iterable[str]) -> str:
    """Import what the classes use, the standard library first."""
    text = re.sub('"[^"]*"', "", "\n".join(bodies))
    standard = [_import(module, names, text) for module, names in _STANDARD]
    others = [_import(module, names, text) for module, names in _OTHERS]
    if "(msgspec.Struct" in text:
        others.append("import msgspec")
    sections = ("\n".join(filter(None, lines)) for lines in (standard, others))
    return "\n\n".join(filter(None, sections))


def _import(module: str, names: Iterable[str], text: str) -> str:
    used = [name for name in names if re.search(rf"(?<![.\w]){name}\b", text)]
    return f"from {module} import {', '.join(used)}" if used else ""
