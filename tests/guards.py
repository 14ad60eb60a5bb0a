"""What the tests refuse: connections beyond loopback, and threads or tasks that outlive a test.

conftest.py puts them around every test; test_guards.py shows each at work.
"""

import asyncio
import functools
import ipaddress
import logging
import os
import re
import socket
import threading
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import pytest

# Settings as 0.1.0 named them, which from_env() still reads, and proxies, which the HTTP library reads.
OUTSIDE_SETTINGS = frozenset(
    [
        "BASE_URL",
        "TOKEN_URL",
        "CLIENT_ID",
        "CLIENT_SECRET",
        "SCOPES",
        "ALL_PROXY",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
    ]
)


class SecretReader(logging.Handler):
    """Keeps the log records that hold a secret of the tests, or a token behind its scheme."""

    SHOWN = re.compile(r"the-secret|sandbox-secret|bearer (?!\*\*\*)", re.IGNORECASE)

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if self.SHOWN.search(record.getMessage()):
            self.found.append(record.getMessage())


def outside_settings() -> list[str]:
    """Name the environment variables that would change what a test sees."""
    return [
        name for name in os.environ if name.startswith("COUPA_") or name.upper() in OUTSIDE_SETTINGS
    ]


def guarded(connect: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
    """Make a socket's connect method fail the test for any address beyond loopback.

    It fails by pytest's own exception, which `except Exception` in the code under test lets through.
    """

    @functools.wraps(connect)
    def checked(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
            pytest.fail(f"a test tried to connect to {address[0]}")
        return connect(self, address)

    return checked


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


def threads_left(before: Iterable[threading.Thread], patience: float) -> list[str]:
    """Name the threads of ours that were not there `before` and do not end within `patience` seconds."""
    new = set(threading.enumerate()) - set(before)
    ours = [thread for thread in new if thread.name.startswith("coupa")]
    for thread in ours:
        thread.join(patience)
    return sorted(thread.name for thread in ours if thread.is_alive())


def leaving_no_task(
    test: Callable[..., Coroutine[Any, Any, None]],
) -> Callable[..., Coroutine[Any, Any, None]]:
    """Make an async test fail if a task that it started still runs when it returns."""

    @functools.wraps(test)
    async def checked(*args: Any, **kwargs: Any) -> None:
        before = asyncio.all_tasks()
        await test(*args, **kwargs)
        if left := asyncio.all_tasks() - before:
            # A task that was cancelled a moment ago needs turns of the loop to end.
            _, left = await asyncio.wait(left, timeout=0.2)
        assert not left, f"tasks left running: {sorted(task.get_name() for task in left)}"

    return checked
