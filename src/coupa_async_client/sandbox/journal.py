"""What the sandbox was asked and how it answered; bounded, newest last."""

from collections import deque
from dataclasses import dataclass

ENTRIES_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One request: seconds since the start, what was asked, what came of it.

    `status` is 0 for a request that was left hanging; `fault` names the rule that fired;
    `seconds` runs from arrival to the moment the answer was ready; `in_flight` counts the
    requests inside the server when this one arrived, itself included.
    """

    at: float
    method: str
    path: str
    query: list[tuple[str, str]]
    status: int
    fault: str | None
    seconds: float
    in_flight: int


class Journal:
    """The last requests in the order they arrived."""

    def __init__(self) -> None:
        """Start empty."""
        self._entries: deque[Entry] = deque(maxlen=ENTRIES_KEPT)

    def record(self, entry: Entry) -> None:
        """Add one request; call it before the answer leaves, so that its asker finds it here."""
        self._entries.append(entry)

    def entries(self) -> list[Entry]:
        """Return the requests by time of arrival."""
        return sorted(self._entries, key=lambda entry: entry.at)
