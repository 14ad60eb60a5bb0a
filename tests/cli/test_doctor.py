"""`coupa doctor` as its users meet it: lines, exit codes, JSON, and the file of facts."""

import json
import os
import pty
import re
import signal
import time

import pytest

from coupa_async_client import CoupaClient
from coupa_async_client.sandbox import Sandbox

ARGUMENTS = ("doctor", "--resource", "invoices")


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    """Let requests follow each other at once; the pace has a test of its own."""
    monkeypatch.setattr("coupa_async_client.doctor.watched.GAP", 0.0)


def test_a_sound_connection_ends_with_0_and_a_verdict(sandbox, coupa):
    ran = coupa(*ARGUMENTS, environment=sandbox.env())

    lines = ran.stdout.splitlines()
    assert (ran.code, ran.stderr) == (0, "")
    assert lines[0].split() == [
        "ok",
        "settings",
        f"{sandbox.base_url},",
        "24",
        "scopes",
        "asked",
        "for",
    ]
    assert re.search(r"^ok +read invoices +readable, 50 rows", ran.stdout, re.MULTILINE)
    assert re.search(r"^warn +unknown filter .*\n +-> check names first", ran.stdout, re.MULTILINE)
    assert re.fullmatch(r"WARN: 1 with a warning, 2\d in order; 7 GETs", lines[-1])
    assert "\x1b" not in ran.stdout


def test_a_fault_ends_with_1_and_its_remedy(sandbox, coupa):
    wrong = {**sandbox.env(), "COUPA_CLIENT_SECRET": "not-it"}
    ran = coupa(*ARGUMENTS, environment=wrong)

    assert (ran.code, ran.stderr) == (1, "")
    assert re.search(r"^fail +token +refused: invalid_client \(400\)$", ran.stdout, re.MULTILINE)
    assert "-> check client_id and client_secret" in ran.stdout
    assert ran.stdout.splitlines()[-1].startswith("FAIL: 1 failed")
    assert "not-it" not in ran.stdout


def test_without_a_setting_the_first_line_says_which(coupa):
    ran = coupa("doctor")

    assert (ran.code, ran.stderr) == (1, "")
    assert "COUPA_INSTANCE" in ran.stdout
    assert len(ran.stdout.splitlines()) == 5
    assert "not examined, because of the settings; nor: connection, proxy, https" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--resource", "../x"], "is not a path under /api"),
        ([word for n in range(13) for word in ("--resource", f"r{n}")], "at most 12"),
        (["--nonsense"], "--nonsense"),
        (["--timeout", "soon"], "--timeout"),
    ],
)
def test_wrong_arguments_end_with_2_and_nothing_is_sent(sandbox, coupa, arguments, words):
    ran = coupa("doctor", *arguments, environment=sandbox.env())

    assert (ran.code, ran.stdout) == (2, "")
    assert words in ran.stderr
    assert sandbox.journal == []


def test_json_is_one_object_and_nothing_else(sandbox, coupa):
    ran = coupa(*ARGUMENTS, "--json", environment=sandbox.env())

    told = json.loads(ran.stdout)
    assert (ran.code, ran.stderr) == (0, "")
    assert told["version"] == 1
    assert told["verdict"] == "warn"
    assert told["gets"] == 7
    assert f"http://{told['host']}" == sandbox.url
    assert told["findings"][0].keys() == {"check", "verdict", "seen", "remedy"}
    assert told["profile"]["page_cap"] == 50


def test_what_was_learned_is_saved_and_a_client_takes_it(sandbox, coupa, tmp_path):
    ran = coupa(*ARGUMENTS, "--save", "facts.json", environment=sandbox.env())

    assert ran.code == 0
    assert "facts.json" in ran.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["facts.json"]
    client = CoupaClient(
        sandbox.base_url,
        client_id=sandbox.client_id,
        client_secret=sandbox.client_secret,
        profile=tmp_path / "facts.json",
    )
    with client:
        assert client._client._settings.concurrent == 16
        assert len(client.scan("invoices", fields=["id"]).collect()) == 230


