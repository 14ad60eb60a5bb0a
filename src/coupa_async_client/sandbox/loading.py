"""Reads rows that a user brings along, value for value: JSONL, a JSON array or a single object."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import msgspec

from coupa_async_client.sandbox.config import Rows
from coupa_async_client.sandbox.values import Row


def load(name: str, source: Path | str | Rows) -> dict[int, Row]:
    """Return the rows of a resource by id, ascending.

    Numbers stay as they are written: integers of any size, and Decimal for the rest.

    Raises:
        ValueError: no JSON, a row that is no object, one without an integer id, or an id twice.
        OSError: the file cannot be read.
    """
    if isinstance(source, str | Path):
        found: Iterator[tuple[str, object]] = _from_file(Path(source))
    else:
        found = _from_list(name, source)
    rows: dict[int, Row] = {}
    for place, row in found:
        row_id = row.get("id") if isinstance(row, dict) else None
        if not isinstance(row, dict) or type(row_id) is not int:
            raise ValueError(f"{place}: a row is a JSON object whose id is a whole number")
        if row_id in rows:
            raise ValueError(f"{place}: id {row_id} is there already; ids must differ")
        rows[row_id] = row
    return dict(sorted(rows.items()))


def _from_list(name: str, rows: Sequence[object]) -> Iterator[tuple[str, object]]:
    for count, row in enumerate(rows, 1):
        yield f"row {count} of {name}", dict(row) if isinstance(row, dict) else row


def _from_file(path: Path) -> Iterator[tuple[str, object]]:
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf").strip()
    decoder = msgspec.json.Decoder(float_hook=Decimal)
    if content.startswith(b"["):
        try:
            rows = decoder.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ValueError(f"{path}: not a JSON array ({error})") from error
        yield from ((f"{path}, row {count}", row) for count, row in enumerate(rows, 1))
        return
    if (row := _one_object(content, decoder)) is not None:
        yield f"{path}, line 1", row
        return
    # JSONL is split at line feeds only: U+2028 inside a value is no line end.
    for count, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            try:
                yield f"{path}, line {count}", decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                remedy = "a file holds JSONL, a JSON array or one object"
                raise ValueError(f"{path}, line {count}: not JSON ({error}); {remedy}") from error


def _one_object(content: bytes, decoder: msgspec.json.Decoder[object]) -> object | None:
    """Decode a file that is one row, which may be pretty-printed over many lines."""
    try:
        return decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
