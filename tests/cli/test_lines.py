"""The receipt and the progress as text."""

import pytest

from coupa_async_client import ScanReceipt
from coupa_async_client.cli.progress import progress_line
from coupa_async_client.cli.receipt import missing, receipt_line

WHOLE = ScanReceipt(
    resource="invoices",
    paging="keyset",
    rows=1_234_567,
    requests=24_692,
    retries={"503": 2, "429": 1},
    waited=812.34,
    elapsed=1040.0,
    id_min=3,
    id_max=9_000_001,
    complete=True,
)


def test_a_receipt_says_what_came_what_it_cost_and_that_nothing_is_missing():
    assert receipt_line(WHOLE, "a.jsonl", 2_500_000_000) == (
        "a.jsonl: 1,234,567 rows, complete, ids 3 to 9000001, 2.5 GB; 24,692 requests, "
        "3 retries (1 x 429, 2 x 503), waited 812.3 s for the rate limit, 1,040.0 s"
    )


def test_a_receipt_says_that_something_is_missing():
    receipt = ScanReceipt(resource="invoices", paging="offset", rows=1, requests=1, elapsed=0.04)

    assert receipt_line(receipt, "stdout") == (
        "stdout: 1 row, INCOMPLETE; 1 request, no retries, 0.0 s"
    )


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 bytes"), (1, "1 byte"), (1_500, "1.5 kB"), (85_900_000, "85.9 MB")]
)
def test_sizes_are_readable(size, text):
    assert f", {text};" in receipt_line(WHOLE, "a", size)


def test_progress_fits_a_narrow_terminal():
    receipt = ScanReceipt(
        resource="invoices", paging="keyset", rows=2_500, requests=51, elapsed=2.54, waited=0.3
    )

    line = progress_line(receipt)

    assert line == ("invoices  2,500 rows  984 rows/s  2.5 s  51 requests  0 retries  waited 0.3 s")
    assert len(line) + 2 <= 80


def test_progress_before_the_first_answer_and_after_the_last():
    start = ScanReceipt(resource="invoices", paging="keyset")

    assert progress_line(start).startswith("invoices  0 rows  0 rows/s  0.0 s")
    assert progress_line(WHOLE).endswith("rows/s  all here, writing the file")


def test_a_receipt_says_what_an_earlier_run_had_brought():
    line = receipt_line(WHOLE, "a.jsonl", kept=100)

    assert line.startswith(
        "a.jsonl: 1,234,667 rows, complete, 100 of an earlier run; 24,692 requests"
    )


def test_a_receipt_says_that_rows_moved():
    receipt = ScanReceipt(
        resource="invoices", paging="offset", rows=9, complete=True, duplicates=2, drift=1
    )

    assert receipt_line(receipt, "a").startswith(
        "a: 9 rows, complete, 2 rows dropped that came twice, rows had moved at 1 place, so some "
        "may be missing; "
    )


@pytest.mark.parametrize(
    ("paging", "holes", "words"),
    [
        ("ranges", ((None, None),), "ids from 1"),
        ("ranges", ((None, 7), (50, 100), (200, None)), "ids 1 to 7, 51 to 100, from 201"),
        (
            "keyset",
            ((1, 2), (3, 4), (5, 6), (7, 8), (9, None)),
            "2 to 2, 4 to 4, 6 to 6 and 2 more",
        ),
        ("offset", ((0, 50), (98, None)), "offsets 0 to 49, from 98"),
    ],
)
def test_what_is_missing_is_said_in_the_units_of_the_query(paging, holes, words):
    receipt = ScanReceipt(resource="invoices", paging=paging, holes=holes)

    assert words in missing(receipt)
