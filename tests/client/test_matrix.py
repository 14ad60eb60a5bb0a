"""The fault matrix: every fault by every way of paging and every face, each cell within 30 seconds.

All rows come once, or the missing ones are named; the command line is a process for each cell.
"""

import pytest
from coupa import Coupa
from faults import FAULTS
from ours import FACES, Question, ignored
from telling import Marker
from verdicts import ALL, NAMED, REFUSED, verdict

from faces import hasty
from servers import Server

PAGINGS = ("offset", "keyset", "auto")
TOLD = "loss, told as drift"
LASTING = {
    '200 with `{"errors": ...}`': NAMED,
    "silent from the middle on": NAMED,
    "a page longer than the limit": NAMED,
    "the page before once more": NAMED,
    "every page is the first": NAMED,
    "redirect to a log-in page": NAMED,
    "a body of 200 MB": NAMED,
    "one page fails for good": NAMED,
    "all pages 403": REFUSED,
    "all pages 500": NAMED,
}
"""What asking again cannot mend; every other fault ends with all rows."""

MOVES = {
    "drain of `exported=false`, each row marked on arrival",
    "rows enter and leave with every page",
}
"""Where offsets cannot know what they miss; the receipt tells that rows moved."""


def meet(fault, paging, face):
    coupa = fault.coupa()
    with (
        Server(coupa.answer, token=coupa.token) as server,
        Marker(server.arguments()["base_url"]) as marker,
    ):
        arguments = server.arguments(timeout=fault.timeout, max_attempts=4, rate=1_000.0)
        arrived = marker.mark if fault.marks else ignored
        asked = Question(arguments, {"exported": "false"}, paging, arrived, hasty)
        outcome = FACES[face](asked)
    assert len(outcome.ids) == len(set(outcome.ids))
    assert set(outcome.ids) <= coupa.possible
    return verdict(outcome, coupa.expected, names_holes=True)


def expected(fault, paging):
    if paging == "offset" and fault.name in MOVES:
        return TOLD
    if paging == "offset" and fault.name == "the page before once more":
        return ALL  # it brings nothing new, and is asked for again
    return LASTING.get(fault.name, ALL)


@pytest.mark.parametrize("face", ["async", "sync", "command line"])
@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_row_once_or_the_missing_ones_named(fault, paging, face):
    assert meet(fault, paging, face).startswith(expected(fault, paging))


def test_every_name_in_the_tables_above_is_a_fault():
    assert LASTING.keys() | MOVES <= {fault.name for fault in FAULTS}


def test_the_coupa_of_the_matrix_is_honest_without_a_fault():
    coupa = Coupa()
    assert coupa.expected == coupa.possible == set(range(1, 1_001))
