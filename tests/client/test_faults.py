"""What goes wrong on the way: each fault ends as all rows once, or as an error that says so."""

import gzip
import json
import threading
import time
from itertools import pairwise

import pytest

from coupa_async_client import (
    CoupaAPIError,
    CoupaAuthError,
    CoupaBadRequestError,
    CoupaConnectionError,
    CoupaForbiddenError,
    CoupaRateLimitError,
    CoupaServerError,
    CoupaShapeError,
    CoupaTimeoutError,
    CoupaTransportError,
    IncompleteScanError,
)
from servers import Broken, Seen, Server, http, rows, serving

IDS = range(1, 231)
PAGINGS = ("keyset", "offset")


def first_times(fault, times, answer):
    """Answer the third request for rows and the next `times - 1` by the fault, all others properly.

    One that is answered by no rows may be a look ahead, which a scan does not wait for.
    """
    state = {"count": 0}
    lock = threading.Lock()

    def answered(seen: Seen):
        proper = answer(seen)
        if proper.endswith(b"[]"):
            return proper
        with lock:
            state["count"] += 1
            turn = state["count"]
        if 3 <= turn < 3 + times:
            return fault(seen) if callable(fault) else fault
        return proper

    return answered


PAGE = json.dumps(rows(range(1, 51))).encode()
PASSING = {
    "500": http(500),
    "502": http(502, b"<html>bad gateway", content_type="text/html"),
    "503 with Retry-After 0": http(503, retry_after="0"),
    "504": http(504),
    "408": http(408),
    "429 without Retry-After": http(429, b"slow down"),
    "429 with Retry-After in seconds": http(429, retry_after="0"),
    "429 with Retry-After as a date": http(
        429,
        retry_after="Wed, 21 Oct 2026 07:28:00 GMT",
        date="Wed, 21 Oct 2026 07:28:00 GMT",
    ),
    "HTML with 200": http(200, b"<html>maintenance</html>", content_type="text/html"),
    "empty body with 200": http(200, b""),
    "broken JSON": http(200, PAGE[:-7]),
    "body cut short": Broken(http(200, PAGE)[:-7]),
    "gzip cut short": http(200, gzip.compress(PAGE)[:-30], content_encoding="gzip"),
    "gzip that is none": http(200, PAGE, content_encoding="gzip"),
    "closed before the head": Broken(),
    "reset before the head": Broken(ending="reset"),
    "reset inside the body": Broken(http(200, PAGE)[:-7], "reset"),
    "wrong encoding": http(200, b'[{"id":1,"name":"\xff"}]'),
}


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("paging", PAGINGS)
def test_a_passing_fault_costs_a_retry_and_no_row(drain, paging, fault):
    with Server(first_times(PASSING[fault], 2, serving(IDS))) as server:
        outcome = drain(server.arguments(), "invoices", paging=paging)
    assert outcome.error is None
    assert outcome.ids == list(IDS)
    assert sum(outcome.receipt.retries.values()) == 2
    assert outcome.receipt.complete


@pytest.mark.parametrize("paging", PAGINGS)
def test_a_server_that_never_answers_is_given_up_and_asked_again(drain, paging):
    with Server(first_times(Broken(b"", "hold"), 1, serving(IDS))) as server:
        outcome = drain(server.arguments(timeout=0.3), "invoices", paging=paging)
    assert outcome.error is None
    assert outcome.ids == list(IDS)
    assert outcome.receipt.retries == {"timeout": 1}


LASTING = {
    "400": (http(400, {"errors": {"x": ["bad filter"]}}), CoupaBadRequestError, "bad filter", 1),
    "403": (http(403, {"errors": ["no scope"]}), CoupaForbiddenError, "scopes", 1),
    "302": (http(302, location="https://login.example"), CoupaAPIError, "redirects", 1),
    "errors object with 200": (
        http(200, {"errors": {"x": ["boom"]}}),
        CoupaShapeError,
        "boom",
        1,
    ),
    "an object with 200": (http(200, {"id": 1}), CoupaShapeError, "instead of a list", 1),
    "a page longer than asked": (http(200, rows(range(1, 99))), CoupaShapeError, "98 rows", 1),
    "500 for ever": (http(500), CoupaServerError, "500", 6),
    "429 for ever": (http(429), CoupaRateLimitError, "429", 6),
    "429 that asks for an hour": (http(429, retry_after="3600"), CoupaRateLimitError, "429", 1),
    "HTML for ever": (http(200, b"<html>"), CoupaShapeError, "an HTML page", 6),
    "cut for ever": (Broken(http(200, PAGE)[:-7]), CoupaTransportError, "broke off", 6),
}


