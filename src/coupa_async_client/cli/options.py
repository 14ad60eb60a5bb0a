"""What each option is called, takes and means; its default is in the command that has it."""

from typing import Annotated

import typer

from coupa_async_client.export import Format
from coupa_async_client.types import OnError, Paging

from . import completion, described

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
    str | None,
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
DescriptionOption = Annotated[
    list[str] | None,
    typer.Option(
        "--description",
        metavar="PATH",
        help=f"Coupa's Swagger 2.0: a file or a folder of them. Repeatable; or set {described.VARIABLE}.",
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
    int | None, typer.Option("--concurrent", metavar="N", help="Requests in flight (32).")
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
ExplainOption = Annotated[
    bool,
    typer.Option(
        "--explain",
        help="Tell what it would bring and cost, by three small requests, in place of a file.",
    ),
]
ExplainJsonOption = Annotated[bool, typer.Option("--json", help="Print the explanation as JSON.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
DebugOption = Annotated[
    bool,
    typer.Option(
        "--debug", help="Log requests and show tracebacks, on stderr; COUPA_LOG=info logs less."
    ),
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

DemoRowsOption = Annotated[
    int, typer.Option("--rows", min=1, metavar="N", help="How many invoices there are.")
]
DemoFolderOption = Annotated[
    str, typer.Option("--dir", metavar="FOLDER", help="Where the files go; made if need be.")
]
