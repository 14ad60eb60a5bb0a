"""The commands; their options are described in `options`, their work is done beside this file."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

import typer

from coupa_async_client import __version__
from coupa_async_client.query import parse_fields
from coupa_async_client.sandbox.__main__ import main as sandbox_main

from . import options as o
from .connection import Connection, connected
from .described import named
from .describing import app as describing
from .destination import Destination
from .examining import app as examining
from .explaining import check_together, print_explanation
from .failures import WRONG_ARGUMENTS, reported, say
from .profiling import app as profiling
from .reading import check_by, show
from .saving import Manner, save
from .where import filters

_EXPORT_EXAMPLES = """Examples:

coupa export invoices -o invoices.jsonl

coupa export invoices -o voided.csv --where status=voided --fields id,status

coupa export suppliers -o - --where 'created-at\\[gt]=2026-01-31' | wc -l

coupa export invoices --where status=approved --fields id,status --explain
"""
_FORWARDED = {
    "allow_extra_args": True,
    "ignore_unknown_options": True,
    "help_option_names": [],
}

app = typer.Typer(
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        code = app(args=list(argv), prog_name="coupa", standalone_mode=False)
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        said = error.format_message().replace(": Value error, ", ": ").rstrip()  # pydantic's words
        ended = said if said.endswith((".", "?", ")")) else f"{said}."
        say(f"{ended} See {context.command_path if context else 'coupa'} --help.")
        return WRONG_ARGUMENTS
    return code if isinstance(code, int) else 0


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"coupa {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True, epilog="See it work: coupa demo")
def coupa(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and leave."
        ),
    ] = False,
) -> None:
    """Bring every row of a Coupa resource into a file, once each."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(WRONG_ARGUMENTS)


@app.command(epilog=_EXPORT_EXAMPLES)
@connected
def export(
    resource: o.ResourceArgument,
    *,
    output: o.OutputOption = None,
    format_: o.FormatOption = None,
    where: o.WhereOption = None,
    fields: o.FieldsOption = None,
    limit_rows: o.LimitRowsOption = None,
    paging: o.PagingOption = "auto",
    page_size: o.PageSizeOption = None,
    concurrent: o.ConcurrentOption = None,
    raw_cells: o.RawCellsOption = False,
    on_error: o.OnErrorOption = "raise",
    resume: o.ResumeOption = False,
    receipt: o.ReceiptOption = None,
    explain: o.ExplainOption = False,
    as_json: o.ExplainJsonOption = False,
    description: o.DescriptionOption = None,
    quiet: o.QuietOption = False,
    debug: o.DebugOption = False,
    connection: Connection,
) -> None:
    """Bring every row of RESOURCE into a file that appears whole or not at all."""
    with reported(debug=debug):
        projection = parse_fields(fields) if fields else None
        check_together(explain=explain, as_json=as_json, resume=resume)
        destination = None
        if not explain:
            destination = Destination.of(
                output, format_, projection, limit_rows, receipt, raw_cells=raw_cells, resume=resume
            )
        params = filters(where or ())
        with connection.client(description=named(description)) as client:
            ask = partial(client.scan, resource, params, projection, on_error=on_error)
            ask = partial(ask, paging=paging, page_size=page_size, concurrent=concurrent)
            if destination is None:
                print_explanation(partial(ask, max_items=limit_rows), as_json=as_json)
            else:
                save(ask, destination, Manner(quiet))


@app.command(epilog="Example: coupa get invoices/7 --fields id,status,supplier.name")
@connected
def get(
    path: o.PathArgument,
    *,
    where: o.WhereOption = None,
    fields: o.FieldsOption = None,
    description: o.DescriptionOption = None,
    debug: o.DebugOption = False,
    connection: Connection,
) -> None:
    """Print the JSON at PATH: one record, or one page of a collection."""
    with reported(debug=debug):
        params = filters(where or ())
        if fields:
            params["fields"] = parse_fields(fields)
        check_by(named(description), path, params)
        with connection.client() as client:
            show(client, path, params)


@app.command(context_settings=_FORWARDED)
def sandbox(context: typer.Context) -> None:
    """Serve a local Coupa for tests; its own options: coupa sandbox --help."""
    with reported(debug=False):
        from coupa_async_client.sandbox import Sandbox  # noqa: F401, PLC0415  (names its extra)
    raise typer.Exit(sandbox_main(context.args))


@app.command()
def demo(
    rows: o.DemoRowsOption = 5_000,
    folder: o.DemoFolderOption = "coupa-demo",
    debug: o.DebugOption = False,
) -> None:
    """Export invoices of a local Coupa, and check that every one came once."""
    with reported(debug=debug):
        from .demo import demonstrate  # noqa: PLC0415  (needs the extra [sandbox])

        sound = demonstrate(rows, folder)
    raise typer.Exit(0 if sound else 1)


app.add_typer(describing)
app.add_typer(profiling, name="profiles")
app.add_typer(examining)
