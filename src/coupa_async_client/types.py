"""The data that passes between floors and out to users: JSON, requests, answers, pages, receipts.

Nothing here decides or does I/O.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, overload

import msgspec

MAX_PAGE_SIZE = 50
"""Rows an answer holds at most (doc 0014); what a larger `limit` does is not documented."""

JSONObject = dict[str, Any]
"""One decoded JSON object, keys as Coupa spells them (hyphens)."""

Params = Mapping[str, object]
"""Query parameters: `attr`, `attr[op]` or `assoc[attr][op]` to a value (docs 0009, 0014)."""

Fields = str | Sequence[Any]
"""Coupa's `fields` projection: its JSON text, or the list that text would spell (doc 0008)."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, ready to send but for the token."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    """One complete HTTP answer; header names are lower case, the body is decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    elapsed: float = 0.0

    def json(self) -> Any:  # noqa: ANN401  (JSON is any value)
        """Decode the body.

        Raises:
            msgspec.DecodeError: the body is not JSON.
        """
        return msgspec.json.decode(self.body)


class _Identified(msgspec.Struct):
    id: Any = None


_row_id = msgspec.json.Decoder(_Identified)


class Page(Sequence[JSONObject]):
    """One answer's rows, kept as Coupa's own bytes until somebody looks at one.

    A sequence of JSON objects, at most 50 (doc 0014). `len(page)`, `page.raw` and `page.ids` decode
    no row; indexing and iterating decode the rows they touch, afresh each time.
    """

    __slots__ = ("_ids", "_rows")

    def __init__(self, rows: Sequence[bytes], ids: Sequence[int | None] | None = None) -> None:
        """Take the rows' JSON texts, and their ids where they are known already."""
        self._rows = tuple(rows)
        self._ids = None if ids is None else tuple(ids)

    @property
    def raw(self) -> tuple[bytes, ...]:
        """The JSON text of each row, byte for byte as Coupa sent it."""
        return self._rows

    @property
    def ids(self) -> tuple[int | None, ...]:
        """The id of each row; None where a row has none or one that is no whole number."""
        if self._ids is None:
            self._ids = tuple(_as_id(_row_id.decode(row).id) for row in self._rows)
        return self._ids

    def keep(self, positions: Sequence[int]) -> "Page":
        """Return a page of only the rows at these positions."""
        ids = self.ids
        return Page([self._rows[i] for i in positions], [ids[i] for i in positions])

    def without(self, name: str) -> "Page":
        """Return the page with one top-level attribute taken out of each row.

        Every other value keeps the bytes it came with; `ids` stay known.
        """
        rows = []
        for row in self._rows:
            parts = msgspec.json.decode(row, type=dict[str, msgspec.Raw])
            parts.pop(name, None)
            rows.append(msgspec.json.encode(parts))
        return Page(rows, self.ids)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> JSONObject: ...

    @overload
    def __getitem__(self, index: slice) -> list[JSONObject]: ...

    def __getitem__(self, index: int | slice) -> JSONObject | list[JSONObject]:
        """Decode one row, or a list of them."""
        if isinstance(index, slice):
            return [msgspec.json.decode(row) for row in self._rows[index]]
        return msgspec.json.decode(self._rows[index], type=JSONObject)

    def __iter__(self) -> Iterator[JSONObject]:
        """Decode row after row."""
        return map(msgspec.json.decode, self._rows)

    def __eq__(self, other: object) -> bool:
        """Compare with another page or a list by the rows' values."""
        if isinstance(other, Page | list):
            return list(self) == list(other)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # equal to lists, which have none

    def __repr__(self) -> str:
        """Show the size only: a row's content belongs in no log."""
        return f"<Page of {len(self)} rows>"


def _as_id(value: object) -> int | None:
    """Read an id; some of Coupa's arrive as text (facts section 7: `payment-id: "776"`)."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class ScanReceipt:
    """What one scan did; JSON by `to_dict()`.

    `complete` is true once the scan reached its end, so that nothing that was asked for is missing
    (with `max_items`, once that many rows were handed over). Times are seconds: `waited` is spent
    waiting for the rate limit, `backed_off` between a failed try and the next, both summed over all
    requests in flight.
    """

    resource: str
    paging: str
    rows: int = 0
    pages: int = 0
    requests: int = 0
    retries: Mapping[str, int] = field(default_factory=dict)
    statuses: Mapping[int, int] = field(default_factory=dict)
    token_refreshes: int = 0
    waited: float = 0.0
    backed_off: float = 0.0
    elapsed: float = 0.0
    id_min: int | None = None
    id_max: int | None = None
    complete: bool = False

    def to_dict(self) -> JSONObject:
        """Return the receipt as a JSON-able dictionary; status codes become text keys."""
        return asdict(self) | {
            "retries": dict(self.retries),
            "statuses": {str(status): count for status, count in self.statuses.items()},
        }
