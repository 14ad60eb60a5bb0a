"""What `budget=` may name: each wrong one is refused before anything is sent, and no password is shown."""

import json
import logging
import sys
from pathlib import Path, PurePosixPath

import pytest

from coupa_async_client import CoupaAsyncClient, CoupaClient, CoupaConfigError
from coupa_async_client._budget import OwnBudget
from coupa_async_client._budgets import budget_for
from coupa_async_client._settings import environment_arguments, settings
from coupa_async_client._shared_budget import SharedBudget
from coupa_async_client.cli import main
from servers import Server, http, serving

MADE = {"instance": "acme", "client_id": "id", "client_secret": "hush"}
REDIS = "redis://user:the-secret@127.0.0.1"


def made(**options):
    return budget_for(settings(**MADE, **options))


def test_a_client_that_names_none_has_its_own_and_one_without_a_rate_has_none():
    assert isinstance(made(), OwnBudget)
    assert made(rate=None) is None


@pytest.mark.parametrize(
    ("budget", "name"),
    [
        ("nightly", "'nightly'"),
        ("Team-7_b.x", "'Team-7_b.x'"),
        ("/run/coupa", "'/run/coupa'"),
        (Path("/run/coupa"), "'/run/coupa'"),
        (PurePosixPath("nightly"), f"'{Path.cwd()}/nightly'"),
        ("./nightly", f"'{Path.cwd()}/nightly'"),
        ("~/nightly", f"'{Path.home()}/nightly'"),
    ],
)
def test_names_and_paths(budget, name):
    shared = made(budget=budget)
    assert isinstance(shared, SharedBudget)
    assert shared._name == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (REDIS, "redis://127.0.0.1?budget=acme.coupahost.com"),
        (f"{REDIS}:7000/3?budget=nightly", "redis://127.0.0.1:7000/3?budget=nightly"),
        (f"{REDIS.replace('redis', 'rediss')}/?budget=a", "rediss://127.0.0.1/?budget=a"),
        (
            "rediss://[::1]:7000/0?budget=a&ssl_ca_certs=/etc/ca.pem&ssl_check_hostname=yes",
            "rediss://[::1]:7000/0?budget=a",
        ),
    ],
)
def test_a_url_of_redis_is_called_by_its_place_alone(url, name):
    pytest.importorskip("redis")
    assert made(budget=url)._name == repr(name)


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        ("", "budget is ''; give a name of letters, digits"),
        ("two words", "'two words'; give a name"),
        ("-x", "'-x'; give a name"),
        ("..", "'..'; give a name"),
        ("a" * 65, "give a name"),
        ("a\nb", "give a name"),
        ("/a\0b", "give a name"),
        ("~nobody-of-this-name/b", "~nobody-of-this-name/b'"),
        (7, "budget is 7; give a name, a path, a URL of Redis, or None"),
        (b"nightly", "give a name, a path"),
        ("http://:the-secret@host/", "it begins with http://"),
        ("redis://:the-secret@", "does not name a host"),
        ("redis://:the-secret@h:0", "does not name a host"),
        ("redis://:the-secret@h:none", "does not name a host"),
        ("redis://:the-secret/x@h", "does not name a host"),
        ("redis://[the-secret@h", "does not name a host"),
        ("redis://the-secret#x@h", "does not name a host and a database"),
        ("redis://:the-secret@h/name", "does not name a host and a database"),
        ("redis://:the-secret@h?budget=a b", "budget='a b' is no name"),
        ("redis://:the-secret@h?budget=", "budget='' is no name"),
        ("redis://:the-secret@h?db=1", "it has the option db"),
        ("redis://:the-secret@h?ssl_ca_certs=x", "it has the option ssl_ca_certs"),
    ],
)
def test_what_is_neither_is_refused_with_what_to_give(budget, words):
    with pytest.raises(CoupaConfigError) as caught:
        CoupaClient(**MADE, budget=budget)
    assert words in str(caught.value)
    error = caught.value
    while error is not None:
        assert "the-secret" not in repr(error)
        error = error.__cause__


