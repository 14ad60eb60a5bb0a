"""What a command says when it fails: one line on stderr, and an exit code. No traceback unasked."""

import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

import typer

from coupa_async_client import CoupaClientError, CoupaConfigError, IncompleteScanError

from .logs import logged
from .receipt import missing

WRONG_ARGUMENTS = 2
_FAILED = 1
_INCOMPLETE = 3
_BY_SIGNAL = 128
_PIPE_CLOSED = _BY_SIGNAL + 13  # SIGPIPE, which Windows does not name


class Terminated(KeyboardInterrupt):
    """SIGTERM came: the run ends as with Ctrl-C."""


def say(line: str, example: Sequence[str] = ()) -> None:
    """Write one line to stderr, where there is still somebody to read it, and below it an example."""
    with suppress(OSError):
        sys.stderr.write(f"coupa: {' '.join(line.split())}\n")
        sys.stderr.writelines(f"    {each}\n" for each in example)
        sys.stderr.flush()


@contextmanager
def reported(*, debug: bool) -> Iterator[None]:
    """Turn whatever goes wrong in the block into a line and an exit code.

    With `debug`, the traceback comes first. What of the library's log goes to stderr is left to `logs`.
    """
    try:
        with _terminable(), logged(debug=debug):
            yield
    except BaseException as error:
        if debug:
            traceback.print_exception(error)
        line, code = _verdict(error)
        if line:
            line, *example = line.splitlines() if isinstance(error, CoupaConfigError) else [line]
            say("; ".join([line, *getattr(error, "__notes__", ())]), example)
        raise typer.Exit(code) from error


@contextmanager
def noted_warnings() -> Iterator[None]:
    """Say the block's warnings as notes, each in one line, whatever Python's own filters are."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for warning in caught:
        say(f"note: {warning.message}")


def _verdict(error: BaseException) -> tuple[str, int]:
    """Return the line for an error, empty where silence is right, and the exit code."""
    error = _interruption(error) or error
    line, code = str(error), _FAILED
    match error:
        case Terminated():
            line, code = "terminated", _BY_SIGNAL + signal.SIGTERM
        case KeyboardInterrupt():
            line, code = "interrupted", _BY_SIGNAL + signal.SIGINT
        case BrokenPipeError():
            _abandon_stdout()
            line, code = "", _PIPE_CLOSED
        case CoupaConfigError() | ImportError():
            code = WRONG_ARGUMENTS
        case IncompleteScanError():
            lacking = (
                f"{error.receipt.resource} is incomplete: missing are {missing(error.receipt)}"
            )
            line, code = f"{lacking}. The reason: {error.__cause__ or error}", _INCOMPLETE
        case CoupaClientError():
            pass
        case OSError():
            line = f"{error.filename or 'stdout'}: {error.strerror or error}"
        case _:
            line = f"unexpected {type(error).__name__}: {error}; --debug shows where"
    return line, code


def _interruption(error: BaseException) -> KeyboardInterrupt | None:
    """Find the interruption behind an error: cleaning up in its wake may fail in turn."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, KeyboardInterrupt):
        cause = cause.__context__
    return cause


def _abandon_stdout() -> None:
    """Point stdout at nothing: Python flushes it once more at exit, and would complain."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM clean up like Ctrl-C; only the main thread may say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated
