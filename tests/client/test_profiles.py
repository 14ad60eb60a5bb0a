"""Clients by a named profile: whose secret goes where, what wins over what, and what is refused unsent."""

import os
import sys
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail, null

from coupa_async_client import CoupaAsyncClient, CoupaClient, CoupaConfigError, profiles
from keyring_file import FILE, BrokenKeyring, FileKeyring, LockedKeyring
from servers import Server, grant, serving

PROPER = serving(range(1, 20))


class Config:
    """The config file of a user of this test's own."""

    def __init__(self, folder):
        self.file = folder / "coupa-async-client" / "config.toml"

    def write(self, text, mode=0o600):
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(text)
        self.file.chmod(mode)

    def profile(self, server, more="", name="prod", client_id="abc"):
        urls = f'base_url = "{server.url}/api"\ntoken_url = "{server.url}/oauth2/token"'
        self.write(f'[{name}]\n{urls}\nclient_id = "{client_id}"\n{more}\n')


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    return Config(tmp_path / "config")


@pytest.fixture
def server():
    with Server(PROPER) as server:
        yield server


@pytest.fixture(autouse=True)
def ring(tmp_path, monkeypatch):
    """Set a keyring by the library's own means."""
    monkeypatch.setenv(FILE, str(tmp_path / "keyring.json"))
    before = keyring.get_keyring()
    keyring.set_keyring(FileKeyring())
    yield keyring.get_keyring()
    keyring.set_keyring(before)


async def by_async(name, **options):
    async with CoupaAsyncClient.from_profile(name, **options) as client:
        return await client.scan("invoices").collect()


async def by_sync(name, **options):
    with CoupaClient.from_profile(name, **options) as client:
        return client.scan("invoices").collect()


@pytest.fixture(params=[by_async, by_sync], ids=["async", "sync"])
def read(request):
    return request.param


def credentials(server):
    """Return the client and the secret that the last token call carried."""
    form = dict(each.split("=") for each in server.tokens[-1].body.decode().split("&"))
    return form["client_id"], form["client_secret"]


async def test_a_profile_and_a_secret_from_the_environment(read, config, server, monkeypatch):
    config.profile(server, 'scopes = ["core.invoice.read"]')
    monkeypatch.setenv("COUPA_CLIENT_SECRET", "the-secret")

    assert len(await read("prod")) == 19
    assert credentials(server) == ("abc", "the-secret")
    assert b"scope=core.invoice.read" in server.tokens[0].body


async def test_the_variable_that_the_profile_names_is_the_only_one(config, server, monkeypatch):
    config.profile(server, 'client_secret_env = "ACME_SECRET"')
    monkeypatch.setenv("COUPA_CLIENT_SECRET", "of-another")
    with pytest.raises(
        CoupaConfigError, match=r"ACME_SECRET is not set, and .* has none for abc@127"
    ):
        await by_sync("prod")
    monkeypatch.setenv("ACME_SECRET", "the-secret")

    await by_sync("prod")
    assert credentials(server) == ("abc", "the-secret")


async def test_a_secret_from_the_keyring(read, config, server, ring):
    config.profile(server)
    profiles.keep_secret(profiles.find("prod"), "the-secret")

    assert len(await read("prod")) == 19
    assert credentials(server) == ("abc", "the-secret")
    assert list(ring.kept) == [f"coupa-async-client abc@127.0.0.1:{server.port}"]


async def test_the_environment_wins_over_the_keyring(config, server, monkeypatch):
    config.profile(server)
    profiles.keep_secret(profiles.find("prod"), "kept")
    monkeypatch.setenv("COUPA_CLIENT_SECRET", "the-secret")

    await by_sync("prod")
    assert credentials(server) == ("abc", "the-secret")


async def test_a_secret_given_as_an_option_wins_and_no_keyring_is_asked(config, server):
    config.profile(server)
    keyring.set_keyring(BrokenKeyring())

    await by_sync("prod", client_secret="the-secret")  # noqa: S106
    assert credentials(server) == ("abc", "the-secret")


