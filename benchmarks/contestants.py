"""Who takes part in more than one question, and how each is used there."""

from collections.abc import Sequence
from dataclasses import dataclass

from peers import CHEAPEST, DLT, OURS, PLAIN_LOOP, PUBLISHED, Client


@dataclass(frozen=True, slots=True)
class Way:
    """One client used in one way."""

    label: str
    client: Client
    options: Sequence[str] = ()

    @property
    def ours(self) -> bool:
        """Tell whether this library is measured."""
        return self.client is OURS


_AUTO = ("--paging", "auto")
RANGES = Way("this library", OURS, _AUTO)
BY_OFFSET = Way("this library, by offset", OURS)
SYNC = Way("this library, sync", OURS, ("--face", "sync", *_AUTO))
SYNC_BY_OFFSET = Way("this library, sync, by offset", OURS, ("--face", "sync"))
EXPORT = Way("this library, `export()`", OURS, ("--face", "export", *_AUTO))
COMMAND = Way("this library, `coupa export`", OURS, ("--face", "command", *_AUTO))
OLD = Way("0.1.0", PUBLISHED)
DLT_SOURCE = Way("dlt's REST source", DLT)
LOOP = Way("plain loop on httpx2", PLAIN_LOOP)
CHEAP = Way("cheapest possible", CHEAPEST)
