"""What may stand in the config file, and how the rest is refused: by profile, key and remedy."""

import inspect
from pathlib import Path

import pytest

from coupa_async_client import CoupaAsyncClient, CoupaConfigError
from coupa_async_client._profile_table import _KEYS, checked, tables

FILE = Path("/conf/config.toml")
HOST = 'instance = "acme"\n'


def only(text):
    """Check the one profile of a text."""
    ((name, table),) = tables(text, FILE).items()
    return checked(name, table, FILE)


def test_every_key_is_an_argument_of_a_client():
    taken = set(inspect.signature(CoupaAsyncClient).parameters)

    assert set(_KEYS) - taken == {"client_secret_env"}
    assert taken - set(_KEYS) >= {"client_secret", "transport", "hooks"}


def test_a_profile_is_its_arguments():
    text = """
        [prod]
        instance = "acme"
        client_id = "abc"
        client_secret_env = "ACME_SECRET"
        scopes = ["core.invoice.read", "openid"]
        timeout = 30
        rate = 12.5
        verify = false
    """
    profile = only(text)

    assert profile.name == "prod"
    assert profile.secret_env == "ACME_SECRET"  # noqa: S105
    assert profile.arguments == {
        "instance": "acme",
        "client_id": "abc",
        "scopes": ["core.invoice.read", "openid"],
        "timeout": 30,
        "rate": 12.5,
        "verify": False,
    }


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ('token_cache = "tokens"', "token_cache", "/conf/tokens"),
        ('token_cache = "../tokens"', "token_cache", "/conf/../tokens"),
        ('token_cache = "/var/tokens"', "token_cache", "/var/tokens"),
        ('token_cache = "~/tokens"', "token_cache", "/home/me/tokens"),
        ('verify = "ca.pem"', "verify", "/conf/ca.pem"),
        ('budget = "nightly"', "budget", "nightly"),
        ('budget = "./nightly.budget"', "budget", "/conf/nightly.budget"),
        ('budget = "/var/b"', "budget", "/var/b"),
        ('budget = "redis://h:1/0?budget=n"', "budget", "redis://h:1/0?budget=n"),
        ('scopes = "a,b"', "scopes", "a,b"),
        ('description = "swagger"', "description", "/conf/swagger"),
        ('description = ["a.json", "/b.json"]', "description", ["/conf/a.json", "/b.json"]),
        ('proxy = "http://proxy:8080"', "proxy", "http://proxy:8080"),
    ],
)
def test_paths_start_from_the_file(line, key, value, monkeypatch):
    """A job that cron starts is in another folder than the one that wrote the profile."""
    monkeypatch.setenv("HOME", "/home/me")

    assert only(f"[p]\n{HOST}{line}").arguments[key] == value


@pytest.mark.parametrize(
    ("lines", "host", "account"),
    [
        ('instance = "acme"', "acme.coupahost.com", "abc@acme.coupahost.com"),
        ('base_url = "https://c.example:444/api"', "c.example:444", "abc@c.example:444"),
        ('instance = "ACME"', "ACME.coupahost.com", "abc@acme.coupahost.com"),
        (
            'base_url = "https://c.example/api"\ntoken_url = "https://t.example/t"',
            "c.example",
            "abc@t.example",
        ),
    ],
)
def test_the_keyring_knows_a_secret_by_client_and_host_of_the_token(lines, host, account):
    profile = only(f'[p]\nclient_id = "abc"\n{lines}')

    assert profile.host == host
    assert profile.account() == account


def test_without_a_client_there_is_no_account():
    with pytest.raises(CoupaConfigError, match=r"profile 'p' has no client_id; write it"):
        only(f"[p]\n{HOST}").account()


REFUSED = {
    "no TOML": ("[p]\ninstance = acme", ["/conf/config.toml", "line 2", "mend"]),
    "a table twice": (f"[p]\n{HOST}[p]\n{HOST}", ["line 3"]),
    "a key on top": (HOST, ["instance stands outside of every profile", "[NAME]"]),
    "a misspelt key": (f"[p]\n{HOST}clientid = 'a'", ["'p'", "'clientid'", "client_id"]),
    "a hyphen": (f"[p]\n{HOST}client-id = 'a'", ["'client-id'", "nearest is client_id"]),
    "an option's name": (f"[p]\n{HOST}xyz = 'ca.pem'", ["'xyz'", "there are base_url", "verify"]),
    "a number as text": (f"[p]\n{HOST}timeout = '60'", ["timeout is '60'", "give a number"]),
    "true as a number": (f"[p]\n{HOST}rate = true", ["rate is True", "give a number"]),
    "a fraction": (f"[p]\n{HOST}burst = 2.5", ["burst is 2.5", "a whole number"]),
    "a list as text": (f"[p]\n{HOST}client_id = ['a']", ["client_id is a list", "give text"]),
    "scopes": (f"[p]\n{HOST}scopes = ['a', 1]", ["scopes is a list", "a list of texts"]),
    "a table": (f"[p]\n{HOST}[p.verify]\nx = 1", ["verify is a table", "PEM file"]),
    "a date": (f"[p]\n{HOST}timeout = 2026-01-31", ["timeout is a date", "give a number"]),
    "a number as host": ("[p]\ninstance = 7", ["instance is 7", "give text"]),
    "no host": ("[p]\nclient_id = 'a'", ["names no host", 'instance = "yourcompany"']),
    "a wrong host": ("[p]\nbase_url = 'http://c.example/api'", ["'p'", "plain http", "https"]),
    "nobody's home": (
        f"[p]\n{HOST}verify = '~nobody-of-that-name/ca'",
        ["verify", "write the path"],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_remedy(case):
    text, words = REFUSED[case]
    with pytest.raises(CoupaConfigError) as caught:
        only(text)
    for word in words:
        assert word in str(caught.value)


def test_a_secret_in_the_file_is_refused_and_not_repeated():
    with pytest.raises(CoupaConfigError) as caught:
        only(f"[prod]\n{HOST}client_secret = 'hunter2'")

    assert "hunter2" not in str(caught.value)
    for word in ("'prod'", "coupa profiles secret prod", "COUPA_CLIENT_SECRET"):
        assert word in str(caught.value)


def test_a_profile_shows_no_password_of_a_proxy():
    assert "hunter2" not in repr(only(f"[p]\n{HOST}proxy = 'http://me:hunter2@proxy:8080'"))
