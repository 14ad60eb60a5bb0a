"""One clear line with the remedy, an exit code that is not 0, no traceback, nothing lost."""

import datetime as dt
import os
import signal
import socket
import ssl
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

FILE = ("-o", "a.jsonl")
INVOICES = ("export", "invoices", *FILE)
LOCKED = Path("/sys") if os.geteuid() == 0 else Path("/")


def assert_refused(ran, code, *words):
    assert ran.code == code
    assert ran.stdout == ""
    assert len(ran.stderr.splitlines()) == 1
    assert ran.stderr.startswith("coupa: ")
    assert "Traceback" not in ran.stderr
    for word in words:
        assert word in ran.stderr


WRONG_ARGUMENTS = {
    "no-file": (["export", "invoices"], ["--output", "coupa export --help"]),
    "no-resource": (["export", *FILE], ["RESOURCE"]),
    "rate-text": ([*INVOICES, "--rate", "fast"], ["unable to parse string as a number. See "]),
    "no-command": (["exprot", "invoices"], ["exprot", "coupa --help"]),
    "unknown-option": ([*INVOICES, "--where-not"], ["--where-not"]),
    "where-without-value": ([*INVOICES, "--where", "status"], ["malformed", "status=approved"]),
    "where-brackets": ([*INVOICES, "--where", "status[in=a"], ["malformed"]),
    "where-empty": ([*INVOICES, "--where", ""], ["malformed"]),
    "where-operator": ([*INVOICES, "--where", "id[gte]=1"], ["[gt_or_eq]"]),
    "where-twice": ([*INVOICES, *["--where", "id=1", "--where", "id=2"]], ["twice", "id[in]=a,b"]),
    "naive-datetime": (
        [*INVOICES, "--where", "updated-at[gt]=2026-01-31T08:00:00"],
        ["zone", "2026-01-31T08:00:00Z"],
    ),
    "fields-no-json": ([*INVOICES, "--fields", '["id"'], ["not JSON", '["id","status"']),
    "fields-no-list": ([*INVOICES, "--fields", '{"id":[]}'], ["not a list"]),
    "fields-gap": ([*INVOICES, "--fields", "id,,status"], ["id,supplier.name"]),
    "page-size-zero": ([*INVOICES, "--page-size", "0"], ["page_size is 0", "at least 1"]),
    "page-size-negative": ([*INVOICES, "--page-size", "-5"], ["page_size is -5"]),
    "page-size-text": ([*INVOICES, "--page-size", "ten"], ["--page-size", "integer"]),
    "limit-rows-zero": ([*INVOICES, "--limit-rows", "0"], ["0", "at least 1"]),
    "concurrent-negative": ([*INVOICES, "--concurrent", "-1"], ["concurrent is -1"]),
    "timeout-zero": ([*INVOICES, "--timeout", "0"], ["timeout is 0", "seconds"]),
    "rate-negative": ([*INVOICES, "--rate", "-1"], ["rate is -1"]),
    "attempts-zero": ([*INVOICES, "--max-attempts", "0"], ["max_attempts is 0"]),
    "paging": ([*INVOICES, "--paging", "random"], ["'--paging': 'random' is", "keyset"]),
    "keyset-with-order": (
        [*INVOICES, "--paging", "keyset", "--where", "order_by=status"],
        ["order_by", "offset"],
    ),
    "resource-climbs": (["export", "../../oauth2", *FILE], ["'../../oauth2'", "'invoices'"]),
    "get-climbs": (["get", "../../oauth2"], ["'../../oauth2'"]),
    "get-where": (["get", "invoices/1", "--where", "x"], ["malformed"]),
    "extension": (["export", "invoices", "-o", "a.xlsx"], ["a.xlsx", ".csv"]),
    "format": ([*INVOICES, "--format", "xml"], ["--format", "xml"]),
    "on-error": ([*INVOICES, "--on-error", "ignore"], ["--on-error", "finish"]),
    "resume-on-stdout": (["export", "invoices", "-o", "-", "--resume"], ["-o rows.jsonl"]),
    "resume-of-a-device": (
        ["export", "invoices", "-o", "/dev/null", "--resume", "--format", "jsonl"],
        ["/dev/null is no file"],
    ),
    "receipt-folder": ([*INVOICES, "--receipt", "no/r.json"], ["no/r.json", "does not exist"]),
    "csv-on-stdout": (["export", "invoices", "-o", "-", "--format", "csv"], ["-o rows.csv"]),
    "folder-missing": (["export", "invoices", "-o", "no/a.csv"], ["no/a.csv", "does not exist"]),
    "folder-for-file": (["export", "invoices", "-o", ".", "--format", "csv"], ["is a folder"]),
    "folder-locked": (
        ["export", "invoices", "-o", str(LOCKED / "a.csv")],
        [str(LOCKED), "may write to"],
    ),
    "plain-http": (
        [*INVOICES, "--base-url", "http://coupa.example/api"],
        ["http://coupa.example/api", "https"],
    ),
    "instance": ([*INVOICES, "--instance", "https://x.coupahost.com"], ["'yourcompany'"]),
    "ca-file": ([*INVOICES, "--ca-file", "none.pem"], ["none.pem", "PEM"]),
    "proxy": ([*INVOICES, "--proxy", "proxy"], ["proxy", "http://"]),
}