async def test_an_option_that_redis_does_not_take_is_named_before_anything_is_sent():
    pytest.importorskip("redis")
    budget = made(budget="rediss://127.0.0.1:9/0?ssl_cert_reqs=sometimes")
    with pytest.raises(CoupaConfigError, match=r"cannot be used: .*sometimes"):
        await budget.reserve()
    await budget.aclose()


def test_a_user_without_a_home_gives_a_path(monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(CoupaConfigError, match=r"home directory.*; give the path of a file"):
        made(budget="nightly")


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("win32", {"LOCALAPPDATA": "/local"}, "/local"),
        ("win32", {"LOCALAPPDATA": ""}, "/home/me/AppData/Local"),
        ("darwin", {}, "/home/me/Library/Caches"),
        ("linux", {"XDG_CACHE_HOME": "/cache"}, "/cache"),
        ("linux", {"XDG_CACHE_HOME": "cache"}, "/home/me/.cache"),
    ],
)
def test_where_a_named_budget_lives(platform, environment, folder, monkeypatch):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("HOME", "/home/me")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    path = made(budget="nightly")._store._path
    assert path.parent == Path(folder, "coupa-async-client")
    assert path.name.startswith("nightly@")


def test_a_rate_of_none_leaves_nothing_to_share():
    with pytest.raises(CoupaConfigError, match="with rate=None there is nothing to share"):
        CoupaAsyncClient(**MADE, rate=None, budget="nightly")


def test_without_the_extra_it_is_named(monkeypatch):
    monkeypatch.delitem(sys.modules, "coupa_async_client._budget_redis", raising=False)
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)
    with pytest.raises(CoupaConfigError, match=r'pip install "coupa-async-client\[redis\]"'):
        CoupaClient(**MADE, budget=REDIS)


def test_the_environment_names_a_budget_but_not_without_the_prefix():
    assert environment_arguments({"COUPA_BUDGET": "nightly"}) == {"budget": "nightly"}
    assert environment_arguments({"BUDGET": "5000 EUR"}) == {}
    assert environment_arguments({}, "COUPA_BUDGET=nightly") == {"budget": "nightly"}


def test_no_repr_and_no_log_shows_the_password(caplog):
    pytest.importorskip("redis")
    caplog.set_level(logging.DEBUG)
    checked = settings(**MADE, budget=REDIS)
    with CoupaClient(**MADE, budget=REDIS) as client:
        shown = [repr(checked), repr(client), str(vars(client))]
    shown += [repr(budget_for(checked)), caplog.text]
    assert not [text for text in shown if "the-secret" in text]


def test_a_budget_that_cannot_be_had_ends_a_scan_before_anything_is_sent(tmp_path):
    with (
        Server(serving(range(200))) as server,
        CoupaClient(**server.arguments(rate=25.0, budget=tmp_path / "no" / "b")) as client,
    ):
        with pytest.raises(CoupaConfigError, match="cannot be used: No such file or directory"):
            client.scan("invoices").collect()
        with pytest.raises(CoupaConfigError, match="cannot be used"):
            client.get("invoices/7")
        assert server.seen == []


def test_both_clients_and_the_command_draw_on_one_budget(tmp_path, monkeypatch, capfd):
    """The rate is so low that what one of them sends is what another waits for."""
    file = tmp_path / "b"
    with Server(lambda _: http(200, {"id": 7})) as server:
        arguments = server.arguments(rate=0.001, burst=2, budget=file)
        with CoupaClient(**arguments) as client:
            assert client.get("invoices/7") == {"id": 7}
            governor, _ = client._client._engine.outlook()
            assert round(governor.pace.level) == 1
        given = {name: str(arguments[name]) for name in ("base_url", "client_id", "client_secret")}
        for name, value in {**given, "budget": str(file)}.items():
            monkeypatch.setenv(f"COUPA_{name.upper()}", value)
        assert main(["get", "invoices/7", "--rate", "0.001"]) == 2
        assert main(["get", "invoices/7", "--budget", str(tmp_path / "c")]) == 0
        assert len(server.api) == 2
    said = capfd.readouterr()
    assert "is in use with rate=0.001 and burst=2, this client has rate=0.001" in said.err
    assert json.loads(said.out) == {"id": 7}
    assert (tmp_path / "c").exists()
