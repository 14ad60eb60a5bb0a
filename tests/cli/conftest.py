"""A sandbox that is reset for each test, and `coupa` run as users run it or in this process."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from coupa_async_client.cli import main
from coupa_async_client.sandbox import Sandbox

COUPA = Path(sys.executable).with_name("coupa")
ROWS = 230


@pytest.fixture(scope="session")
def _serving():
    with Sandbox(polite=True, throttle="off", rows={"invoices": ROWS, "suppliers": 0}) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_serving):
    _serving.reset()
    return _serving


@pytest.fixture
def started(tmp_path):
    """Start the installed command in an empty folder; it is gone by the end of the test.

    A command that is to be interrupted is not measured: coverage holds a lock while it takes notes,
    and an interruption there leaves it held.
    """
    processes = []

    def start(sandbox, *arguments, measured=True, **options):
        environment = {**os.environ, **(sandbox.env() if sandbox else {})}
        if not measured:
            environment = {
                name: value
                for name, value in environment.items()
                if not name.startswith("COVERAGE_")
            }
        process = subprocess.Popen(
            [COUPA, *arguments],
            cwd=tmp_path,
            env=environment,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()


@dataclass(frozen=True)
class Ran:
    """What one run left behind."""

    code: int
    stdout: str
    stderr: str


@pytest.fixture
def coupa(tmp_path, monkeypatch, capfd):
    """Run the command in this process and an empty folder, with the environment of a sandbox."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, environment=()):
        with monkeypatch.context() as patch:
            for name, value in dict(environment).items():
                patch.setenv(name, value)
            code = main(arguments)
        captured = capfd.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def offered(monkeypatch, capfd):
    """Return what is offered for the last word of a command line."""

    def ask(line, shell="fish"):
        with monkeypatch.context() as patch:
            patch.setenv("_COUPA_COMPLETE", f"complete_{shell}")
            patch.setenv("_TYPER_COMPLETE_ARGS", line)
            patch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
            with pytest.raises(SystemExit):
                main([])
        captured = capfd.readouterr()
        assert captured.err == ""
        return [each.partition("\t")[0] for each in captured.out.splitlines() if each]

    return ask
