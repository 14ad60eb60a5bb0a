"""Whatever an instance answers, the examination ends in time, with few requests, and tells no secret."""

import asyncio
import json
import re
import time
from dataclasses import replace
from email.utils import formatdate
from itertools import pairwise

import anyio
import pytest

from coupa_async_client import CoupaClientError, CoupaConfigError, auth
from coupa_async_client._settings import settings
from coupa_async_client.doctor import MOST_RESOURCES, RESOURCES, instance, watched
from coupa_async_client.doctor.instance import Instance
from coupa_async_client.doctor.watched import GAP, MOST_GETS, Watched
from coupa_async_client.sandbox import Sandbox
from coupa_async_client.types import Request, Response
from servers import Broken, Server, grant, http, rows, serving

CREDENTIALS = {"client_id": "id", "client_secret": "the-secret"}
NAMES = tuple(f"things{number}" for number in range(MOST_RESOURCES))
CHECKS = {
    *("settings", "name", "connection", "proxy", "https", "clock", "token", "scopes"),
    *("read things", "new token", "page size", "order_by", "order", "fields", "id[gt]"),
    *("unknown filter", "unknown field", "throttling", "server errors", "latency", "concurrent"),
}

ANSWERS = {
    "forbidden": http(403, {"errors": {"scope": ["no"]}}),
    "not found": http(404, b"<errors><error>no such thing</error></errors>"),
    "no rows in XML's way": http(404, b"<errors><error>No results match</error></errors>"),
    "bad request": http(400, {"errors": {"query": ["bad"]}}),
    "fails": http(500, b"oops"),
    "throttled": http(429, b"slow down"),
    "throttled for an hour": http(429, b"slow down", retry_after="3600"),
    "throttled until a date": http(429, b"", retry_after="Wed, 21 Oct 2026 07:28:00 GMT"),
    "redirect": http(302, b"", location="/sessions/new"),
    "html": http(200, b"<!DOCTYPE html><html>Sign in</html>", content_type="text/html"),
    "nothing": http(200, b""),
    "no content": http(204, b""),
    "broken JSON": http(200, b'[{"id": 1}, {'),
    "an object": http(200, {"errors": ["no"]}),
    "a number": http(200, 7),
    "rows that are none": http(200, [1, 2, 3]),
    "rows without ids": http(200, [{"name": "a"}, {"name": "b"}]),
    "ids that are text": http(200, [{"id": "1"}, {"id": "2"}]),
    "ids that are no numbers": http(200, [{"id": "a"}, {"id": None}, {"id": True}]),
    "the same id twice": http(200, [{"id": 5}, {"id": 5}]),
    "many rows whatever is asked": http(200, rows(range(400))),
    "many rows without ids": http(200, [{"name": "a"}] * 60),
    "many that are not all rows": http(200, [*rows(range(60)), 7]),
    "no rows": http(200, []),
    "one row": http(200, rows([7])),
    "half an emoji": http(200, b'[{"id": 1, "name": "\\ud83d"}, {"id": 2}]'),
    "not UTF-8": http(200, b'[{"id": 1, "name": "\xff"}]'),
    "no HTTP": b"hello\r\n\r\n",
    "cut": Broken(http(200, rows(range(50)))[:-9]),
    "reset": Broken(ending="reset"),
    "closed": Broken(),
    "unauthorised": http(401, b""),
}


@pytest.fixture(autouse=True)
def settled(monkeypatch):
    monkeypatch.setattr(auth, "SETTLING", 0.1)


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_every_answer_is_survived_and_every_line_is_there(examined, answer):
    with Server(lambda seen: http(404) if seen.method == "HEAD" else answer) as server:
        found = examined(server.arguments(), "things")
        gets = sum(seen.method == "GET" for seen in server.seen)

    assert {each.check for each in found.report.findings} == CHECKS
    assert gets == found.report.gets <= MOST_GETS
    assert all(each.remedy for each in found.report.findings if each.verdict in ("warn", "fail"))
    json.dumps(found.report.to_dict())


