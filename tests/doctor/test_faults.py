"""Ten faults, injected one at a time: each is found, in its line, with the remedy."""

import ssl
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from time import time

import pytest
import trustme

from coupa_async_client import CoupaClient, CoupaShapeError
from coupa_async_client.sandbox import Sandbox
from servers import Server, grant, http, rows, serving

ROWS = {"invoices": 70}


def secured(host, **validity):
    """Return a server's side of TLS for a host, and the authority that vouches for it."""
    authority = trustme.CA(organization_name="Example Authority")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host, **validity).configure_cert(context)
    return context, authority


def trusting(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def found(examined, check, verdict="fail"):
    """Return the line, which alone is of that verdict."""
    assert examined.with_verdict(verdict) == [check]
    return examined[check]


def test_a_sound_instance_has_no_fault(examined, arguments_of):
    with Sandbox(polite=True, rows=ROWS, unknown_filter="400") as sandbox:
        report = examined(arguments_of(sandbox), "invoices").report

    assert {finding.verdict for finding in report.findings} == {"ok"}
    assert report.verdict == "ok"
    assert report.summary == f"OK: {len(report.findings)} in order; 7 GETs"


def test_a_rude_instance_is_no_fault(examined, arguments_of):
    with Sandbox(rows={"invoices": 70, "suppliers": 7, "users": 0}) as sandbox:
        report = examined(arguments_of(sandbox))

    assert report.with_verdict("fail") == []
    assert report.profile.page_cap == 50


def test_1_a_wrong_secret(examined, arguments_of):
    with Sandbox(polite=True) as sandbox:
        line = found(examined(arguments_of(sandbox, client_secret="not-it")), "token")  # noqa: S106

    assert line.seen == "refused: invalid_client (400)"
    assert "check client_id and client_secret" in line.remedy


def test_1_an_unknown_client(examined, arguments_of):
    with Sandbox(polite=True) as sandbox:
        line = found(examined(arguments_of(sandbox, client_id="nobody")), "token")

    assert "check client_id and client_secret" in line.remedy


def test_2_a_scope_that_is_not_the_clients(examined, arguments_of):
    with Sandbox(polite=True, rows=ROWS, granted={"core.invoice.read"}) as sandbox:
        asked = arguments_of(sandbox, scopes="core.invoice.read core.supplier.read")
        report = examined(asked, "invoices")

    assert report.with_verdict("fail") == ["token", "scopes"]
    assert report["token"].seen == "refused: invalid_scope (400)"
    assert report["scopes"].seen == "1 granted; not the client's: core.supplier.read"
    assert "COUPA_SCOPES" in report["scopes"].remedy
    assert report["read invoices"].verdict == "ok"


def test_2_a_scope_that_a_resource_takes(examined, arguments_of):
    with Sandbox(polite=True, rows=ROWS, granted={"core.supplier.read"}) as sandbox:
        line = found(examined(arguments_of(sandbox), "invoices", "suppliers"), "read invoices")

    assert line.seen == "answered 403"
    assert "core.invoice.read" in line.remedy


@pytest.mark.parametrize(
    ("ahead", "words"), [(3600, "60 minutes behind"), (-3600, "60 minutes ahead of")]
)
def test_3_a_clock_that_is_off_by_an_hour(examined, arguments_of, ahead, words):
    with Sandbox(polite=True, rows=ROWS) as sandbox:
        report = examined(arguments_of(sandbox), "invoices", wall_clock=lambda: time() - ahead)

    line = found(report, "clock")
    assert line.seen == f"ours is {words} the instance's"
    assert "NTP" in line.remedy
    assert "tokens" in line.remedy


def test_3_a_server_whose_clock_is_off_by_minutes(examined):
    def late(seen):
        date = formatdate(time() - 120, usegmt=True)
        return (
            http(200, rows(range(3)), Date=date) if seen.method == "GET" else http(404, Date=date)
        )

    with Server(late) as server:
        line = examined(server.arguments(), "things")["clock"]

    assert (line.verdict, line.seen) == ("warn", "ours is 120 s ahead of the instance's")


def test_4_a_self_signed_certificate(examined, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority = trustme.CA()
    pem = tmp_path / "self.pem"
    pem.write_bytes(authority.private_key_pem.bytes() + authority.cert_pem.bytes())
    context.load_cert_chain(pem)
    with Server(serving(range(70)), tls=context) as server:
        line = found(examined(server.arguments(), "things"), "https")
        assert server.seen == []

    assert "is not trusted: self-signed certificate" in line.seen
    assert "self-signed" in line.remedy
    assert "--ca-file" in line.remedy


def test_4_an_authority_that_is_not_trusted(examined):
    context, _ = secured("127.0.0.1")
    with Server(serving(range(70)), tls=context) as server:
        line = found(examined(server.arguments(), "things"), "https")

    assert "--ca-file" in line.remedy


def test_4_a_certificate_that_has_expired(examined):
    past = datetime.now(UTC) - timedelta(days=3)
    context, authority = secured("127.0.0.1", not_before=past, not_after=past + timedelta(days=1))
    with Server(serving(range(70)), tls=context) as server:
        report = examined(server.arguments(verify=trusting(authority)), "things")

    assert "certificate has expired" in found(report, "https").seen
    assert "have it renewed" in report["https"].remedy


def test_4_a_certificate_that_soon_expires(examined):
    soon = datetime.now(UTC) + timedelta(days=5)
    context, authority = secured("127.0.0.1", not_after=soon)
    with Server(serving(range(70)), tls=context) as server:
        line = examined(server.arguments(verify=trusting(authority)), "things")["https"]

    assert line.verdict == "warn"
    assert line.seen == f"issued by Example Authority, until {soon:%Y-%m-%d}"
    assert line.remedy == "have the certificate renewed"


def test_5_the_certificate_of_another_host(examined):
    context, authority = secured("other.example")
    with Server(serving(range(70)), tls=context) as server:
        report = examined(server.arguments(verify=trusting(authority)), "things")

    line = found(report, "https")
    assert "127.0.0.1" in line.seen
    assert "host" in line.remedy


def test_5_a_host_that_does_not_exist(examined):
    arguments = {
        "instance": "no-such-host.invalid",
        "client_id": "id",
        "client_secret": "the-secret",
    }
    report = examined(arguments, "invoices")

    line = found(report, "name")
    assert "no-such-host.invalid does not resolve" in line.seen
    assert "check instance or base_url" in line.remedy
    assert report["token"].seen == "not examined, because of name"


def test_5_a_host_that_is_no_coupa(examined):
    page = http(200, b"<!DOCTYPE html><html>Welcome</html>", content_type="text/html")
    with Server(lambda _: page, token=lambda _: page) as server:
        line = found(examined(server.arguments(), "things"), "token")

    assert line.seen == "answered 200 with an HTML page"
    assert "check token_url, and that instance names a Coupa" in line.remedy


def test_6_plain_http_to_a_host_that_is_not_this_machine(examined):
    arguments = {
        "base_url": "http://coupa.example/api",
        "client_id": "id",
        "client_secret": "the-secret",
    }
    line = found(examined(arguments, "invoices"), "settings")

    assert "plain http would send the secret in the clear" in line.seen
    assert line.remedy == "use https"


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(407, "user and password"), (403, "allowed at the proxy"), (502, "reaches coupa.example")],
)
def test_7_a_proxy_that_refuses(examined, status, remedy):
    arguments = {"instance": "coupa.example", "client_id": "id", "client_secret": "the-secret"}
    with Server(lambda _: http(status)) as proxy:
        url = f"http://user:the-secret@127.0.0.1:{proxy.port}"
        report = examined({**arguments, "proxy": url}, "invoices")

    line = found(report, "proxy")
    assert line.seen == f"127.0.0.1:{proxy.port} refuses: it answers {status}"
    assert remedy in line.remedy
    assert proxy.seen[0].method == "CONNECT"
    assert "the-secret" not in str(report.report)


