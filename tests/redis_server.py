"""A Redis of Debian's package on a free loopback port: nothing is kept, and it is gone with the test."""

import os
import shutil
import signal
import socket
import subprocess
from typing import Self

import pytest

PASSWORD = "the-secret"  # noqa: S105


class RedisServer:
    """Runs until the `with` block ends; may be stopped, started again and frozen in between."""

    def __init__(self, folder: os.PathLike[str]) -> None:
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, empty."""
        options = {
            "bind": "127.0.0.1",
            "port": self.port,
            "save": "",
            "appendonly": "no",
            "requirepass": PASSWORD,
            "dir": self._folder,
            "daemonize": "no",
        }
        arguments = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
        self._process = subprocess.Popen(
            [installed(), *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        said = ""
        while "Ready to accept connections" not in said:
            said = self._process.stdout.readline()
            assert said, "redis-server ended"

    def stop(self) -> None:
        """End it; what it held is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def freeze(self) -> None:
        """Let it hear everything and answer nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)


def installed() -> str:
    """Return the program, or skip the test where there is none."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed: on Debian and Ubuntu, apt install redis-server")
    return program
