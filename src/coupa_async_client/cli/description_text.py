"""Resources and their attributes as tables: to the terminal's width, or one line each into a pipe."""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from coupa_async_client.description import Attribute, Description, Operation, Resource
from coupa_async_client.description.checks import operators_for
from coupa_async_client.description.model import Kind
from coupa_async_client.description.scopes import scopes_of

from .receipt import counted

_UNBOUNDED = 10_000
_NAME_SHARE = 0.45
"""Of a terminal's width; a longer name goes on below."""

_SHOWN = 12
"""Values in a table; time zones have hundreds, which their own page shows."""

_LETTERS: Mapping[Kind, str] = {
    "list": "l",
    "show": "s",
    "create": "c",
    "update": "u",
    "delete": "d",
    "action": "a",
}
_LEGEND = ", ".join(f"{letter} {kind}" for kind, letter in _LETTERS.items())

Row = Sequence[str]
Section = tuple[str, Sequence[str], Iterable[Row]]
"""A title, the headings of its columns, if any, and what stands in them."""


def print_sections(*sections: Section) -> None:
    """Print to stdout: to the width of a terminal, else each row in one line."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _UNBOUNDED)
    with console.capture() as captured:
        for number, (title, headings, rows) in enumerate(sections):
            console.print(Text(f"{title}\n" if number == 0 else f"\n{title}"))
            console.print(_table(headings, list(rows), console.width))
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))
    sys.stdout.flush()


def of_all(description: Description) -> Iterable[Section]:
    """Lay out what there is: names, titles, how many attributes, and what can be done."""
    rows = [
        (
            resource.name,
            "".join(letter if resource.can(kind) else "-" for kind, letter in _LETTERS.items()),
            str(len(description.attributes(resource.name))),
            resource.title,
        )
        for resource in description.resources.values()
    ]
    title = f"{counted(len(rows), 'resource')}. CAN: {_LEGEND}."
    yield title, ("RESOURCE", "CAN", "ATTRIBUTES", "TITLE"), rows


def of_resource(resource: Resource, description: Description) -> Iterable[Section]:
    """Lay out one resource: its attributes, what can be done, and the scopes that takes."""
    attributes = description.attributes(resource.name)
    scopes = scopes_of(resource.name)
    title = f"{resource.title} ({resource.name}): {counted(len(attributes), 'attribute')}"
    yield _attributes(f"{title} of {resource.object}", attributes.values())
    yield _operations("OPERATIONS", (op for op in resource.operations if op.kind != "action"))
    if resource.actions:
        yield _operations("ACTIONS", resource.actions)
    granted = [("to read, any of", scopes.read), ("to write", scopes.write)]
    rows = [(use, ", ".join(names) or "none reported") for use, names in granted]
    yield "SCOPES, as integrators report them", (), rows


def of_attribute(
    path: Sequence[str], attribute: Attribute, description: Description
) -> Iterable[Section]:
    """Lay out one attribute and what is inside it, or how it can be filtered."""
    only = "" if attribute.writable else ", read-only"
    about = f"\n{attribute.about}" if attribute.about else ""
    title = f"{'.'.join(path)}: {type_text(attribute)}{only}{about}"
    inside = description.inside(attribute)
    if inside:
        yield _attributes(title, inside.values())
        return
    rows = [("operators", ", ".join(operators_for(attribute)))]
    if attribute.values:
        rows.append(("values", ", ".join(attribute.values)))
    if inside is None:
        rows.append(("inside", "whatever the instance has; not described"))
    yield title, (), rows


def type_text(attribute: Attribute) -> str:
    """Say what an attribute holds: `string`, `Supplier`, `list of InvoiceLine`."""
    held = " or ".join(attribute.objects) or attribute.type
    if attribute.collection:
        return "list" if attribute.type == "any" else f"list of {held}"
    return "not described" if held == "any" else held


def _attributes(title: str, attributes: Iterable[Attribute]) -> Section:
    rows = [
        (each.name, type_text(each), "rw" if each.writable else "r", _values(each))
        for each in sorted(attributes, key=lambda each: each.name)
    ]
    return title, ("ATTRIBUTE", "TYPE", "", "VALUES"), rows


def _values(attribute: Attribute) -> str:
    shown = ", ".join(attribute.values[:_SHOWN])
    more = len(attribute.values) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _operations(title: str, operations: Iterable[Operation]) -> Section:
    return title, (), [(f"{each.method} {each.path}", each.summary) for each in operations]


def _table(headings: Sequence[str], rows: Sequence[Row], width: int) -> Table:
    """Set rows in columns, the first as wide as it needs; what is too long goes on below."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=bool(headings))
    for number, heading in enumerate(headings or [""] * max(map(len, rows), default=0)):
        table.add_column(
            heading,
            justify="right" if heading == "ATTRIBUTES" else "left",
            no_wrap=number == 0,
            overflow="fold",
        )
    for first, *others in rows:
        table.add_row(*map(Text, (_broken(first, int(width * _NAME_SHARE)), *others)))
    return table


def _broken(name: str, width: int) -> str:
    """Break a name where its parts meet."""
    lines = [""]
    for part in re.findall(r"[^/_-]*[/_-]?", name):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("  ")
        lines[-1] += part
    return "\n".join(lines)