@pytest.mark.parametrize("fault", LASTING)
@pytest.mark.parametrize("paging", PAGINGS)
def test_a_lasting_fault_is_one_clear_error_within_bounds(drain, paging, fault):
    answer, kind, words, tries = LASTING[fault]
    with Server(lambda _: answer) as server:
        outcome = drain(server.arguments(), "invoices", paging=paging)
        cause = outcome.error
        if tries > 1 or kind is CoupaRateLimitError:  # it may pass: there is something to resume
            assert isinstance(outcome.error, IncompleteScanError)
            assert outcome.error.holes["left"] == [[None if paging == "keyset" else 0, None]]
            cause = outcome.error.__cause__
        assert type(cause) is kind
        assert words in str(outcome.error)
        assert outcome.rows == []
        assert not outcome.receipt.complete
        assert len(server.api) == tries
        assert len(server.tokens) == 1


@pytest.mark.parametrize("paging", PAGINGS)
def test_a_fault_in_mid_scan_ends_it_after_the_rows_before(drain, paging):
    with Server(first_times(http(403), 10_000, serving(IDS))) as server:
        outcome = drain(server.arguments(), "invoices", paging=paging, concurrent=1)
    assert isinstance(outcome.error, IncompleteScanError)
    assert isinstance(outcome.error.__cause__, CoupaForbiddenError)
    assert outcome.ids == list(range(1, len(outcome.ids) + 1))
    assert len(outcome.ids) <= 100
    assert not outcome.receipt.complete


def test_a_silent_server_for_ever_is_a_timeout(drain):
    with Server(lambda _: Broken(b"", "hold")) as server:
        outcome = drain(server.arguments(timeout=0.1, max_attempts=2), "invoices")
    assert isinstance(outcome.error.__cause__, CoupaTimeoutError)
    assert "gave up after 2 tries" in outcome.error.__cause__.__notes__[0]


def test_a_resource_that_ignores_id_filters_raises_and_never_repeats(drain):
    with Server(lambda _: http(200, rows(range(1, 51)))) as server:
        outcome = drain(server.arguments(), "invoices", paging="keyset")
    assert isinstance(outcome.error.__cause__, CoupaShapeError)
    assert 'use paging="offset"' in str(outcome.error)
    assert outcome.ids == list(range(1, 51))


def test_a_resource_that_ignores_offset_raises_and_never_ends_in_a_loop(drain):
    with Server(lambda _: http(200, rows(range(1, 51)))) as server:
        outcome = drain(server.arguments(), "invoices", paging="offset")
    assert isinstance(outcome.error.__cause__, CoupaShapeError)
    assert 'use paging="keyset"' in str(outcome.error)
    assert outcome.ids == list(range(1, 51))


def test_an_instance_that_caps_pages_at_20_loses_no_row(drain):
    for paging in PAGINGS:
        with Server(serving(IDS, cap=20)) as server:
            outcome = drain(server.arguments(), "invoices", paging=paging)
        assert outcome.ids == list(IDS)


def test_an_unreachable_host_is_told_after_two_tries(drain):
    with Server(serving(IDS)) as server:
        arguments = server.arguments()
    outcome = drain(arguments, "invoices")
    assert isinstance(outcome.error, CoupaAuthError)
    assert isinstance(outcome.error.__cause__, CoupaConnectionError)
    assert "cannot connect" in str(outcome.error)


def test_a_429_slows_the_others_too(drain):
    """After a 429 with Retry-After, no request arrives before it is over, from whatever slot."""
    arrivals = []
    lock = threading.Lock()

    def answer(seen):
        with lock:
            arrivals.append(time.monotonic())
            turn = len(arrivals)
        return http(429, retry_after="0.4") if turn == 5 else serving(IDS)(seen)

    with Server(answer) as server:
        outcome = drain(server.arguments(rate=1000.0, burst=1), "invoices", paging="offset")
    assert outcome.ids == list(IDS)
    gaps = [b - a for a, b in pairwise(arrivals)]
    assert max(gaps) > 0.2
    assert outcome.receipt.retries == {"429": 1}
