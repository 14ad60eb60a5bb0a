"""What a scan will bring and cost, told before it runs: plain data, and a block of text for people.

How it is found out is left to `_explaining`.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

_UNITS = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))
_MINUTE = 60.0
_SHOWN = 12
"""Attributes that a line names; more would not be read."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a scan will bring and cost; JSON by `to_dict()`, text for people by `str()`.

    `rows` is None where it cannot be told, and `why` says why it is not, or no better; it is between
    `at_least` and `at_most`. A count that is "close" is within a few percent. `requests`, `seconds`
    and bytes follow from it, None where it is. They count no retries.

    `seconds` is at the pace of this moment, with nobody else drawing on it: `rate` requests a second
    after the first `at_once`, which need not wait (None where nothing is paced), `concurrent` in flight
    at most, `latency` seconds an answer.

    Bytes are of uncompressed JSON, by the rows on the pages that were looked at: `measured` of them as
    they are asked for, with `attributes` alone (none named: all), and in full.

    Any one of `scopes` opens the resource, as far as reported. `parts` are the questions that a long
    list of ids is cut into. `bounds` say what leaves rows out besides filters. `curl` is the first
    request, with the token in `$COUPA_TOKEN`. `looks` counts the requests that all this took.
    """

    resource: str
    paging: Literal["ranges", "keyset", "offset"]
    order: str
    rows: int | None
    certainty: Literal["exact", "close", "rough", "unknown"]
    at_least: int
    at_most: int | None
    why: str
    requests: int | None
    seconds: float | None
    rate: float | None
    at_once: int | None
    concurrent: int
    page_size: int
    latency: float
    bytes_asked: int | None
    bytes_full: int | None
    row_bytes: float
    full_row_bytes: float
    measured: int
    attributes: tuple[str, ...]
    scopes: tuple[str, ...]
    parts: int
    bounds: tuple[str, ...]
    curl: str
    looks: int

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as a JSON-able dictionary."""
        known = asdict(self)
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in known.items()
        }

    def __str__(self) -> str:
        """Return a block of lines, each with a word on what it tells in front."""
        lines = {
            "resource": self.resource,
            "rows": self._rows,
            "requests": self._requests,
            "time": self._time,
            "bytes": self._bytes,
            "order": f"{self.order} (paging by {self.paging})",
            "attributes": self._attributes,
            "scopes": " or ".join(self.scopes) or "none reported for this resource",
            "bounds": "; ".join(self.bounds),
            "first": self.curl,
        }
        return "\n".join(f"{name:<11}{text}" for name, text in lines.items() if text)

    @property
    def _rows(self) -> str:
        reason = f" ({self.why})" if self.why else ""
        if self.rows is None:
            most = "" if self.at_most is None else f", at most {self.at_most:,}"
            return f"unknown{reason}; at least {self.at_least:,}{most}"
        about = {"exact": "", "close": "about ", "rough": "roughly "}.get(self.certainty, "")
        return f"{about}{self.rows:,}{reason}"

    @property
    def _requests(self) -> str:
        size = f"of at most {self.page_size} rows"
        parts = f", in {self.parts} parts: the list of ids is too long for one URL"
        asked = "unknown" if self.requests is None else f"{self.requests:,}"
        return f"{asked}, {size}{parts if self.parts > 1 else ''}"

    @property
    def _time(self) -> str:
        pace = "as fast as answers come"
        if self.rate is not None:
            first = f" after the first {self.at_once}" if self.at_once else ""
            pace = f"at {self.rate:.3g} requests/s{first}"
        flight = f"{self.concurrent} in flight at most, {self.latency:.2f} s an answer"
        took = "unknown" if self.seconds is None else _lasting(self.seconds)
        return f"{took} {pace}, {flight}"

    @property
    def _bytes(self) -> str:
        if not self.measured:
            return ""
        if self.bytes_asked is None or self.bytes_full is None:
            asked, full = f"{_size(self.row_bytes)} a row", f"{_size(self.full_row_bytes)}"
        else:
            asked, full = _size(self.bytes_asked), _size(self.bytes_full)
        compared = f" as asked, {full} in full" if self.attributes else ""
        return f"{asked}{compared} (uncompressed JSON, by {self.measured:,} rows)"

    @property
    def _attributes(self) -> str:
        if not self.attributes:
            return "all: name the ones you need with fields to move less"
        more = len(self.attributes) - _SHOWN
        shown = ", ".join(self.attributes[:_SHOWN])
        return shown + (f" and {more} more" if more > 0 else "")


def _size(count: float) -> str:
    for unit, name in _UNITS:
        if count >= unit:
            return f"{count / unit:,.1f} {name}"
    return f"{count:.0f} bytes"


def _lasting(seconds: float) -> str:
    if seconds < 2 * _MINUTE:
        return f"{seconds:.1f} s"
    minutes = round(seconds / _MINUTE)
    return f"{minutes} min" if minutes < 2 * _MINUTE else f"{minutes / _MINUTE:.1f} h"
