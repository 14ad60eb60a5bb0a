"""What a token endpoint's answer tells, and that it tells nothing that may be secret."""

import base64
import json

import pytest

from coupa_async_client.doctor.grants import Grant, grant_of
from coupa_async_client.doctor.token_findings import missing_scopes, of_scopes, of_token
from coupa_async_client.errors import CoupaClientError
from coupa_async_client.types import Response


def answered(body, status=200):
    return grant_of(
        Response(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode())
    )


def jwt(claims):
    body = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    return f"a.{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}.c"


@pytest.mark.parametrize(
    ("answer", "scopes"),
    [
        ({"scope": "core.a.read core.b.read"}, {"core.a.read", "core.b.read"}),
        ({"scope": "core.a.read,core.b.read"}, {"core.a.read", "core.b.read"}),
        ({"scope": ["core.a.read"]}, {"core.a.read"}),
        ({"scope": ""}, None),
        ({"scope": None}, None),
        ({}, None),
        ({"access_token": jwt({"scope": ["core.a.read"]})}, {"core.a.read"}),
        ({"access_token": jwt({"scp": "core.a.read"})}, {"core.a.read"}),
        ({"access_token": jwt({})}, None),
        ({"access_token": jwt([1])}, None),
        ({"access_token": jwt(b"no json")}, None),
        ({"access_token": "a.\xe9\xe9.c"}, None),
        ({"access_token": "opaque"}, None),
        ({"access_token": 7}, None),
    ],
)
def test_scopes_come_from_the_answer_or_the_token_itself(answer, scopes):
    assert answered({"access_token": "t", **answer}).scopes == scopes


@pytest.mark.parametrize(
    ("body", "status", "grant"),
    [
        ({"access_token": "t", "expires_in": "60"}, 200, Grant(200, granted=True, seconds=60.0)),
        ({"access_token": "t", "expires_in": "soon"}, 200, Grant(200, granted=True)),
        ({"access_token": ""}, 200, Grant(200)),
        ({"error": "invalid_client"}, 401, Grant(401, error="invalid_client")),
        ({"error": "the-secret 7!"}, 400, Grant(400)),
        ({"error": ["x"]}, 400, Grant(400)),
        (b"<!DOCTYPE html><p>the-secret", 403, Grant(403, kind="an HTML page")),
        (b"", 502, Grant(502, kind="no JSON")),
        (b"[" * 5000, 200, Grant(200, kind="no JSON")),
        ([1], 200, Grant(200, kind="JSON of another kind")),
    ],
)
def test_an_answer_is_read_as_far_as_it_keeps_to_the_rules(body, status, grant):
    assert answered(body, status) == grant


@pytest.mark.parametrize(
    ("grant", "seen", "remedy"),
    [
        (Grant(401, error="invalid_client"), "refused: invalid_client (401)", "client_secret"),
        (Grant(400, error="unauthorized_client"), "unauthorized_client", "client_credentials"),
        (Grant(400, error="unsupported_grant_type"), "unsupported", "client_credentials"),
        (Grant(400, error="invalid_scope"), "invalid_scope", "COUPA_SCOPES"),
        (Grant(400, error="something_new"), "refused: something_new (400)", "check client_id"),
        (Grant(401), "answered 401", "check client_id"),
        (Grant(404, kind="no JSON"), "answered 404 with no JSON", "/oauth2/token"),
        (Grant(302, kind="no JSON"), "answered 302 with no JSON", "/oauth2/token"),
        (Grant(429), "answered 429", "try again later"),
        (Grant(503, kind="an HTML page"), "answered 503 with an HTML page", "try again later"),
        (Grant(200), "answered 200", "check token_url"),
        (CoupaClientError("x"), "no complete answer", "check token_url"),
    ],
)
def test_a_refusal_is_told_with_whose_turn_it_is(grant, seen, remedy):
    finding = of_token(grant)
    assert finding.verdict == "fail"
    assert seen in finding.seen
    assert remedy in finding.remedy


def test_scopes_that_nobody_tells_are_unknown_unless_they_were_refused():
    untold = Grant(200, granted=True)
    assert of_scopes(untold, ["core.a.read"], ["invoices"], refused=False).verdict == "unknown"
    assert of_scopes(untold, ["core.a.read"], ["invoices"], refused=True).verdict == "fail"


def test_scopes_granted_in_part_are_told_by_name():
    grant = Grant(200, granted=True, scopes=frozenset({"core.invoice.read"}))
    finding = of_scopes(grant, ["core.invoice.read", "core.x.read"], ["invoices"], refused=False)
    assert (finding.verdict, finding.seen) == ("warn", "1 granted; not the client's: core.x.read")


def test_a_long_list_of_scopes_is_cut():
    grant = Grant(200, granted=True, scopes=frozenset({"openid"}))
    finding = of_scopes(grant, [f"core.x{n}.read" for n in range(9)], [], refused=True)
    assert finding.seen.endswith("core.x5.read and 3 more")


def test_a_resource_lacks_nothing_once_one_of_its_scopes_is_there():
    assert missing_scopes("invoices", {"core.invoice.read"}) == ()
    assert missing_scopes("invoices", {"openid"}) == ("core.invoice.read",)
    assert missing_scopes("invoices", None) == ("core.invoice.read",)
    assert missing_scopes("never_heard_of", {"openid"}) == ()