def test_7_a_proxy_that_is_not_there(examined, monkeypatch):
    with Server(lambda _: http()) as gone:
        port = gone.port
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
    arguments = {"instance": "coupa.example", "client_id": "id", "client_secret": "the-secret"}
    line = found(examined(arguments, "invoices"), "connection")

    assert line.seen == f"the proxy 127.0.0.1:{port}: the connection is refused"
    assert "HTTPS_PROXY" in line.remedy


def test_8_throttled(examined):
    answer = serving(range(1, 71))

    def busy(seen):
        return http(429, retry_after="1") if seen.turn % 3 == 1 else answer(seen)

    with Server(busy) as server:
        report = examined(server.arguments(), "things")

    line = report["throttling"]
    assert line.verdict == "warn"
    assert line.seen.endswith("429, with Retry-After")
    assert "--budget" in line.remedy
    assert report.profile.retry_after is True
    assert report.with_verdict("fail") == []


def test_9_a_cap_below_50(examined):
    with Server(serving(range(1, 71), cap=40)) as server:
        report = examined(server.arguments(), "things")

    line = report["page size"]
    assert (line.verdict, report.profile.page_cap) == ("warn", 40)
    assert line.seen.startswith("40 rows, where Coupa documents 50")
    assert "coupa doctor --save" in line.remedy


