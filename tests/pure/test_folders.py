"""Where settings and caches are, on each platform."""

import sys
from pathlib import Path

import pytest

from coupa_async_client.folders import cache_folder, config_folder

OURS = "coupa-async-client"
VARIABLES = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA")


@pytest.fixture(autouse=True)
def at_home(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/me")


@pytest.mark.parametrize(
    ("platform", "variable", "value", "folder"),
    [
        ("linux", "XDG_CONFIG_HOME", "/conf", f"/conf/{OURS}"),
        ("linux", "XDG_CONFIG_HOME", "conf", f"/home/me/.config/{OURS}"),
        ("linux", "XDG_CONFIG_HOME", "", f"/home/me/.config/{OURS}"),
        ("darwin", "XDG_CONFIG_HOME", "/conf", f"/home/me/Library/Application Support/{OURS}"),
        ("win32", "APPDATA", "/roaming", f"/roaming/{OURS}"),
        ("win32", "APPDATA", "", f"/home/me/AppData/Roaming/{OURS}"),
    ],
)
def test_settings(platform, variable, value, folder, monkeypatch):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(variable, value)

    assert config_folder() == Path(folder)


@pytest.mark.parametrize(
    ("platform", "variable", "value", "folder"),
    [
        ("linux", "XDG_CACHE_HOME", "/cache", f"/cache/{OURS}"),
        ("linux", "XDG_CACHE_HOME", "cache", f"/home/me/.cache/{OURS}"),
        ("darwin", "XDG_CACHE_HOME", "/cache", f"/home/me/Library/Caches/{OURS}"),
        ("win32", "LOCALAPPDATA", "/local", f"/local/{OURS}/Cache"),
        ("win32", "LOCALAPPDATA", "", f"/home/me/AppData/Local/{OURS}/Cache"),
    ],
)
def test_caches(platform, variable, value, folder, monkeypatch):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(variable, value)

    assert cache_folder() == Path(folder)


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_where_nobody_is_at_home_there_is_neither(platform, monkeypatch):
    def nobody():
        raise RuntimeError

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", nobody)

    assert config_folder() is None
    assert cache_folder() is None
