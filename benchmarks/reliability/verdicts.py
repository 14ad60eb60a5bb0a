"""What a cell of the matrix says: how a client that met a fault ended, in a few words. Pure."""

from collections import Counter
from collections.abc import Set as AbstractSet

from ours import Outcome

ALL = "all rows once"
NAMED = "raised, holes named"
REFUSED = "raised before any row"
RAISED = "raised"
ENDLESS = "endless"
SOUND = (ALL, NAMED, REFUSED)


def verdict(outcome: Outcome, expected: AbstractSet[int], *, names_holes: bool) -> str:
    """Judge what a caller saw against the rows that were there throughout.

    Where a client never names what is missing, as others do not, an error is just `RAISED`.
    """
    twice = sum(count - 1 for count in Counter(outcome.ids).values())
    again = f", {twice:,} rows twice" if twice else ""
    if outcome.error is not None:
        if not names_holes:
            return RAISED + again
        if outcome.holes:
            return NAMED + again
        return (RAISED if outcome.ids else REFUSED) + again
    came = len(expected & set(outcome.ids))
    if came == len(expected):
        return f"duplicates: {twice:,} rows twice" if twice else ALL
    loss = f"({came:,} of {len(expected):,}{again})"
    return f"loss, told as drift {loss}" if outcome.moved else f"silent loss {loss}"