def test_9_no_cap_at_50(examined):
    with Server(serving(range(1, 71), cap=100)) as server:
        report = examined(server.arguments(), "things")

    line = report["page size"]
    assert line.verdict == "warn"
    assert line.seen.startswith("not capped at 50")
    assert line.remedy
    assert (report.profile.page_cap, report.profile.larger_limit) == (51, "obeyed")


def backwards(*, obeys):
    """List 70 rows from the highest id down, unless asked otherwise by whom it obeys."""

    def answer(seen):
        ids = range(70, 0, -1)
        if obeys and seen.query.get("dir") == "asc":
            ids = range(1, 71)
        after, offset = int(seen.query.get("id[gt]", 0)), int(seen.query.get("offset", 0))
        limit = min(50, int(seen.query.get("limit", 50)))
        return http(200, rows([i for i in ids if i > after][offset : offset + limit]))

    return answer


def test_10_descending_ids_whatever_is_asked_for(examined):
    with Server(backwards(obeys=False)) as server:
        report = examined(server.arguments(), "things")

    line = found(report, "order")
    assert line.seen.startswith("by descending id, where none is asked for")
    assert "coupa doctor --save" in line.remedy
    assert report.profile.ids_ascending is False
    assert report.profile.against_ids


def test_10_the_facts_that_are_the_remedy_bring_every_row(examined):
    with Server(backwards(obeys=False)) as server:
        profile = examined(server.arguments(), "things").profile
        with CoupaClient(**server.arguments()) as client, pytest.raises(CoupaShapeError):
            client.scan("things").collect()
        with CoupaClient(**server.arguments(profile=profile)) as client:
            ids = [row["id"] for row in client.scan("things")]

    assert ids == list(range(70, 0, -1))


def test_10_descending_ids_unless_asked_otherwise(examined):
    with Server(backwards(obeys=True)) as server:
        report = examined(server.arguments(), "things")

    assert report["order"].verdict == "warn"
    assert "order_by=id" in report["order"].remedy
    assert report["order_by"].verdict == "ok"
    assert not report.profile.against_ids


def test_id_gt_that_is_ignored_is_found_too(examined):
    def answer(seen):
        return serving(range(1, 71))(
            seen if "id[gt]" not in seen.query else type(seen)(**{**vars(seen), "query": {}})
        )

    with Server(answer, token=lambda _: grant("a.b.c")) as server:
        line = found(examined(server.arguments(), "things"), "id[gt]")

    assert "cannot page by id" in line.seen
    assert "coupa doctor --save" in line.remedy
