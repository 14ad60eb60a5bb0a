"""What each option is called, takes and means; its default is in the command that has it."""

from typing import Annotated

import typer

from coupa_async_client.export import Format
from coupa_async_client.types import OnError, Paging

from . import completion

ResourceArgument = Annotated[
    str,
    typer.Argument(
        metavar="RESOURCE",
        help="Such as invoices, or suppliers/7/addresses.",
        autocompletion=completion.resources,
        show_default=False,
    ),
]
OutputOption = Annotated[
    str,
    typer.Option("--output", "-o", metavar="FILE", help="A .jsonl or .csv file; - for stdout."),
]
FormatOption = Annotated[
    Format | None, typer.Option("--format", help="In place of what FILE ends in.")
]
WhereOption = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="ATTR[OP]=VALUE",
        help="Only rows for which this holds, such as 'status\\[in]=approved,voided'. Repeatable.",
        autocompletion=completion.where,
    ),
]
FieldsOption = Annotated[
    str | None,
    typer.Option(
        "--fields",
        metavar="NAMES",
        help="Only these attributes: id,status,supplier.name or Coupa's own JSON.",
        autocompletion=completion.fields,
    ),
]
LimitRowsOption = Annotated[
    int | None, typer.Option("--limit-rows", metavar="N", help="Stop after N rows.")
]
PagingOption = Annotated[
    Paging,
    typer.Option("--paging", help="keyset is safe while rows change; offset keeps Coupa's order."),
]
PageSizeOption = Annotated[
    int | None, typer.Option("--page-size", metavar="N", help="Rows per request (50, the most).")
]
ConcurrentOption = Annotated[
    int | None, typer.Option("--concurrent", metavar="N", help="Requests in flight (20).")
]
RawCellsOption = Annotated[
    bool, typer.Option("--raw-cells", help="Leave CSV cells that a spreadsheet would run.")
]
OnErrorOption = Annotated[
    OnError,
    typer.Option(
        "--on-error", help="Where a page fails for good: raise stops, finish brings the rest first."
    ),
]
ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on where an earlier run for FILE ended early.")
]
ReceiptOption = Annotated[
    str | None,
    typer.Option("--receipt", metavar="FILE", help="Write the account of the run there, as JSON."),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
DebugOption = Annotated[
    bool, typer.Option("--debug", help="Log requests and show tracebacks, on stderr.")
]
PathArgument = Annotated[
    str,
    typer.Argument(
        metavar="PATH",
        help="A record, such as invoices/7, or a collection.",
        autocompletion=completion.resources,
        show_default=False,
    ),
]

_PANEL = "Connection (default: environment variables COUPA_..., then .env)"

InstanceOption = Annotated[
    str | None,
    typer.Option(
        "--instance",
        help="yourcompany or yourcompany.coupahost.com; both URLs follow from it.",
        rich_help_panel=_PANEL,
    ),
]
BaseUrlOption = Annotated[
    str | None,
    typer.Option(
        "--base-url", help="https://yourcompany.coupahost.com/api", rich_help_panel=_PANEL
    ),
]
TokenUrlOption = Annotated[
    str | None,
    typer.Option(
        "--token-url",
        help="Where tokens come from; /oauth2/token on the same host by default.",
        rich_help_panel=_PANEL,
    ),
]
ClientIdOption = Annotated[
    str | None, typer.Option("--client-id", help="COUPA_CLIENT_ID", rich_help_panel=_PANEL)
]
ClientSecretOption = Annotated[
    str | None,
    typer.Option(
        "--client-secret",
        help="Better in COUPA_CLIENT_SECRET: command lines are there for all to see.",
        rich_help_panel=_PANEL,
    ),
]
ScopesOption = Annotated[
    str | None,
    typer.Option("--scopes", help="Such as core.invoice.read,openid.", rich_help_panel=_PANEL),
]
TimeoutOption = Annotated[
    float | None,
    typer.Option("--timeout", help="Seconds to wait for an answer (60).", rich_help_panel=_PANEL),
]
RateOption = Annotated[
    float | None,
    typer.Option("--rate", help="Requests a second (25).", rich_help_panel=_PANEL),
]
BudgetOption = Annotated[
    str | None,
    typer.Option(
        "--budget",
        metavar="NAME",
        help="Share the rate with all that name the same; a path, or a URL of Redis in COUPA_BUDGET.",
        rich_help_panel=_PANEL,
    ),
]
MaxAttemptsOption = Annotated[
    int | None,
    typer.Option("--max-attempts", help="Tries per request (6).", rich_help_panel=_PANEL),
]
CaFileOption = Annotated[
    str | None,
    typer.Option(
        "--ca-file",
        help="PEM file of certificates to trust instead of the system's.",
        rich_help_panel=_PANEL,
    ),
]
ProxyOption = Annotated[
    str | None,
    typer.Option("--proxy", help="For example http://proxy:8080.", rich_help_panel=_PANEL),
]

DemoRowsOption = Annotated[
    int, typer.Option("--rows", min=1, metavar="N", help="How many invoices there are.")
]
DemoFolderOption = Annotated[
    str, typer.Option("--dir", metavar="FOLDER", help="Where the files go; made if need be.")
]
