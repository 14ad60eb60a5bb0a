"""Where the rows of one export go, and what is beside them."""

from dataclasses import dataclass
from pathlib import Path

from coupa_async_client import CoupaConfigError
from coupa_async_client.export import Format, format_of

STDOUT = "-"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the rows go, checked; `fields` is the projection as JSON text, `receipt` another file."""

    place: str
    format: Format
    fields: str | None = None
    limit_rows: int | None = None
    receipt: str | None = None
    raw_cells: bool = False
    resume: bool = False

    @classmethod
    def of(
        cls,
        place: str | None,
        format_: Format | None = None,
        fields: str | None = None,
        limit_rows: int | None = None,
        receipt: str | None = None,
        *,
        raw_cells: bool = False,
        resume: bool = False,
    ) -> "Destination":
        """Settle the format, and check that what is wanted can be had there.

        Raises:
            CoupaConfigError: there is no place; its format cannot be told, or is CSV on stdout; or
                nothing can be gone on with.
        """
        if place is None:
            msg = (
                "--output is missing; give a file, - for stdout, or --explain to see what there is "
                "(coupa export --help)"
            )
            raise CoupaConfigError(msg)
        if place == STDOUT and format_ == "csv":
            msg = "-o - writes JSONL only; give a file for CSV, for example -o rows.csv"
            raise CoupaConfigError(msg)
        if place == STDOUT and resume:
            msg = "--resume goes on with a file, and -o - is none; give a file, for example -o rows.jsonl"
            raise CoupaConfigError(msg)
        if receipt is not None and not Path(receipt).parent.is_dir():
            msg = f"cannot write {receipt}: its folder does not exist; make it first"
            raise CoupaConfigError(msg)
        chosen = format_ or ("jsonl" if place == STDOUT else format_of(place))
        return cls(place, chosen, fields, limit_rows, receipt, raw_cells, resume)

    @property
    def holes(self) -> Path:
        """The file that says which rows are missing, while some are."""
        return Path(f"{self.place}.holes.json")
