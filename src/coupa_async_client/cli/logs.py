"""The library's log on stderr, as much of it as COUPA_LOG or --debug asks for."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from coupa_async_client import CoupaConfigError

VARIABLE = "COUPA_LOG"
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}
_SILENCE = logging.CRITICAL + 1

_log = logging.getLogger("coupa_async_client")


@contextmanager
def logged(*, debug: bool) -> Iterator[None]:
    """Send the library's log to stderr while the block runs, or nowhere: receipts count the retries.

    The HTTP library's own log stays where it is: it has no more than a line for each request, too.

    Raises:
        CoupaConfigError: COUPA_LOG names no level.
    """
    level = logging.DEBUG if debug else _asked_for()
    handler = logging.NullHandler() if level == _SILENCE else logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    before, propagate = _log.level, _log.propagate
    _log.addHandler(handler)
    _log.setLevel(level)
    _log.propagate = False
    try:
        yield
    finally:
        _log.removeHandler(handler)
        _log.setLevel(before)
        _log.propagate = propagate


def is_logged() -> bool:
    """Tell whether lines of the log may come, which a line that moves would run into."""
    return _log.isEnabledFor(logging.CRITICAL)


def _asked_for() -> int:
    said = os.environ.get(VARIABLE, "")
    if said and said.lower() not in _LEVELS:
        msg = f"{VARIABLE} is {said!r}; set it to debug, info or warning, or to nothing"
        raise CoupaConfigError(msg)
    return _LEVELS.get(said.lower(), _SILENCE)