async def test_a_secret_goes_to_no_host_that_it_was_not_kept_for(config, server):
    """`--profile prod --base-url ...` would hand the secret of production to whoever is there."""
    config.write('[prod]\ninstance = "acme"\nclient_id = "abc"')
    profiles.keep_secret(profiles.find("prod"), "the-secret")
    with pytest.raises(CoupaConfigError, match=rf"has none for abc@127.0.0.1:{server.port}"):
        await by_sync("prod", base_url=f"{server.url}/api")
    with pytest.raises(CoupaConfigError, match=r"has none for other@acme\.coupahost\.com"):
        await by_sync("prod", client_id="other")
    assert server.seen == []


async def test_a_secret_of_another_client_in_the_environment_is_left_alone(
    config, server, monkeypatch
):
    """What is exported for a sandbox would be sent to production."""
    config.profile(server)
    monkeypatch.setenv("COUPA_CLIENT_ID", "sandbox-client")
    monkeypatch.setenv("COUPA_CLIENT_SECRET", "sandbox-secret")
    with pytest.raises(CoupaConfigError, match="beside the COUPA_CLIENT_ID of another client"):
        await by_sync("prod")
    assert server.seen == []
    monkeypatch.setenv("COUPA_CLIENT_ID", "abc")

    await by_sync("prod")
    assert credentials(server) == ("abc", "sandbox-secret")


async def test_options_win_over_the_profile_and_that_over_the_environment(
    read, config, server, tmp_path, monkeypatch
):
    config.profile(server, 'scopes = "of-the-profile"\ntoken_cache = "tokens"')
    environment = {
        "COUPA_INSTANCE": "somewhere-else",
        "COUPA_SCOPES": "of-the-environment",
        "COUPA_BUDGET": "redis://127.0.0.1:1/0",
        "COUPA_TOKEN_CACHE": str(tmp_path / "elsewhere"),
        "COUPA_CLIENT_SECRET": "the-secret",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    await read("prod")
    await read("prod", scopes="of-the-option", token_cache=None)

    assert b"scope=of-the-profile" in server.tokens[0].body
    assert b"scope=of-the-option" in server.tokens[1].body
    assert (config.file.parent / "tokens").exists()
    assert not (tmp_path / "elsewhere").exists()


async def test_the_secret_may_be_in_a_dotenv_file(config, server, tmp_path):
    config.profile(server)
    (tmp_path / ".env").write_text("COUPA_CLIENT_SECRET=the-secret\nCOUPA_INSTANCE=elsewhere\n")

    await by_sync("prod")
    assert credentials(server) == ("abc", "the-secret")


async def test_a_linked_config_file_is_followed(config, server, tmp_path, monkeypatch):
    """Many keep such files in a repository, and link them."""
    config.profile(server)
    config.file.rename(tmp_path / "real.toml")
    config.file.symlink_to(tmp_path / "real.toml")
    monkeypatch.setenv("COUPA_CLIENT_SECRET", "the-secret")

    assert len(await by_sync("prod")) == 19


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
async def test_a_file_that_others_may_open_is_refused(read, config, server, mode):
    config.profile(server)
    config.file.chmod(mode)
    with pytest.raises(CoupaConfigError, match=rf"mode 0{mode:o}\): chmod 600 {config.file}"):
        await read("prod", client_secret="the-secret")  # noqa: S106
    assert server.seen == []


async def test_a_file_of_another_user_is_refused(read, config, server, monkeypatch):
    config.profile(server)
    monkeypatch.setattr(os, "geteuid", lambda: config.file.stat().st_uid + 1)
    with pytest.raises(CoupaConfigError, match=r"belongs to another user; it must be yours alone"):
        await read("prod", client_secret="the-secret")  # noqa: S106
    assert server.seen == []


def pipe(file):
    os.mkfifo(file, 0o600)


BAD_FILES = {
    "missing": (lambda file: file.parent.rmdir(), ["no profiles yet", "[prod]", "client_id = "]),
    "empty": (lambda file: file.write_text(""), ["no profiles yet", "chmod 600", "instance = "]),
    "a folder": (lambda file: file.mkdir(mode=0o700), ["cannot be read (Is a directory)"]),
    "a pipe": (pipe, ["no plain file"]),
    "no UTF-8": (lambda file: file.write_bytes(b"[prod]\n\xff"), ["byte 7 is no UTF-8"]),
    "no TOML": (lambda file: file.write_text("[prod\n"), ["not TOML", "line 1"]),
    "other names": (
        lambda file: file.write_text('[proud]\ninstance="a"\n[test]\ninstance="b"'),
        ["no profile 'prod'", "nearest is proud"],
    ),
    "quite other names": (
        lambda file: file.write_text('[one]\ninstance="a"\n[two]\ninstance="b"'),
        ["no profile 'prod'", "there are one, two"],
    ),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_file_that_will_not_do_is_named_with_the_remedy(config, case):
    make, words = BAD_FILES[case]
    config.file.parent.mkdir(parents=True)
    make(config.file)
    if config.file.is_file():
        config.file.chmod(0o600)
    with pytest.raises(CoupaConfigError) as caught:
        CoupaClient.from_profile("prod")

    for word in [str(config.file), *words]:
        assert word in str(caught.value)


def test_the_example_is_a_profile(config):
    """Whoever copies the lines of the message has a file that is read."""
    with pytest.raises(CoupaConfigError) as caught:
        CoupaClient.from_profile("my profile")
    config.write("\n".join(str(caught.value).splitlines()[1:]))

    assert [each.host for each in profiles.profiles()] == ["yourcompany.coupahost.com"]


def test_without_a_home_there_is_no_place_for_profiles(monkeypatch):
    def nobody():
        raise RuntimeError

    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(Path, "home", nobody)
    with pytest.raises(CoupaConfigError, match="set HOME"):
        CoupaClient.from_profile("prod")


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        (LockedKeyring, ["COUPA_CLIENT_SECRET is not set", "is locked; unlock it"]),
        (BrokenKeyring, ["failed (OSError)", "keyring diagnose"]),
        (fail.Keyring, ["no keyring", "keyring diagnose"]),
        (null.Keyring, ["has none for abc@"]),
    ],
)
def test_a_keyring_that_gives_nothing_is_told_with_both_remedies(backend, words, config, server):
    config.profile(server)
    keyring.set_keyring(backend())
    with pytest.raises(CoupaConfigError) as caught:
        CoupaClient.from_profile("prod")

    for word in [*words, "set COUPA_CLIENT_SECRET", "coupa profiles secret prod"]:
        assert word in str(caught.value)
    assert server.seen == []


