"""COUPA_LOG: how much of the library's log comes, that none of it is secret, and what is refused."""

import os
from contextlib import suppress

import pytest

from coupa_async_client import auth
from servers import Server, grant, http, serving

EXPORT = ("export", "invoices", "-o", "a.jsonl")
PROPER = serving(range(1, 120))


def levels(text):
    """Return the levels of the lines of the log, each once."""
    said = {word for line in text.splitlines() for word in line.split()[2:3]}
    return said & {"DEBUG", "INFO", "WARNING", "ERROR"}


@pytest.mark.parametrize(
    ("environment", "options", "expected"),
    [
        ({}, [], set()),
        ({"COUPA_LOG": ""}, [], set()),
        ({"COUPA_LOG": "warning"}, [], {"WARNING"}),
        ({"COUPA_LOG": "info"}, [], {"WARNING", "INFO"}),
        ({"COUPA_LOG": "debug"}, [], {"WARNING", "INFO", "DEBUG"}),
        ({"COUPA_LOG": "DEBUG"}, ["--quiet"], {"WARNING", "INFO", "DEBUG"}),
        ({"COUPA_LOG": "warning"}, ["--debug"], {"WARNING", "INFO", "DEBUG"}),
    ],
)
def test_how_much_is_logged(sandbox, coupa, environment, options, expected):
    sandbox.fault(do="500", path="invoices", nth=2)
    ran = coupa(*EXPORT, *options, environment=sandbox.env() | environment)

    requests = [entry for entry in sandbox.journal if entry.path == "/api/invoices"]
    assert ran.code == 0
    assert levels(ran.stderr) == expected
    assert ran.stderr.count("WARNING 500 from GET") == ("WARNING" in expected)
    assert ran.stderr.count("DEBUG GET") == (len(requests) if "DEBUG" in expected else 0)
    assert "HTTP Request" not in ran.stderr  # the HTTP library's own line for each


@pytest.mark.parametrize("arguments", [EXPORT, ("get", "invoices/7"), ("resources",)])
def test_a_level_that_is_none_is_refused(sandbox, coupa, arguments):
    ran = coupa(*arguments, environment=sandbox.env() | {"COUPA_LOG": "verbose"})

    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr == (
        "coupa: COUPA_LOG is 'verbose'; set it to debug, info or warning, or to nothing\n"
    )
    assert sandbox.journal == []


def test_tracebacks_are_not_for_the_log(sandbox, coupa):
    ran = coupa("get", "nothing/7", environment=sandbox.env() | {"COUPA_LOG": "debug"})

    assert ran.code == 1
    assert "DEBUG GET" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_neither_secret_nor_token_is_logged(coupa, tmp_path, monkeypatch):
    monkeypatch.setattr(auth, "SETTLING", 0.05)

    def answer(seen):
        echo = seen.headers["authorization"].encode()
        return (
            http(500, echo)
            if seen.turn == 1
            else http(401, echo)
            if not seen.turn
            else PROPER(seen)
        )

    with Server(answer, token=lambda seen: grant(f"token-{seen.turn + 1}")) as server:
        given = {name: value for name, value in server.arguments().items() if value}
        environment = {f"COUPA_{name.upper()}": value for name, value in given.items()}
        environment |= {"COUPA_LOG": "debug", "COUPA_TOKEN_CACHE": str(tmp_path / "tokens")}
        ran = coupa(*EXPORT, environment=environment)

    assert ran.code == 0
    assert "DEBUG POST" in ran.stderr
    for secret in ("the-secret", "token-1", "token-2", "Bearer"):
        assert secret not in ran.stderr


@pytest.mark.parametrize(("level", "moves"), [("", True), ("info", False)])
def test_no_line_that_moves_runs_into_the_log(sandbox, started, monkeypatch, level, moves):
    monkeypatch.setenv("COUPA_LOG", level)
    monkeypatch.setenv("TERM", "xterm")
    ours, theirs = os.openpty()
    try:
        process = started(sandbox, *EXPORT, stderr=theirs)
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # how a terminal ends
            while piece := os.read(ours, 1000):
                shown += piece
        assert process.wait(20) == 0
    finally:
        os.close(ours)

    assert (b"\x1b[" in shown) == moves
    assert (b"INFO ScanReceipt" in shown) == (not moves)
