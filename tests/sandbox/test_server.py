"""The running sandbox: its thread, its journal, its control paths, its command line."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import fields
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from coupa_async_client.sandbox import Config, Sandbox, app_for
from coupa_async_client.sandbox.__main__ import main
from coupa_async_client.sandbox.config import choices, facts

from .conftest import Caller

pytest_plugins = ["coupa_async_client.sandbox.pytest_plugin"]

DOCS = Path(__file__).resolve().parents[2] / "docs" / "sandbox.md"


def test_nothing_is_left_behind() -> None:
    before = set(threading.enumerate())
    with Sandbox() as sandbox:
        kept_open = HTTPConnection(sandbox.url.removeprefix("http://"), timeout=10)
        kept_open.request("GET", "/")
        kept_open.getresponse().read()
        assert set(threading.enumerate()) != before
    kept_open.close()
    assert set(threading.enumerate()) == before
    with pytest.raises(ConnectionRefusedError):
        Caller(sandbox).send("GET", "/")


def test_it_can_be_started_again_and_keeps_its_rows() -> None:
    sandbox = Sandbox(polite=True)
    for expected in (5_001, 5_002):
        with sandbox:
            assert sandbox.insert("invoices", {}) == expected
            assert Caller(sandbox).log_in().api(f"invoices/{expected}").status == 200


def test_many_callers_and_a_writer_at_once(serve: Callable[..., Caller]) -> None:
    coupa = serve(rows={"invoices": 200})

    def churn() -> None:
        for number in range(200):
            coupa.sandbox.update("invoices", number + 1, {"status": "new"})
            coupa.sandbox.delete("invoices", coupa.sandbox.insert("invoices", {"status": "new"}))

    with ThreadPoolExecutor(5) as pool:
        writer = pool.submit(churn)
        pages = [pool.submit(coupa.api, "invoices", {"status": "new"}) for _ in range(40)]
        assert {page.result().status for page in pages} == {200}
        writer.result()
    assert len(coupa.drain("invoices", {"status": "new"})) == 200
    assert len(coupa.sandbox.rows("invoices")) == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com", "::"])  # noqa: S104
def test_only_loopback_is_listened_on(host: str) -> None:
    with pytest.raises(ValueError, match="loopback only"):
        Sandbox(host=host)


def test_every_name_of_loopback_will_do() -> None:
    assert Sandbox(host="::1", port=9).url == "http://[::1]:9"
    with Sandbox(polite=True, host="localhost") as sandbox:
        assert Caller(sandbox).log_in().api("invoices", {"limit": 1}).ids == [1]


def test_a_caller_that_leaves_halfway_is_not_journalled(coupa: Caller) -> None:
    host, port = coupa.sandbox.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as leaving:
        leaving.sendall(b"POST /api/invoices HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
    assert coupa.api("invoices/1").status == 200
    assert [entry.method for entry in coupa.sandbox.journal] == ["POST", "GET"]
    assert coupa.sandbox.journal[0].path == "/oauth2/token"


def test_a_port_in_use_is_an_os_error() -> None:
    with Sandbox() as first, pytest.raises(OSError, match=r"(?i)in use"):
        Sandbox(port=int(first.url.rpartition(":")[2])).__enter__()


@pytest.mark.parametrize(
    ("knobs", "error"),
    [
        ({"colour": "red"}, TypeError),
        ({"throttle": "wild"}, ValueError),
        ({"bad_credentials_status": 418}, ValueError),
        ({"rate": 0}, ValueError),
        ({"latency": -1}, ValueError),
        ({"rows": {"nope": 1}}, ValueError),
        ({"rows": {"invoices": -1}}, ValueError),
    ],
)
def test_wrong_knobs_are_refused(knobs: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=r"\w"):
        Sandbox(**knobs)


def test_rude_by_default_and_polite_on_request() -> None:
    rude, polite = Config.of(), Config.of(polite=True)
    assert (rude.token_seconds, rude.throttle, rude.fault_share) == (60, "refuse", 0.01)
    assert (polite.token_seconds, polite.throttle, polite.fault_share) == (86399, "queue", 0)
    assert Config.of(polite=True, throttle="off").throttle == "off"


def test_env_and_oracle(coupa: Caller) -> None:
    sandbox = coupa.sandbox
    env = sandbox.env()
    assert env["COUPA_BASE_URL"] == sandbox.base_url == f"{sandbox.url}/api"
    assert env["COUPA_TOKEN_URL"] == sandbox.token_url
    assert env["COUPA_SCOPES"].split() == list(sandbox.scopes)
    assert len(sandbox.rows("invoices")) == 300
    assert len(sandbox.rows("users")) == 1_000
    assert sandbox.rows("invoices", [("id[gt]", 2), ("id[lt]", 4)])[0]["id"] == 3
    with pytest.raises(KeyError, match="nope"):
        sandbox.rows("nope")


def test_the_journal_tells_what_was_asked(coupa: Caller) -> None:
    coupa.api("invoices", "supplier%5Bname%5D=a+b&limit=1")
    coupa.api("nope")
    token, page, missing = coupa.sandbox.journal
    assert (token.method, token.path, token.status) == ("POST", "/oauth2/token", 200)
    assert (page.path, page.query) == ("/api/invoices", [("supplier[name]", "a b"), ("limit", "1")])
    assert (missing.status, missing.fault, missing.in_flight) == (404, None, 1)
    assert token.at <= page.at <= missing.at
    assert 0 <= page.seconds < 10
    coupa.sandbox.reset()
    assert coupa.sandbox.journal == []


def test_requests_at_once_are_counted(serve: Callable[..., Caller]) -> None:
    coupa = serve(latency=0.2)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: coupa.api("invoices", {"limit": 1}), range(4)))
    assert max(entry.in_flight for entry in coupa.sandbox.journal) == 4
    assert all(entry.seconds >= 0.2 for entry in coupa.sandbox.journal)


def test_another_process_can_steer_it(coupa: Caller) -> None:
    fault = b'{"do": "503", "path": "invoices", "nth": 1, "retry_after": 3}'
    assert coupa.send("POST", "/__sandbox__/fault", fault).status == 201
    assert coupa.api("invoices").headers["retry-after"] == "3"
    journal = coupa.send("GET", "/__sandbox__/journal").json
    assert [entry["fault"] for entry in journal] == [None, "503"]
    assert coupa.send("POST", "/__sandbox__/reset").status == 200
    assert coupa.send("GET", "/__sandbox__/journal").json == []
    for wrong in (b'{"do": "explode"}', b"{", b"[]", b'{"do": "500", "nth": "x"}'):
        assert coupa.send("POST", "/__sandbox__/fault", wrong).status == 400
    assert coupa.send("GET", "/__sandbox__/nope").status == 404


def test_the_control_paths_can_be_switched_off(serve: Callable[..., Caller]) -> None:
    coupa = serve(control=False)
    assert coupa.send("POST", "/__sandbox__/reset").status == 404
    assert len(coupa.sandbox.journal) == 2


def test_the_fixture_serves_a_polite_sandbox(coupa_sandbox: Sandbox) -> None:
    assert coupa_sandbox.config == Config.of(polite=True)
    assert Caller(coupa_sandbox).log_in().api("invoices", {"limit": 1}).ids == [1]


async def _asked(app: Any, path: str) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    await app(scope, receive, send)
    return sent


def test_the_application_runs_in_process() -> None:
    app = app_for(Config.of(polite=True, rows={"invoices": 3}))
    start, body = asyncio.run(_asked(app, "/api/invoices"))
    assert start["status"] == 401
    assert (b"x-sandbox", b"coupa-async-client") in start["headers"]
    assert body["body"].startswith(b"<?xml")


def _run_without(module: str, code: str) -> subprocess.CompletedProcess[str]:
    lacking = f"import sys; sys.modules[{module!r}] = None; {code}"
    return subprocess.run(
        [sys.executable, "-c", lacking], capture_output=True, text=True, check=False
    )


def test_a_missing_extra_says_what_to_install() -> None:
    code = (
        "import coupa_async_client.sandbox.shapes; from coupa_async_client.sandbox import Sandbox"
    )
    done = _run_without("starlette", code)
    assert 'pip install "coupa-async-client[sandbox]"' in done.stderr


def test_the_module_on_its_own_says_what_to_install_too() -> None:
    """`python -m coupa_async_client.sandbox` said "No module named 'uvicorn'", and not what to do."""
    code = "from coupa_async_client.sandbox.__main__ import main; sys.exit(main([]))"
    done = _run_without("uvicorn", code)
    assert done.returncode == 2
    assert done.stderr.startswith("coupa sandbox: the sandbox needs uvicorn: pip install ")


def test_importing_the_package_starts_nothing() -> None:
    code = "import sys, coupa_async_client.sandbox; print(sys.modules.keys() & {'starlette', 'uvicorn'})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@contextmanager
def command(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "coupa_async_client.sandbox", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(os.name == "nt", reason="signals of another kind")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_told_to_stop(tmp_path: Path, number: signal.Signals) -> None:
    rows = tmp_path / "rows.json"
    rows.write_text('[{"id": 4}]', encoding="utf-8")
    options = ["--port", "0", "--polite", "--rows", "users=3", "--load", f"rates={rows}"]
    with command(*options, "--granted", "core.user.read", "--pretty") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "a local Coupa for tests; memory only; loopback only\n"
        exported = [process.stdout.readline() for _ in range(5)]
        env = dict(re.findall(r"export (\w+)='?([^'\n]*)", "".join(exported)))
        assert set(env) == set(Sandbox().env())
        connection = HTTPConnection(env["COUPA_BASE_URL"].split("/")[2], timeout=10)
        connection.request("GET", "/__sandbox__/journal")
        assert connection.getresponse().read() == b"[]"
        connection.close()
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--rows", "nope=3"], "no resource 'nope'"),
        (["--rows", "invoices"], "RESOURCE=VALUE"),
        (["--rows", "invoices=many"], "whole number"),
        (["--load", "invoices=/no/such/file.jsonl"], "/no/such/file.jsonl"),
        (["--port", "x"], "--port"),
        (["--port", "99999999"], "port"),
        (["--throttle", "wild"], "--throttle"),
        (["--rate", "0"], "rate"),
        (["--colour", "red"], "--colour"),
    ],
)
def test_bad_arguments_get_one_line_and_exit_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert main(["--port", "0", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert says in err


def test_a_taken_port_gets_one_line_and_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1])]) == 2
    assert "choose another with --port" in capsys.readouterr().err


def test_help_names_every_knob(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    for name in facts():
        assert f"--{name.replace('_', '-')}" in text


def test_every_knob_has_a_fact_and_a_line_in_the_documentation() -> None:
    assert facts().keys() == {each.name for each in fields(Config)} - {"seed", "rows", "load"}
    assert choices().keys() <= facts().keys()
    page = DOCS.read_text(encoding="utf-8")
    for name, fact in facts().items():
        assert f"| `{name}` |" in page
        assert fact.source
