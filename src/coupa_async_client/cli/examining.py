"""The command that examines an instance: a line for each thing as soon as it is known, and a verdict."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import options as o
from .completion import resources
from .connection import Connection, connected
from .description_json import print_json
from .failures import reported, say
from .findings_text import FindingsText

if TYPE_CHECKING:
    from coupa_async_client.doctor import Report

app = typer.Typer()

ResourceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--resource",
        metavar="RESOURCE",
        help="One that must be readable. Repeatable; without any, five common ones are tried.",
        autocompletion=resources,
    ),
]
SaveOption = Annotated[
    str | None,
    typer.Option(
        "--save", metavar="FILE", help="Write what was learned there, for a client's profile=FILE."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command(epilog="Example: coupa doctor --resource invoices --save facts.json")
@connected
def doctor(
    *,
    resource: ResourceOption = None,
    as_json: JsonOption = False,
    save: SaveOption = None,
    debug: o.DebugOption = False,
    connection: Connection,
) -> None:
    """Find out what is wrong with a connection, and how this Coupa answers: at most 30 GETs."""
    with reported(debug=debug):
        # The engine and asyncio, which no other command's start is to wait for.
        from coupa_async_client.doctor import examine  # noqa: PLC0415

        arguments = connection.arguments()
        if as_json:
            report = examine(arguments, resource or ())
            print_json(report.to_dict())
        else:
            text = FindingsText()
            report = examine(arguments, resource or (), told=text.finding)
            text.verdict(report)
        if save:
            _save(report, Path(save))
    raise typer.Exit(1 if report.verdict == "fail" else 0)


def _save(report: "Report", file: Path) -> None:
    """Write the profile whole or not at all, where there is one."""
    if report.profile is None:
        say(f"note: {file} was not written, as nothing was learned of the instance")
        return
    draft = file.with_name(f".{file.name}.part")
    try:
        draft.write_text(f"{report.profile.to_json()}\n", encoding="utf-8")
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    say(f"{file} holds what was learned; give it to a client as profile={str(file)!r}")
