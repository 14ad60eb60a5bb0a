"""Faults: which requests they befall, and what the caller then sees."""

import socket
from collections.abc import Callable
from http.client import IncompleteRead
from typing import Any

import pytest

from coupa_async_client.sandbox import Sandbox
from coupa_async_client.sandbox.exchange import Call
from coupa_async_client.sandbox.faults import Faults, Rule

from .conftest import Caller


def fired(faults: Faults, path: str, count: int) -> list[str | None]:
    picked = [faults.pick(Call("GET", f"/api/{path}")) for _ in range(count)]
    return [rule.do if rule else None for rule in picked]


@pytest.mark.parametrize(
    ("how", "places"),
    [
        ({}, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ({"times": 2}, [1, 2]),
        ({"nth": 3}, [3]),
        ({"nth": 3, "times": 2}, [3, 4]),
        ({"every": 4}, [4, 8]),
        ({"every": 4, "times": 1}, [4]),
        ({"nth": 2, "every": 3}, [2, 5, 8]),
        ({"share": 1.0}, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ({"share": 0.0}, []),
    ],
)
def test_how_often_a_rule_fires(how: dict[str, Any], places: list[int]) -> None:
    faults = Faults(1, 0)
    faults.add(Rule("503", **how))
    found = [place for place, do in enumerate(fired(faults, "invoices", 9), 1) if do]
    assert found == places


def test_a_share_is_seeded() -> None:
    def series(seed: int) -> list[str | None]:
        faults = Faults(seed, 0)
        faults.add(Rule("503", share=0.2))
        return fired(faults, "invoices", 500)

    assert series(1) == series(1) != series(2)
    assert 60 < series(1).count("503") < 140


def test_the_first_rule_that_fires_wins() -> None:
    faults = Faults(1, 0)
    faults.add(Rule("500", nth=2))
    faults.add(Rule("503"))
    assert fired(faults, "invoices", 3) == ["503", "500", "503"]


@pytest.mark.parametrize(
    ("rule", "call", "meant"),
    [
        (Rule("500", path="invoices"), Call("GET", "/api/invoices"), True),
        (Rule("500", path="invoices"), Call("GET", "/api/invoices/7"), True),
        (Rule("500", path="/api/invoices"), Call("GET", "/api/invoices"), True),
        (Rule("500", path="invoices/*"), Call("GET", "/api/invoices"), False),
        (Rule("500", path="invoice"), Call("GET", "/api/invoices"), False),
        (Rule("500", path="oauth2/token"), Call("POST", "/oauth2/token"), True),
        (Rule("500", method="post"), Call("GET", "/api/invoices"), False),
        (Rule("500", query={"offset": "50"}), Call("GET", "/x", (("offset", "50"),)), True),
        (Rule("500", query={"offset": "50"}), Call("GET", "/x", (("offset", "100"),)), False),
    ],
)
def test_which_requests_a_rule_is_about(rule: Rule, call: Call, meant: bool) -> None:
    assert rule.matches(call) == meant


@pytest.mark.parametrize(
    "named",
    [
        {"do": "explode"},
        {"do": "99"},
        {"do": ""},
        {"do": "500", "nth": 0},
        {"do": "500", "colour": "red"},
        {"do": "slow", "seconds": "long"},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(coupa: Caller, named: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        coupa.sandbox.fault(**named)


def test_faults_as_the_caller_sees_them(coupa: Caller) -> None:
    for do in ("418", "html", "bad_json", "empty", "errors_object", "redirect", "slow"):
        coupa.sandbox.fault(
            do, path="invoices", nth=1, **({"seconds": 0.01} if do == "slow" else {})
        )
    good = coupa.api("users", {"limit": 2})
    teapot, html, bad, empty, errors, redirect, slow = (
        coupa.api("invoices", {"limit": 2}) for _ in range(7)
    )
    assert teapot.status == 418
    assert html.status == 200
    assert html.headers["content-type"].startswith("text/html")
    assert bad.status == 200
    with pytest.raises(ValueError, match=r"\w"):
        bad.json  # noqa: B018
    assert (empty.status, empty.body) == (200, b"")
    assert (errors.status, list(errors.json)) == (200, ["errors"])
    assert (redirect.status, redirect.headers["location"]) == (302, "/sessions/new")
    assert slow.ids == good.ids == [1, 2]
    named = [entry.fault for entry in coupa.sandbox.journal]
    assert named == [
        None,
        None,
        "418",
        "html",
        "bad_json",
        "empty",
        "errors_object",
        "redirect",
        "slow",
    ]


def test_a_cut_body_is_shorter_than_declared(coupa: Caller) -> None:
    coupa.sandbox.fault("cut", nth=1)
    with pytest.raises(IncompleteRead) as caught:
        coupa.api("invoices", {"limit": 5})
    assert len(caught.value.partial) in {caught.value.expected, (caught.value.expected or 0) - 1}
    assert coupa.api("invoices", {"limit": 1}).ids == [1]


def test_expiring_a_token_refuses_all_that_were_handed_out(coupa: Caller) -> None:
    coupa.sandbox.fault("expire_token", path="invoices", nth=2)
    statuses = [coupa.api("invoices", {"limit": 1}).status for _ in range(3)]
    assert statuses == [200, 401, 401]
    assert coupa.log_in().api("invoices", {"limit": 1}).status == 200


def test_details_of_a_status(coupa: Caller) -> None:
    coupa.sandbox.fault("503", nth=1, retry_after=2, body="closed")
    coupa.sandbox.fault("503", nth=1, retry_after="date", seconds=3600)
    first, second = coupa.api("invoices"), coupa.api("invoices")
    assert (first.headers["retry-after"], first.body) == ("2", b"closed")
    assert second.headers["retry-after"].endswith("GMT")
    coupa.sandbox.fault("403", nth=1, body='{"errors": {"scope": ["no"]}}')
    assert coupa.api("invoices").json == {"errors": {"scope": ["no"]}}


def test_a_fault_on_the_token_endpoint(coupa: Caller) -> None:
    coupa.sandbox.fault("503", path="oauth2/token", nth=1)
    assert [coupa.token().status for _ in range(2)] == [503, 200]


def test_hanging_ends_when_the_caller_leaves_or_the_server_stops() -> None:
    with Sandbox(polite=True) as sandbox:
        coupa = Caller(sandbox).log_in()
        sandbox.fault("hang", path="invoices")
        with pytest.raises(TimeoutError):
            coupa.send("GET", "/api/invoices", timeout=0.05)
        assert sandbox.journal[-1].status == 0
        assert coupa.api("users", {"limit": 1}).status == 200
        host, port = sandbox.url.removeprefix("http://").split(":")
        left = socket.create_connection((host, int(port)), timeout=10)
        left.sendall(b"GET /api/invoices HTTP/1.1\r\nHost: x\r\n\r\n")
        while len(sandbox.journal) < 4:
            continue
    with left:
        head = left.makefile("rb").read()
    assert b"content-length: 1" in head
    assert head.endswith(b"\r\n\r\n")


def test_the_rude_defaults_spoil_about_one_get_in_a_hundred(serve: Callable[..., Caller]) -> None:
    faults = Faults(1, 0.01)
    spoiled = [do for do in fired(faults, "invoices", 20_000) if do]
    assert set(spoiled) == {"500", "503"}
    assert 140 < len(spoiled) < 260
    coupa = serve(fault_share=1.0)
    assert {coupa.api("invoices").status for _ in range(20)} <= {500, 503, 200}
    assert coupa.api("invoices/1", method="PUT", body={}).status == 200