def test_without_the_extra_the_remedy_is_named(config, server, monkeypatch):
    config.profile(server)
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(CoupaConfigError) as caught:
        CoupaClient.from_profile("prod")

    assert 'pip install "coupa-async-client[keyring]"' in str(caught.value)


def test_secrets_are_kept_and_removed(config, server, ring):
    config.profile(server)
    profile = profiles.find("prod")
    assert not profiles.forget_secret(profile)
    profiles.keep_secret(profile, "old")
    profiles.keep_secret(profile, "new")
    assert list(ring.kept.values()) == ["new"]
    with pytest.raises(CoupaConfigError, match="is empty; nothing was kept"):
        profiles.keep_secret(profile, " ")
    assert profiles.forget_secret(profile)
    assert ring.kept == {}


async def test_nothing_shows_the_secret(config, caplog):
    caplog.set_level("DEBUG")
    with Server(PROPER, token=lambda _: grant("token-1")) as server:
        config.profile(server, 'proxy = "http://me:the-secret@127.0.0.1:1"')
        profiles.keep_secret(profiles.find("prod"), "the-secret")
        with CoupaClient.from_profile("prod", proxy=None) as client:
            client.get("invoices")
            shown = [repr(client), repr(client._client._settings), caplog.text]
        shown += [repr(profiles.profiles()), repr(profiles.find("prod"))]
    assert "the-secret" not in "".join(shown)
