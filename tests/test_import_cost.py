"""What `import coupa_async_client` must leave undone: each is done in a fresh interpreter, without coverage."""

import json
import os
import subprocess
import sys

import pytest

HEAVY = {
    *("click", "rich", "typer"),
    *("starlette", "uvicorn"),
    *("keyring", "opentelemetry"),
    *("dlt", "pandas", "polars", "pyarrow", "pyspark", "redis"),
    "pytest",
}

SETTINGS = ("COUPA_", "BASE_URL", "TOKEN_URL", "CLIENT_ID", "CLIENT_SECRET", "SCOPES")

# os.environ is replaced before the import by a mapping that notes which names are asked for.
IMPORT = """
import json, os, sys, threading
asked = []
class Noted(type(os.environ)):
    def __getitem__(self, name):
        asked.append(name)
        return super().__getitem__(name)
os.environ.__class__ = Noted
import coupa_async_client
print(json.dumps({
    "modules": sorted({name.partition(".")[0] for name in sys.modules}),
    "own": sorted(name for name in sys.modules if name.startswith("coupa_async_client.")),
    "asked": asked,
    "threads": [thread.name for thread in threading.enumerate()],
}))
"""


@pytest.fixture(scope="module")
def imported():
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")
    }
    answer = subprocess.run(
        [sys.executable, "-I", "-c", IMPORT],
        env=environment,
        capture_output=True,
        check=True,
        text=True,
        timeout=20,
    )
    assert answer.stderr == ""
    return json.loads(answer.stdout)


def test_no_extra_is_loaded(imported):
    assert HEAVY.isdisjoint(imported["modules"])


def test_what_only_a_client_at_work_needs_is_not_loaded(imported):
    """The import took 1.45 times as long as that of the HTTP library, a third of it for asyncio."""
    assert {"asyncio", "html", "msgspec", "subprocess"}.isdisjoint(imported["modules"])


def test_nothing_is_loaded_that_only_some_need(imported):
    parts = {name.split(".")[1] for name in imported["own"]}

    assert parts.isdisjoint({"cli", "description", "hooks", "sandbox", "swagger", "telemetry"})


def test_no_setting_is_read(imported):
    assert [name for name in imported["asked"] if name.startswith(SETTINGS)] == []


def test_no_thread_is_started(imported):
    assert imported["threads"] == ["MainThread"]
