"""Every knob of the sandbox that can be told from outside is told, whichever way it is set."""

import asyncio
from dataclasses import fields

import pytest

from coupa_async_client import auth
from coupa_async_client.sandbox import Sandbox
from coupa_async_client.sandbox.config import Config

ROWS = {"invoices": 70}

FACTS = [
    ("max_limit", "clamp", "page size", ("ok", "50 rows; a larger limit is cut")),
    ("max_limit", "400", "page size", ("ok", "50 rows; a larger limit is refused (400)")),
    ("honour_order", True, "order_by", ("ok", "obeyed")),
    ("honour_order", False, "order_by", ("warn", "ignored")),
    ("unknown_filter", "ignore", "unknown filter", ("warn", "lists everything")),
    ("unknown_filter", "400", "unknown filter", ("ok", "refused (400)")),
    ("unknown_filter", "empty", "unknown filter", ("warn", "an empty list")),
    ("unknown_field", "ignore", "unknown field", ("ok", "left out in silence")),
    ("unknown_field", "400", "unknown field", ("ok", "refused (400)")),
    ("token_seconds", 60, "token", ("ok", "granted, good for 60 s")),
    ("token_seconds", 86399, "token", ("ok", "granted, good for 24 h")),
    ("token_settle", 0, "new token", ("ok", "works at once")),
    ("client_auth", "body", "token", ("ok", "granted")),
    ("client_auth", "either", "token", ("ok", "granted")),
    ("client_auth", "basic", "token", ("fail", "refused: invalid_client")),
    ("granted", {"core.invoice.read", "openid"}, "scopes", ("ok", "2 granted")),
    ("granted", {"core.supplier.read"}, "scopes", ("warn", "core.invoice.read")),
    ("granted", {"core.supplier.read"}, "read invoices", ("fail", "answered 403")),
    ("throttle", "off", "throttling", ("ok", "none of 7 answers was a 429")),
    ("fault_share", 0.0, "read invoices", ("ok", "readable, 50 rows")),
    ("fault_share", 2.0, "read invoices", ("fail", "answered 503")),
    ("fault_share", 0.0, "server errors", ("ok", "none of 7 answers was a 5xx")),
    ("fault_share", 0.3, "server errors", ("warn", "answers: 50")),
    ("rows", {"invoices": 0}, "read invoices", ("ok", "readable, empty")),
    ("rows", {"invoices": 1}, "read invoices", ("ok", "readable, 1 row")),
    ("rows", {"invoices": 50}, "page size", ("unknown", "invoices has only 50 rows")),
]

PROFILE = [
    ("max_limit", "clamp", "larger_limit", "capped"),
    ("max_limit", "400", "larger_limit", "refused"),
    ("max_limit", "400", "page_cap", 50),
    ("honour_order", True, "honours_order_by", True),
    ("honour_order", False, "honours_order_by", False),
    ("honour_order", False, "honours_id_gt", True),
    ("unknown_filter", "ignore", "unknown_filter", "ignored"),
    ("unknown_filter", "400", "unknown_filter", "refused"),
    ("unknown_filter", "empty", "unknown_filter", "empty"),
    ("unknown_field", "ignore", "unknown_field", "ignored"),
    ("unknown_field", "400", "unknown_field", "refused"),
    ("rows", {"invoices": 0}, "ids_ascending", None),
    ("throttle", "off", "retry_after", None),
]

APART = {"token_settle", "bad_credentials_status", "retry_after", "rate", "burst", "latency"}
"""Told in tests of their own below."""

NOT_TOLD = {
    "seed": "the content of rows is not looked at",
    "load": "the content of rows is not looked at",
    "null_keys": "the content of rows is not looked at",
    "bad_paging": "the client never sends such a limit",
    "bad_datetime": "the client never sends such a datetime",
    "any_accept": "the client always names JSON",
    "pretty": "means nothing to a reader of JSON",
    "gzip": "means nothing to who asks for it",
    "control": "the sandbox's own",
}


async def hurried(seconds):
    """Wait a tenth of the time, for a limit that is ten times as high as the doctor's pace."""
    await asyncio.sleep(seconds / 10)


def test_no_knob_is_left_out():
    told = {knob for knob, *_ in FACTS} | APART
    assert told.isdisjoint(NOT_TOLD)
    assert told | NOT_TOLD.keys() == {each.name for each in fields(Config)}


