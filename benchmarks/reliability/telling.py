"""What every client of the matrix does with its rows: tell each on stdout, mark it, and tell the end.

Standard library only, for it runs in the virtual environment of each client.
"""

import http.client
import json
import os
import sys
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit


class Marker:
    """Marks rows as exported over a connection of its own: `PUT /api/invoices/7?exported=true`."""

    def __init__(self, base_url: str) -> None:
        """Keep the address; the connection is made with the first row."""
        parts = urlsplit(base_url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        self._path = parts.path

    def __enter__(self) -> Self:
        """Return the marker itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self._connection.close()

    def mark(self, id_: int) -> None:
        """Mark one row."""
        self._connection.request("PUT", f"{self._path}/invoices/{id_}?exported=true")
        self._connection.getresponse().read()


class Teller:
    """Tells rows as they come; at the end, what a caller would know."""

    def __init__(self) -> None:
        """Read from the environment whether rows are to be marked."""
        self._marker = Marker(os.environ["BASE_URL"]) if os.environ.get("MARKS") else None

    def row(self, row: dict[str, Any]) -> None:
        """Tell and mark one row."""
        sys.stdout.write(f"{row['id']}\n")
        if self._marker:
            self._marker.mark(row["id"])

    def rows(self, rows: Iterable[dict[str, Any]]) -> None:
        """Tell and mark row after row, and then the end."""
        error: Exception | None = None
        try:
            for row in rows:
                self.row(row)
        except Exception as caught:  # noqa: BLE001  (the table says that there was one)
            error = caught
        self.end(error)

    def end(self, error: Exception | str | None, **more: bool) -> None:
        """Tell how it ended."""
        said = None if error is None else str(error)[:500] or repr(error)
        sys.stdout.write(json.dumps({"error": said, **more}) + "\n")
        sys.stdout.flush()