@pytest.mark.parametrize(
    ("arguments", "words"), WRONG_ARGUMENTS.values(), ids=WRONG_ARGUMENTS.keys()
)
def test_a_wrong_argument_is_refused_and_nothing_is_sent(
    sandbox, coupa, tmp_path, arguments, words
):
    ran = coupa(*arguments, environment=sandbox.env())

    assert_refused(ran, 2, *words)
    assert sandbox.journal == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", ["COUPA_BASE_URL", "COUPA_CLIENT_ID", "COUPA_CLIENT_SECRET"])
@pytest.mark.parametrize("command", [INVOICES, ("get", "invoices/1")], ids=["export", "get"])
def test_missing_settings_are_named(sandbox, coupa, command, missing):
    environment = sandbox.env()
    del environment[missing]

    ran = coupa(*command, environment=environment)

    wanted = "COUPA_INSTANCE" if missing == "COUPA_BASE_URL" else missing
    assert_refused(ran, 2, wanted)
    assert sandbox.journal == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"COUPA_CLIENT_ID": "nobody"}, "client_id and client_secret"),
        ({"COUPA_CLIENT_SECRET": "not-it-at-all"}, "client_id and client_secret"),
        ({"COUPA_SCOPES": "core.nothing.read"}, "scope"),
    ],
)
def test_refused_credentials_are_reported_without_the_secret(
    sandbox, coupa, tmp_path, wrong, words
):
    ran = coupa(*INVOICES, environment={**sandbox.env(), **wrong})

    assert_refused(ran, 1, words)
    assert "not-it-at-all" not in ran.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("export", "nothings", *FILE), ("get", "invoices/999999")])
def test_what_is_not_there_is_a_404(sandbox, coupa, tmp_path, command):
    ran = coupa(*command, environment=sandbox.env())

    assert_refused(ran, 1, "404", command[1], "check the resource's name")
    assert list(tmp_path.iterdir()) == []


def test_a_403_half_way_keeps_the_old_file_and_says_how_far_it_came(sandbox, coupa, tmp_path):
    (tmp_path / "a.jsonl").write_text("old")
    sandbox.fault(do="403", path="invoices", query={"id[gt]": "100"})

    ran = coupa(*INVOICES, "--paging", "keyset", environment=sandbox.env())

    words = ["403", "scopes or permissions", "100 rows had come", "a.jsonl is untouched"]
    assert_refused(ran, 3, *words, "missing are the rows at ids from 101", "--resume")
    assert (tmp_path / "a.jsonl").read_text() == "old"


