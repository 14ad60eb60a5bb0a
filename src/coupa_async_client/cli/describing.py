"""The commands that tell what Coupa has, by its own description: resources, describe, types."""

import sys
from typing import Annotated

import typer

from coupa_async_client import CoupaConfigError
from coupa_async_client.description import Description
from coupa_async_client.description.declarations import Style, declarations
from coupa_async_client.query import columns_of, parse_fields

from . import options as o
from .completion import attributes
from .connection import Connection, connected
from .described import described, fetched
from .description_json import attribute_json, print_json, resource_json, resources_json
from .description_text import of_all, of_attribute, of_resource, print_sections
from .failures import reported

app = typer.Typer()

FromInstanceOption = Annotated[
    bool,
    typer.Option(
        "--from-instance", help="Fetch the description that the instance serves, and keep it."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AttributeArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[ATTRIBUTE]",
        help="One of its attributes, such as supplier.primary-contact.",
        autocompletion=attributes,
        show_default=False,
    ),
]
StyleOption = Annotated[Style, typer.Option("--style", help="What kind of classes.")]
NameOption = Annotated[
    str | None,
    typer.Option("--name", metavar="CLASS", help="The rows' class, in place of Coupa's name."),
]


@app.command(epilog="Example: coupa resources --description coupa-swagger/")
@connected
def resources(
    *,
    description: o.DescriptionOption = None,
    from_instance: FromInstanceOption = False,
    as_json: JsonOption = False,
    debug: o.DebugOption = False,
    connection: Connection,
) -> None:
    """List the resources, and what can be done with each."""
    with reported(debug=debug):
        found = _described(description, connection, from_instance=from_instance)
        if as_json:
            print_json(resources_json(found))
        else:
            print_sections(*of_all(found))


@app.command(epilog="Example: coupa describe invoices supplier.primary-contact")
@connected
def describe(
    resource: o.ResourceArgument,
    attribute: AttributeArgument = None,
    *,
    description: o.DescriptionOption = None,
    from_instance: FromInstanceOption = False,
    as_json: JsonOption = False,
    debug: o.DebugOption = False,
    connection: Connection,
) -> None:
    """Show what RESOURCE has, can do and needs, or what one ATTRIBUTE of it holds."""
    with reported(debug=debug):
        described_by = _described(description, connection, from_instance=from_instance)
        of = described_by.resource(resource)
        if attribute is None:
            if as_json:
                print_json(resource_json(of, described_by))
            else:
                print_sections(*of_resource(of, described_by))
            return
        path = attribute.split(".")
        found = described_by.attribute(of.name, path)
        if found is None:
            msg = f"{attribute} is not described: an instance has its own there"
            raise CoupaConfigError(msg)
        if as_json:
            print_json(attribute_json(path, found, described_by))
        else:
            print_sections(*of_attribute(path, found, described_by))


@app.command(epilog="Example: coupa types invoices --fields id,status,supplier.name > rows.py")
@connected
def types(
    resource: o.ResourceArgument,
    *,
    fields: o.FieldsOption,
    style: StyleOption = "dataclass",
    name: NameOption = None,
    description: o.DescriptionOption = None,
    from_instance: FromInstanceOption = False,
    debug: o.DebugOption = False,
    connection: Connection,
) -> None:
    """Write Python types for the rows of RESOURCE, with just the attributes that are named."""
    with reported(debug=debug):
        asked = columns_of(parse_fields(fields or ""))
        found = _described(description, connection, from_instance=from_instance)
        text = declarations(found, resource, asked, style=style, name=name)
        sys.stdout.write(text)
        sys.stdout.flush()


def _described(
    sources: list[str] | None, connection: Connection, *, from_instance: bool
) -> Description:
    if not from_instance:
        return described(sources)
    if sources:
        msg = "--from-instance and --description name two descriptions; leave one of them out"
        raise CoupaConfigError(msg)
    return fetched(connection)
