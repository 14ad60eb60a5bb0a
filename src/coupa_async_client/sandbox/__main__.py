"""Serves the sandbox from the command line until it is told to stop."""

import argparse
import shlex
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from typing import Any, NoReturn

from coupa_async_client.sandbox.config import Config, choices, facts

_SLICE_SECONDS = 0.5


class _UsageError(Exception):
    """Arguments that cannot be read."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Leave the wording of one line on stderr to `main`."""
        raise _UsageError(message)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM and return the exit code: 0, or 2 for bad arguments."""
    options: dict[str, Any] = {}
    try:
        options = vars(_parser().parse_args(argv))
        from coupa_async_client.sandbox import Sandbox  # noqa: PLC0415 - needs the extra, and names it

        for repeated in ("rows", "load"):
            options[repeated] = dict(options[repeated])
        if "granted" in options:
            options["granted"] = frozenset(options["granted"].split(","))
        with _until_signalled() as wait, Sandbox(**options) as sandbox:
            sys.stdout.write("a local Coupa for tests; memory only; loopback only\n")
            for name, value in sandbox.env().items():
                sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
            sys.stdout.flush()
            wait()
    except _UsageError as error:
        return _complain(f"{error}; see --help")
    except (ImportError, ValueError, TypeError) as error:
        return _complain(str(error))
    except OSError as error:
        place = error.filename or f"port {options.get('port')}"
        option = "--load" if error.filename else "--port (0 takes a free one)"
        return _complain(f"{place}: {error.strerror or error}; choose another with {option}")
    return 0


def _parser() -> _Parser:
    parser = _Parser(
        prog="coupa sandbox",
        description="A local Coupa for tests: memory only, loopback only, rude unless --polite.",
        argument_default=argparse.SUPPRESS,
        allow_abbrev=False,
    )
    parser.add_argument("--port", type=int, default=8181, help="0 takes a free one (default 8181)")
    parser.add_argument("--seed", type=int, help="which rows are generated (default 1)")
    parser.add_argument("--polite", action="store_true", help="long tokens, a queue, no faults")
    parser.add_argument(
        "--rows", type=_counted, action="append", default=[], metavar="RESOURCE=COUNT"
    )
    parser.add_argument(
        "--load", type=_named, action="append", default=[], metavar="RESOURCE=FILE",
        help="serve the rows of a JSONL file, a JSON array or one object",
    )  # fmt: skip
    knobs = parser.add_argument_group("knobs")
    closed = choices()
    defaults = Config()
    for name, fact in facts().items():
        default = getattr(defaults, name)
        wording = f"{fact.help}; {fact.evidence}: {fact.source} (default {default})"
        knobs.add_argument(
            f"--{name.replace('_', '-')}", help=wording.replace("%", "%%"), **_form(closed, name)
        )
    return parser


def _form(closed: dict[str, tuple[object, ...]], name: str) -> dict[str, Any]:
    """Return how argparse reads a knob, after its default."""
    if name in closed:
        values = [value for value in closed[name] if value is not None]
        return {"type": type(values[0]), "choices": values}
    default = getattr(Config(), name)
    if isinstance(default, bool):
        return {"action": argparse.BooleanOptionalAction}
    if default is None:
        return {"metavar": "SCOPE,SCOPE"}
    whole = name == "burst"
    return {"type": int if whole else float, "metavar": "N"}


def _named(argument: str) -> tuple[str, str]:
    name, equals, value = argument.partition("=")
    if not (name and equals and value):
        raise argparse.ArgumentTypeError(f"{argument!r} is not RESOURCE=VALUE")
    return name, value


def _counted(argument: str) -> tuple[str, int]:
    name, count = _named(argument)
    if not count.isascii() or not count.isdigit():
        raise argparse.ArgumentTypeError(f"{argument!r}: the count is not a whole number")
    return name, int(count)


@contextmanager
def _until_signalled() -> Iterator[Callable[[], None]]:
    stop = Event()
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {each: signal.signal(each, lambda *_: stop.set()) for each in signals}

    def wait() -> None:
        # In slices: on Windows an endless wait is deaf to Ctrl-C.
        while not stop.wait(_SLICE_SECONDS):
            continue

    try:
        yield wait
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _complain(message: str) -> int:
    sys.stderr.write(f"coupa sandbox: {' '.join(message.split())}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