@pytest.fixture(scope="module")
def told(examined, arguments_of):
    """Examine a sandbox with one knob turned, once for all that is to be told of it."""
    reports = {}

    def examine(knob, value):
        name = f"{knob}={value}"
        if name not in reports:
            with Sandbox(polite=True, **{"rows": ROWS, "throttle": "off", knob: value}) as sandbox:
                reports[name] = examined(arguments_of(sandbox), "invoices")
        return reports[name]

    return examine


def ids(rows):
    return [f"{knob}={value}-{what}" for knob, value, what, _ in rows]


@pytest.mark.parametrize("case", FACTS, ids=ids(FACTS))
def test_a_knob_is_told(told, case):
    knob, value, check, (verdict, words) = case
    found = told(knob, value)[check]

    assert found.verdict == verdict
    assert words in found.seen
    assert bool(found.remedy) == (verdict in ("warn", "fail"))


@pytest.mark.parametrize("case", PROFILE, ids=ids(PROFILE))
def test_a_knob_becomes_a_fact_of_the_profile(told, case):
    knob, value, fact, known = case
    assert getattr(told(knob, value).profile, fact) == known


@pytest.mark.parametrize("status", [400, 401])
def test_the_status_for_a_wrong_secret_is_told(examined, arguments_of, status):
    with Sandbox(polite=True, bad_credentials_status=status) as sandbox:
        found = examined(arguments_of(sandbox, client_secret="not-it"))["token"]  # noqa: S106

    assert (found.verdict, found.seen) == ("fail", f"refused: invalid_client ({status})")


def test_a_token_that_has_to_settle_is_told_and_waited_for(examined, arguments_of, monkeypatch):
    monkeypatch.setattr(auth, "SETTLING", 0.5)
    with Sandbox(polite=True, rows=ROWS, token_settle=0.3) as sandbox:
        found = examined(arguments_of(sandbox), "invoices")

    assert found["read invoices"].verdict == "ok"
    assert found["new token"].verdict == "warn"
    assert "refused at first (401)" in found["new token"].seen
    assert "COUPA_TOKEN_CACHE" in found["new token"].remedy


@pytest.mark.parametrize(("form", "known"), [(None, False), ("seconds", True), ("date", True)])
def test_a_limit_that_others_draw_on_is_told_and_whether_it_says_how_long(
    examined, arguments_of, form, known
):
    knobs = {"throttle": "refuse", "rate": 20, "burst": 1, "retry_after": form}
    with Sandbox(polite=True, rows=ROWS, **knobs) as sandbox:
        found = examined(arguments_of(sandbox), "invoices", pause=hurried)
        refused = sum(entry.status == 429 for entry in sandbox.journal)

    assert refused
    assert found["throttling"].verdict == "warn"
    word = "with" if known else "without"
    assert found["throttling"].seen.startswith(f"{refused} of ")
    assert found["throttling"].seen.endswith(f"429, {word} Retry-After")
    assert "--budget" in found["throttling"].remedy
    assert found.profile.retry_after is known
    assert found["order_by"].seen == "obeyed, with dir"


def test_a_queue_in_place_of_a_refusal_shows_as_latency(examined, arguments_of):
    with Sandbox(polite=True, rows=ROWS, throttle="queue", rate=20, burst=10) as sandbox:
        straight = examined(arguments_of(sandbox), "invoices").profile.latency_p50
    with Sandbox(polite=True, rows=ROWS, throttle="queue", rate=10, burst=1) as sandbox:
        found = examined(arguments_of(sandbox), "invoices")

    assert found["throttling"].verdict == "ok"
    assert found.profile.latency_p50 > straight


@pytest.mark.parametrize(("latency", "slots"), [(0.0, 16), (0.1, 20)])
def test_latency_is_told_and_as_many_slots_as_it_takes(examined, arguments_of, latency, slots):
    with Sandbox(polite=True, rows=ROWS, throttle="off", latency=latency) as sandbox:
        found = examined(arguments_of(sandbox, rate=100), "invoices")

    assert latency <= found.profile.latency_p50 <= found.profile.latency_p90
    assert found.profile.concurrent >= slots
    assert f"{found.profile.concurrent} in flight suffice for 100" in found["concurrent"].seen