PROBES = {
    "cap": lambda query: "offset" in query,
    "order": lambda query: query.get("dir") == "desc",
    "place": lambda query: "id[gt]" in query,
    "filter": lambda query: "no-such-attribute" in query,
    "field": lambda query: "no-such" in query.get("fields", ""),
    "whole": lambda query: "fields" not in query,
}


@pytest.mark.parametrize("probe", PROBES.values(), ids=PROBES)
@pytest.mark.parametrize("answer", ["forbidden", "fails", "html", "cut", "no rows", "a number"])
def test_a_probe_that_fails_costs_its_own_line_alone(examined, answer, probe):
    sound = serving(range(1, 71))

    def answered(seen):
        return ANSWERS[answer] if probe(seen.query) else sound(seen)

    with Server(answered) as server:
        found = examined(server.arguments(), "things")

    assert found["read things"].verdict == "ok"
    assert (
        len(found.with_verdict("unknown")) <= 4
    )  # the probe's, and three that this server leaves open
    assert found.profile is not None


@pytest.mark.parametrize("named", [(), ("things",), NAMES], ids=["none", "one", "the most"])
def test_no_more_than_30_reads_and_nothing_but_reads(examined, named):
    """An instance that refuses a token now and again makes the engine ask again by itself."""

    def answered(seen):
        if seen.turn % 2:
            return http(503)
        return http(401) if seen.turn % 5 == 0 else serving(range(70))(seen)

    tokens = iter(range(100))
    with Server(answered, token=lambda _: grant(f"t{next(tokens)}", 3)) as server:
        found = examined(server.arguments(), *named)

    gets = [seen for seen in server.seen if seen.method == "GET"]
    assert len(gets) == found.report.gets <= 30
    assert {seen.method for seen in server.api} == {"GET"}
    others = {(seen.method, seen.path) for seen in server.seen} - {
        (seen.method, seen.path) for seen in gets
    }
    assert others == {("HEAD", "/api"), ("POST", "/oauth2/token")}
    assert all(seen.query["limit"] in {"51", "50", "10", "1"} for seen in gets)


def test_the_thirtieth_read_is_the_last(examined):
    with Server(lambda seen: http(500) if seen.method == "GET" else http(404)) as server:
        found = examined(server.arguments(), *NAMES)

    assert found.report.gets == 24
    with Server(serving(range(70))) as server:
        checked = settings(**server.arguments())
        with Instance(checked, pause=no_pause) as asked:
            asked.token()
            answers = [asked.ask("things", {}) for _ in range(MOST_GETS + 2)]
        assert len(server.api) == MOST_GETS
    assert [answer.said for answer in answers[MOST_GETS:]] == ["not asked: 30 GETs are enough"] * 2


async def no_pause(_seconds):
    await anyio.lowlevel.checkpoint()


def test_requests_keep_their_distance():
    """On a clock of its own: no second, wherever it begins, holds more than four."""
    now, sent = [100.0], []

    class Network:
        async def send(self, _request):
            sent.append(now[0])
            now[0] += 0.01 * (len(sent) % 3)
            return Response(429 if len(sent) == 8 else 200, {}, b"[]")

        async def aclose(self):
            pass

    async def pause(seconds):
        now[0] += seconds

    async def ask():
        transport = Watched(Network(), "https://a/token", pause, lambda: now[0])
        for _ in range(MOST_GETS):
            await transport.send(Request("GET", "https://a/api/x"))
        with pytest.raises(CoupaClientError, match="30 GETs are enough"):
            await transport.send(Request("GET", "https://a/api/x"))

    anyio.run(ask)
    gaps = [after - before for before, after in pairwise(sent)]
    assert len(sent) == MOST_GETS
    assert min(gaps) >= GAP - 1e-6
    assert min(gaps[7:]) >= 2 * GAP - 1e-6  # slower since the 429
    assert all(sum(start <= at <= start + 1 for at in sent) <= 4 for start in sent)