def test_nothing_is_saved_over_facts_where_nothing_was_learned(coupa, tmp_path):
    (tmp_path / "facts.json").write_text("before")
    ran = coupa("doctor", "--save", "facts.json")

    assert ran.code == 1
    assert "was not written" in ran.stderr
    assert (tmp_path / "facts.json").read_text() == "before"


def test_a_file_that_cannot_be_written_is_named(sandbox, coupa):
    ran = coupa(*ARGUMENTS, "--save", "nowhere/facts.json", environment=sandbox.env())

    assert ran.code == 1
    assert "nowhere" in ran.stderr
    assert "No such file" in ran.stderr


def test_lines_appear_as_soon_as_they_are_known(sandbox, started):
    sandbox.fault(do="hang", path="invoices")
    process = started(sandbox, *ARGUMENTS, measured=False)

    for line in process.stdout:
        if line.split()[1] == b"scopes":
            break
    assert process.poll() is None


def test_on_a_terminal_of_80_columns_no_line_is_longer(started, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    with Sandbox(polite=True, rows={"invoices": 70}, granted={"core.invoice.read"}) as sandbox:
        ours, theirs = pty.openpty()
        process = started(
            sandbox, *ARGUMENTS, "--resource", "users", stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        shown = b"".join(iter(lambda: _read(ours), b"")).decode()
        os.close(ours)
        assert process.wait() == 1

    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "\x1b[32mok" in shown
    assert max(map(len, plain.splitlines())) <= 80
    assert re.search(r"^fail +read users +answered 403", plain, re.MULTILINE)


def _read(terminal):
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux's way to say that nobody writes any more
        return b""


@pytest.fixture
def profile(sandbox, tmp_path, monkeypatch):
    """A named profile of the sandbox, whose facts are those that doctor saved."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    file = tmp_path / "coupa-async-client" / "config.toml"
    file.parent.mkdir()
    file.touch(0o600)
    file.write_text(
        f'[local]\nbase_url = "{sandbox.base_url}"\nclient_id = "{sandbox.client_id}"\n'
        'profile = "facts.json"\n'
    )
    return file


def test_a_named_profile_is_examined_without_its_facts_and_read_with_them(
    sandbox, coupa, profile, monkeypatch
):
    monkeypatch.setenv("COUPA_CLIENT_SECRET", sandbox.client_secret)
    facts = profile.with_name("facts.json")

    ran = coupa(*ARGUMENTS, "--profile", "local", "--save", str(facts))
    assert (ran.code, facts.exists()) == (0, True)

    wrong = {**json.loads(facts.read_text()), "host": "other.coupahost.com"}
    assert coupa("get", "invoices/7", "--profile", "local").code == 0
    facts.write_text(json.dumps(wrong))
    ran = coupa("get", "invoices/7", "--profile", "local")
    assert ran.code == 2
    assert "profile is of 'other.coupahost.com'" in ran.stderr


@pytest.mark.usefixtures("profile")
def test_a_named_profile_without_a_secret_is_examined_as_far_as_it_goes(started):
    process = started(None, *ARGUMENTS, "--profile", "local")
    told, complaint = process.communicate(timeout=20)

    assert (process.returncode, complaint) == (1, b"")
    assert b"client_secret is missing" in told
    assert re.search(rb"^ok +clock", told, re.MULTILINE)


@pytest.mark.usefixtures("profile")
def test_a_profile_that_is_not_there_is_a_wrong_argument(coupa):
    ran = coupa("doctor", "--profile", "elsewhere")

    assert (ran.code, ran.stdout) == (2, "")
    assert "there is no profile 'elsewhere'" in ran.stderr


def test_an_interrupt_ends_it_at_once(sandbox, started):
    sandbox.fault(do="hang", path="invoices")
    process = started(sandbox, *ARGUMENTS, measured=False)
    while not any(entry.path == "/api/invoices" for entry in sandbox.journal):
        assert process.poll() is None
        time.sleep(0.01)

    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=5)
    assert (process.returncode, complaint) == (130, b"coupa: interrupted\n")
