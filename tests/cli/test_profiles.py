"""`--profile`, COUPA_PROFILE, and `coupa profiles`: the file and the keyring of a user of this test's own."""

import json
import os
import pty
from pathlib import Path

import keyring
import pytest

from keyring_file import FILE, FileKeyring

TESTS = Path(__file__).parents[1]

pytestmark = pytest.mark.usefixtures("written")


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    file = tmp_path / "config" / "coupa-async-client" / "config.toml"
    file.parent.mkdir(parents=True)
    return file


@pytest.fixture
def written(config, sandbox):
    config.touch(0o600)
    config.write_text(
        f'[local]\nbase_url = "{sandbox.base_url}"\ntoken_url = "{sandbox.token_url}"\n'
        f'client_id = "{sandbox.client_id}"\n\n'
        '[production]\ninstance = "acme"\nclient_id = "abc"\n'
    )
    return config


@pytest.fixture(autouse=True)
def ring(tmp_path, monkeypatch):
    """Set a keyring by the library's own means, for this process and those that it starts."""
    monkeypatch.setenv(FILE, str(tmp_path / "keyring.json"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring_file.FileKeyring")
    monkeypatch.setenv("PYTHONPATH", str(TESTS), prepend=os.pathsep)
    before = keyring.get_keyring()
    keyring.set_keyring(FileKeyring())
    yield keyring.get_keyring()
    keyring.set_keyring(before)


def account(sandbox):
    return f"{sandbox.client_id}@{sandbox.base_url.split('/')[2]}"


def test_a_secret_is_kept_and_used(started, sandbox, ring):
    storing = started(None, "profiles", "secret", "local", stdin=-1)
    out, err = storing.communicate(f"{sandbox.client_secret}\n".encode(), timeout=20)
    assert (storing.returncode, out) == (0, b"")
    assert sandbox.client_secret not in err.decode()
    assert ring.kept == {f"coupa-async-client {account(sandbox)}": sandbox.client_secret}

    reading = started(None, "get", "invoices/7", "--profile", "local")
    out, err = reading.communicate(timeout=20)
    assert (reading.returncode, err) == (0, b"")
    assert json.loads(out)["id"] == 7

    removing = started(None, "profiles", "secret", "local", "--delete")
    removing.communicate(timeout=20)
    assert removing.returncode == 0
    assert ring.kept == {}


@pytest.mark.parametrize(
    ("typed", "said", "kept"),
    [
        (b"s3cret-typed\n", b"has the secret of", ["s3cret-typed"]),
        (b"\n", b"nothing was kept", []),
        (b"\x04", b"nothing was kept", []),
    ],
    ids=["a secret", "nothing", "the end"],
)
def test_a_secret_that_is_typed_is_not_shown(started, ring, typed, said, kept):
    master, slave = pty.openpty()
    try:
        typing = started(
            None, "profiles", "secret", "local", stdin=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)
        shown = b""
        while b"Secret of local" not in shown:
            shown += os.read(master, 1000)
        os.write(master, typed)
        while said not in shown:
            shown += os.read(master, 1000)
        assert typing.wait(20) == (0 if kept else 2)
    finally:
        os.close(master)

    assert b"s3cret-typed" not in shown
    assert list(ring.kept.values()) == kept


def test_profiles_are_listed_with_their_hosts_alone(coupa, written, sandbox):
    ran = coupa("profiles")

    host = sandbox.base_url.split("/")[2]
    assert (ran.code, ran.stderr) == (0, f"coupa: note: from {written}\n")
    assert ran.stdout == f"local       {host}\nproduction  acme.coupahost.com\n"


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["--profile", "local"], {}),
        ([], {"COUPA_PROFILE": "local"}),
        (["--profile", "local"], {"COUPA_PROFILE": "production"}),
        (["--profile", "local"], {"COUPA_INSTANCE": "elsewhere", "COUPA_CLIENT_ID": ""}),
    ],
)
def test_a_profile_is_named_by_option_or_environment(coupa, sandbox, arguments, environment):
    secret = {"COUPA_CLIENT_SECRET": sandbox.client_secret}
    ran = coupa("get", "invoices/7", *arguments, environment=secret | environment)

    assert (ran.code, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["id"] == 7


def test_options_win_over_the_profile(coupa, sandbox):
    given = ["--base-url", sandbox.base_url, "--client-id", sandbox.client_id]
    given += ["--client-secret", sandbox.client_secret]
    ran = coupa("get", "invoices/7", "--profile", "production", *given)

    assert ran.code == 0
    assert json.loads(ran.stdout)["id"] == 7


def test_an_empty_variable_names_no_profile(coupa, sandbox):
    ran = coupa("get", "invoices/7", environment=sandbox.env() | {"COUPA_PROFILE": ""})

    assert ran.code == 0


def test_where_there_is_no_file_three_lines_to_write_are_shown(coupa, written):
    written.unlink()
    for arguments in (["profiles"], ["get", "invoices", "--profile", "prod"]):
        ran = coupa(*arguments)
        first, *example = ran.stderr.splitlines()
        assert (ran.code, ran.stdout) == (2, "")
        assert str(written) in first
        assert "chmod 600" in first
        assert [line.strip().partition(" = ")[0] for line in example] == [
            "[prod]",
            "instance",
            "client_id",
        ]


REFUSED = {
    "a misspelt name": (
        ["get", "invoices", "--profile", "locale"],
        ["'locale'", "nearest is local"],
    ),
    "no secret": (
        ["export", "invoices", "-o", "a.jsonl", "--profile", "production"],
        ["COUPA_CLIENT_SECRET is not set", "abc@acme.coupahost.com", "coupa profiles secret"],
    ),
    "nothing to remove": (
        ["profiles", "secret", "production", "--delete"],
        ["no secret of abc@acme.coupahost.com", "nothing was removed"],
    ),
    "a secret for nobody": (["profiles", "secret", "locale"], ["'locale'", "nearest is local"]),
    "no name": (["profiles", "secret"], ["NAME", "--help"]),
    "no such command": (["profiles", "secrets"], ["secrets", "--help"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_one_line(case, coupa, sandbox):
    arguments, words = REFUSED[case]
    ran = coupa(*arguments)

    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.count("\n") == 1
    for word in words:
        assert word in ran.stderr
    assert sandbox.journal == []


def test_an_empty_secret_is_refused(started, ring):
    storing = started(None, "profiles", "secret", "local", stdin=-1)
    _, err = storing.communicate(b"\n", timeout=20)

    assert storing.returncode == 2
    assert b"is empty; nothing was kept" in err
    assert ring.kept == {}


def test_a_file_that_others_may_read_is_refused(coupa, written, sandbox):
    written.chmod(0o644)
    ran = coupa("get", "invoices/7", "--profile", "local", "--client-secret", "x")

    assert ran.code == 2
    assert f"chmod 600 {written}" in ran.stderr
    assert sandbox.journal == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("coupa get --profile ", ["local", "production"]),
        ("coupa export invoices --profile pro", ["production"]),
        ("coupa profiles secret l", ["local"]),
        ("coupa get --profile x", []),
    ],
)
def test_the_shell_offers_profiles(offered, line, expected):
    assert offered(line) == expected


def test_the_shell_hears_no_complaint(offered, written):
    written.chmod(0o644)

    assert offered("coupa get --profile ") == []