def test_a_file_that_was_never_there_is_said_not_to_be_written(sandbox, coupa):
    sandbox.fault(do="403", path="invoices", nth=1)

    assert_refused(coupa(*INVOICES, environment=sandbox.env()), 1, "a.jsonl is not written")


@pytest.mark.parametrize("arguments", [("--max-attempts", "1"), ("--max-attempts", "1", "--debug")])
def test_tracebacks_are_for_debug_alone(sandbox, coupa, arguments):
    sandbox.fault(do="500", path="invoices")

    ran = coupa(*INVOICES, *arguments, environment=sandbox.env())

    assert ran.code == 3
    assert ("Traceback" in ran.stderr) == ("--debug" in arguments)
    last = ran.stderr.splitlines()[-1]
    assert last.startswith("coupa: invoices is incomplete: missing are the rows at ids from 1. ")
    assert "The reason: 500 from GET" in last


def test_a_host_that_does_not_resolve(sandbox, coupa):
    ran = coupa(*INVOICES, "--instance", "nosuch.invalid", environment=sandbox.env())

    assert_refused(ran, 1, "nosuch.invalid", "does not resolve")


def test_a_connection_that_is_refused(sandbox, coupa):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    ran = coupa(*INVOICES, "--base-url", f"http://127.0.0.1:{port}/api", environment=sandbox.env())

    assert_refused(ran, 1, f"127.0.0.1:{port}", "host and port")


@contextmanager
def tls_server(certificate):
    """Shake hands with whoever comes, on a loopback port; yield the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                try:
                    context.wrap_socket(connection, server_side=True).close()
                except OSError:
                    connection.close()

        thread = threading.Thread(target=greet)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize(
    ("trusted", "words"), [(True, "expired"), (False, "certificate is not trusted")]
)
def test_a_certificate_that_is_expired_or_unknown(sandbox, coupa, tmp_path, trusted, words):
    authority = trustme.CA()
    past = dt.datetime.now(tz=dt.UTC) - dt.timedelta(days=1)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    options = ["--ca-file", "ca.pem"] if trusted else []

    with tls_server(authority.issue_cert("localhost", not_after=past)) as port:
        base_url = f"https://localhost:{port}/api"
        ran = coupa(*INVOICES, "--base-url", base_url, *options, environment=sandbox.env())

    assert_refused(ran, 1, f"localhost:{port}", words)


def test_an_answer_that_is_no_json_is_said_to_be_none(sandbox, coupa):
    sandbox.fault(do="html", path="invoices/1")

    ran = coupa("get", "invoices/1", environment=sandbox.env())

    assert_refused(ran, 1, "invoices/1", "no JSON")


def test_what_nobody_foresaw_is_one_line_too(sandbox, coupa, monkeypatch):
    def break_(*_args, **_options):
        message = "two\nlines"
        raise RuntimeError(message)

    monkeypatch.setattr("coupa_async_client.cli.saving.Draft.write", break_)

    ran = coupa(*INVOICES, environment=sandbox.env())

    assert_refused(ran, 1, "unexpected RuntimeError: two lines", "--debug")


@pytest.mark.parametrize(
    ("number", "word", "code"),
    [(signal.SIGINT, "interrupted", 130), (signal.SIGTERM, "terminated", 143)],
)
def test_an_interruption_whose_cleaning_up_fails_is_an_interruption(
    sandbox, coupa, monkeypatch, *, number, word, code
):
    def break_(*_args, **_options):
        try:
            signal.raise_signal(number)
        finally:
            message = "a generator is busy"
            raise RuntimeError(message)

    monkeypatch.setattr("coupa_async_client.cli.saving.Draft.write", break_)

    assert_refused(coupa(*INVOICES, environment=sandbox.env()), code, word)
