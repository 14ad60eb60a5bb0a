"""What every test may rely on: asyncio alone, no settings from outside, loopback only, nothing left over."""

import inspect
import logging
import os
import socket
import threading
from importlib.util import find_spec

import hypothesis
import pytest

from coupa_async_client._token_store import forget_tokens
from floors import PACKAGE
from guards import SecretReader, guarded, leaving_no_task, outside_settings, threads_left

pytest_plugins = ["coverage_floors"]

# `make properties` runs the scheduled one: the same tests with more examples each.
hypothesis.settings.register_profile("fast", max_examples=60, deadline=None)
hypothesis.settings.register_profile("scheduled", max_examples=2_000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


def pytest_report_header():
    spec = find_spec(PACKAGE)
    return f"package under test: {spec.origin if spec else 'not installed'}"


@pytest.fixture(scope="session")
def anyio_backend():
    """Keep anyio's plugin from running every test on trio too, wherever trio happens to be installed."""
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def no_settings_from_outside():
    with pytest.MonkeyPatch.context() as patch:
        for name in outside_settings():
            patch.delenv(name)
        yield


@pytest.fixture(scope="session", autouse=True)
def nothing_secret_logged():
    """Read whatever the library logs in the whole run, at DEBUG, for secrets and tokens."""
    log, reader = logging.getLogger(PACKAGE), SecretReader()
    log.addHandler(reader)
    log.setLevel(logging.DEBUG)
    yield
    log.removeHandler(reader)
    assert not reader.found


@pytest.fixture(scope="session", autouse=True)
def loopback_only():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))
        yield


@pytest.fixture(autouse=True)
def no_token_left():
    """Let no test meet the token of another: ports of servers that are gone are used again."""
    forget_tokens()


@pytest.fixture(autouse=True)
def no_thread_left():
    before = threading.enumerate()
    yield
    left = threads_left(before, patience=2)
    assert not left, f"threads left running: {left}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    test = pyfuncitem.obj
    if inspect.iscoroutinefunction(test):
        pyfuncitem.obj = leaving_no_task(test)
    try:
        return (yield)
    finally:
        pyfuncitem.obj = test
