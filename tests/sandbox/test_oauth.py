"""Tokens: who gets one, what it opens, when it stops to."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from coupa_async_client.sandbox.config import Config
from coupa_async_client.sandbox.exchange import Call
from coupa_async_client.sandbox.oauth import CLIENT_ID, CLIENT_SECRET, SCOPES, Tokens
from coupa_async_client.sandbox.shapes import RESOURCES

from .conftest import Caller

FORM = f"grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}"
MEDIA = "application/x-www-form-urlencoded"


def test_a_token_opens_the_api(coupa: Caller) -> None:
    reply = coupa.token(scope=" ".join(coupa.sandbox.scopes))
    assert reply.status == 200
    assert reply.json | {"access_token": "", "scope": ""} == {
        "access_token": "",
        "token_type": "Bearer",
        "expires_in": 86399,
        "scope": "",
    }
    assert reply.json["scope"].split() == list(coupa.sandbox.scopes)
    assert reply.json["access_token"].count(".") == 2
    assert reply.json["access_token"] != coupa.token().json["access_token"]
    assert coupa.api("invoices", {"limit": 1}).status == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": None}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": None}, "invalid_request"),
        ({"scope": "core.invoice.read core.nonsense"}, "invalid_scope"),
        ({"scope": "core.invoice.read,core.user.read"}, "invalid_scope"),
    ],
)
def test_refusals_are_in_the_words_of_rfc_6749(
    coupa: Caller, form: dict[str, Any], error: str
) -> None:
    reply = coupa.token(**form)
    assert (reply.status, reply.json["error"]) == (400, error)


def test_the_status_for_bad_credentials_is_a_knob(serve: Callable[..., Caller]) -> None:
    assert serve(bad_credentials_status=401).token(client_id="x").status == 401


def test_token_requests_of_the_wrong_kind(coupa: Caller) -> None:
    assert coupa.send("GET", "/oauth2/token").status == 405
    reply = coupa.send("POST", "/oauth2/token", b"{}", {"Content-Type": "application/json"})
    assert (reply.status, reply.json["error"]) == (400, "invalid_request")


def basic(secret: str) -> dict[str, str]:
    coded = base64.b64encode(f"{CLIENT_ID}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {coded}"}


@pytest.mark.parametrize(
    ("where", "body_works", "basic_works"),
    [("either", True, True), ("body", True, False), ("basic", False, True)],
)
def test_where_credentials_may_come(where: str, body_works: bool, basic_works: bool) -> None:
    tokens = Tokens(Config(client_auth=where))  # type: ignore[arg-type]

    def status(body: str, headers: dict[str, str]) -> int:
        sent = {"content-type": MEDIA} | {name.lower(): text for name, text in headers.items()}
        return tokens.answer(Call("POST", "/oauth2/token", (), sent, body.encode()), 0).status

    alone = "grant_type=client_credentials"
    assert (status(FORM, {}) == 200) == body_works
    assert (status(alone, basic(CLIENT_SECRET)) == 200) == basic_works
    assert status(alone, basic("wrong")) == 400
    assert status(alone, {"Authorization": "Basic ???"}) == 400
    assert status(FORM, basic(CLIENT_SECRET)) == 400


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer nope", "Basic abc", "nope"])
def test_without_a_good_token_it_is_401(coupa: Caller, header: str | None) -> None:
    headers = {"Accept": "application/json"} | ({"Authorization": header} if header else {})
    reply = coupa.send("GET", "/api/invoices", headers=headers)
    assert (reply.status, list(reply.json)) == (401, ["errors"])


def usable(tokens: Tokens, token: str, now: float) -> bool:
    return (
        tokens.allowed(Call("GET", "/", (), {"authorization": f"bearer {token}"}), now) is not None
    )


def minted(tokens: Tokens, now: float) -> str:
    call = Call("POST", "/oauth2/token", (), {"content-type": MEDIA}, FORM.encode())
    return tokens.answer(call, now).body.decode().split('"')[3]


def test_a_token_settles_lives_and_expires() -> None:
    tokens = Tokens(Config(token_seconds=60, token_settle=5))
    token = minted(tokens, 100)
    assert [usable(tokens, token, now) for now in (100, 104.9, 105, 159.9, 160)] == [
        False, False, True, True, False,
    ]  # fmt: skip
    assert minted(tokens, 200)
    assert len(tokens._grants) == 1


def test_revoked_tokens_are_refused_and_new_ones_work(coupa: Caller) -> None:
    coupa.sandbox.expire_tokens()
    assert coupa.api("invoices").status == 401
    assert coupa.log_in().api("invoices", {"limit": 1}).status == 200


def test_a_scope_opens_its_resource_only(serve: Callable[..., Caller]) -> None:
    coupa = serve(granted={"core.invoice.read"})
    assert coupa.sandbox.scopes == ("core.invoice.read",)
    assert coupa.api("invoices", {"limit": 1}).status == 200
    assert coupa.api("suppliers").status == 403
    assert coupa.api("invoices/1", method="DELETE").status == 403
    assert coupa.token(scope="core.supplier.read").json["error"] == "invalid_scope"


def test_a_token_with_fewer_scopes_than_the_client(coupa: Caller) -> None:
    coupa.bearer = coupa.token(scope="core.supplier.read").json["access_token"]
    assert coupa.api("suppliers", {"limit": 1}).status == 200
    assert coupa.api("invoices").status == 403


def test_every_resource_has_a_scope() -> None:
    assert set(SCOPES) == set(RESOURCES)