@pytest.mark.timing
def test_a_real_examination_never_sends_more_than_four_a_second(examined):
    with Sandbox(polite=True, rows={"invoices": 70}) as sandbox:
        arguments = {
            "base_url": sandbox.base_url,
            "client_id": sandbox.client_id,
            "client_secret": sandbox.client_secret,
        }
        report = examined(arguments, "invoices", pause=asyncio.sleep).report
        journal = sandbox.journal

    gets = [entry.at for entry in journal if entry.method == "GET"]
    assert len(gets) == report.gets == 7
    assert all(sum(start <= at <= start + 1 for at in gets) <= 4 for start in gets)


def test_an_instance_that_falls_silent_is_given_up_soon(examined, monkeypatch):
    monkeypatch.setattr(watched, "_WHOLE_ANSWER", 0.3)
    silent = Broken(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[", "hold")
    started = time.monotonic()
    with Server(lambda seen: http(404) if seen.method == "HEAD" else silent) as server:
        found = examined(server.arguments())
        gets = len([seen for seen in server.seen if seen.method == "GET"])

    assert time.monotonic() - started < 5
    assert gets == 2
    assert found[f"read {RESOURCES[0]}"].seen == "no answer in time"
    assert found[f"read {RESOURCES[4]}"].seen == "not asked: the instance no longer answers"
    assert found["reading"].verdict == "fail"
    assert found["latency"].seen == "not examined, because nothing can be read"


def test_a_token_endpoint_that_is_silent_ends_it(examined, monkeypatch):
    monkeypatch.setattr(watched, "_WHOLE_ANSWER", 0.2)
    with Server(lambda _: http(404), token=lambda _: Broken(b"", "hold")) as server:
        found = examined(server.arguments(), "things")

    assert found["token"].seen == "the token endpoint gives no complete answer (timeout)"
    assert found["read things"].seen == "not examined, because there is no token"
    assert found.report.gets == 0


def test_it_ends_in_time_whatever_comes(monkeypatch):
    monkeypatch.setattr(instance, "LONGEST", 0.0)
    with Server(serving(range(70))) as server:
        checked = settings(**server.arguments())
        with Instance(checked, pause=no_pause) as asked:
            asked.token()
            assert asked.ask("things", {}).said == "not asked: 0 s are enough"
        assert server.api == []


@pytest.mark.parametrize("missing", ["client_id", "client_secret"])
def test_a_missing_secret_hides_nothing_else(examined, missing):
    with Server(lambda _: http(404, date=formatdate(usegmt=True))) as server:
        found = examined({**server.arguments(), missing: None}, "things")
        assert [seen.method for seen in server.seen] == ["HEAD"]

    assert found.with_verdict("fail") == ["settings"]
    assert f"{missing} is missing" in found["settings"].seen
    assert f"COUPA_{missing.upper()}" in found["settings"].remedy
    for check in ("name", "connection", "proxy", "https", "clock"):
        assert found[check].verdict == "ok"
    assert found["token"].seen == "not examined, because of the settings"


def test_everything_that_is_missing_is_named_at_once(examined):
    with Server(lambda _: http(404)) as server:
        report = examined({"base_url": server.arguments()["base_url"]}, "things").report

    missing = [each.seen for each in report.findings if each.verdict == "fail"]
    assert missing == ["client_id is missing", "client_secret is missing"]


@pytest.mark.parametrize("proxy", ["ftp://127.0.0.1:1", "socks5://127.0.0.1:1"])
def test_a_proxy_that_cannot_be_used_is_a_finding(examined, proxy):
    found = examined({**CREDENTIALS, "instance": "coupa.example", "proxy": proxy}, "things")

    assert found["settings"].verdict == "fail"
    assert found["settings"].remedy
    assert found["token"].seen == "not examined, because of the settings"


def test_a_proxy_that_cannot_be_looked_into_is_tried_all_the_same(examined):
    with Server(lambda _: http(502)) as server:
        proxy = f"https://127.0.0.1:{server.port}"
        found = examined({**CREDENTIALS, "instance": "coupa.example", "proxy": proxy}, "things")

    assert found["proxy"].verdict == "unknown"
    assert found["https"].seen == "not examined, because of proxy"
    assert found["token"].seen.startswith("the token endpoint gives no complete answer")


def test_what_is_not_about_the_connection_is_left_aside(examined, tmp_path):
    missing = str(tmp_path / "none")
    more = {"profile": missing, "token_cache": missing, "hooks": None, "description": missing}
    with Server(serving(range(70))) as server:
        assert examined({**server.arguments(), **more}, "things")["fields"].verdict == "ok"


def test_without_a_host_there_is_nothing_to_look_at(examined):
    found = examined({}, "things")

    assert found.with_verdict("fail") == ["settings"]
    assert "COUPA_INSTANCE" in found["settings"].remedy
    assert {each.check for each in found.report.findings} == CHECKS
    assert (found.report.host, found.profile) == ("", None)


def test_a_file_without_certificates_is_a_finding(examined, tmp_path):
    with Server(serving(range(70))) as server:
        found = examined(server.arguments(verify=str(tmp_path / "none.pem")), "things")

    assert "none.pem" in found["settings"].seen
    assert found["settings"].remedy == "give a PEM file"


@pytest.mark.parametrize("resource", ["", "../oauth2/token", "a/../b", "https://a/b", "a?b=c"])
def test_a_resource_that_is_no_path_is_refused(examined, resource):
    with Server(serving(range(70))) as server:
        with pytest.raises(CoupaConfigError, match="not a path under /api"):
            examined(server.arguments(), resource)
        assert server.seen == []


def test_too_many_resources_are_refused(examined):
    with pytest.raises(CoupaConfigError, match="resources are 13; name at most 12"):
        examined({}, *NAMES, "one-more")


def test_resources_named_twice_are_looked_at_once(examined):
    with Server(serving(range(70))) as server:
        found = examined(server.arguments(), "things", "/things/", "things")
    assert found.report.gets == 7


SECRET = re.compile(r"the-secret|s3cr3t|token-1|Top Secret|the-password")


@pytest.mark.parametrize("turn", range(3))
def test_neither_secret_nor_token_nor_rows_are_told(examined, turn, caplog):
    """By an instance that repeats what it was sent, in whatever it answers."""

    def echo(seen):
        said = f"{seen.headers} {seen.body.decode()} the-secret s3cr3t"
        row = {"id": seen.turn, "name": "Top Secret", "note": said}
        return [
            http(200, [row, {**row, "id": 70}]),
            http(500, {"errors": [said]}),
            http(403, said),
        ][turn]

    def token(seen):
        said = f"the-secret {seen.body.decode()}"
        answers = [
            grant("token-1"),
            http(400, {"error": said, "error_description": said}),
            http(200, {"access_token": "token-1", "scope": "core.invoice.read"}),
        ]
        return answers[turn]

    with Server(echo, token=token) as server:
        proxy = None if turn else f"http://u:the-password@127.0.0.1:{server.port}"
        report = examined(server.arguments(client_secret="the-secret", proxy=proxy)).report  # noqa: S106

    told = f"{report} {report.summary} {json.dumps(report.to_dict())} {caplog.text}"
    assert not SECRET.search(told)


def test_the_clients_own_patience_counts_where_it_is_shorter():
    with Server(serving(range(70))) as server:
        checked = replace(settings(**server.arguments()), timeout=0.2)
        with Instance(checked, pause=no_pause) as asked:
            assert asked._checked.timeout == 0.2
