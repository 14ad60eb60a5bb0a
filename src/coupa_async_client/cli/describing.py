"""The commands that tell what Coupa has, by its own description: resources, describe, types."""

import sys
from typing import Annotated

import typer

from coupa_async_client import CoupaConfigError
from coupa_async_client.description.declarations import Style, declarations
from coupa_async_client.query import columns_of, parse_fields

from . import options as o
from .completion import attributes
from .described import VARIABLE, described
from .description_json import attribute_json, print_json, resource_json, resources_json
from .description_text import of_all, of_attribute, of_resource, print_sections
from .failures import reported

app = typer.Typer()

DescriptionOption = Annotated[
    list[str] | None,
    typer.Option(
        "--description",
        metavar="PATH",
        help=f"Coupa's Swagger 2.0: a file or a folder of them. Repeatable; or set {VARIABLE}.",
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
def resources(
    *,
    description: DescriptionOption = None,
    as_json: JsonOption = False,
    debug: o.DebugOption = False,
) -> None:
    """List the resources, and what can be done with each."""
    with reported(debug=debug):
        found = described(description)
        if as_json:
            print_json(resources_json(found))
        else:
            print_sections(*of_all(found))


@app.command(epilog="Example: coupa describe invoices supplier.primary-contact")
def describe(
    resource: o.ResourceArgument,
    attribute: AttributeArgument = None,
    *,
    description: DescriptionOption = None,
    as_json: JsonOption = False,
    debug: o.DebugOption = False,
) -> None:
    """Show what RESOURCE has, can do and needs, or what one ATTRIBUTE of it holds."""
    with reported(debug=debug):
        described_by = described(description)
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
def types(
    resource: o.ResourceArgument,
    *,
    fields: o.FieldsOption,
    style: StyleOption = "dataclass",
    name: NameOption = None,
    description: DescriptionOption = None,
    debug: o.DebugOption = False,
) -> None:
    """Write Python types for the rows of RESOURCE, with just the attributes that are named."""
    with reported(debug=debug):
        asked = columns_of(parse_fields(fields or ""))
        text = declarations(described(description), resource, asked, style=style, name=name)
        sys.stdout.write(text)
        sys.stdout.flush()
