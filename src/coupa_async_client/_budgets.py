"""Which budget a client draws on: its own, or the one that its argument `budget` names."""

import os
import platform
import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from ._budget import Budget, OwnBudget
from ._budget_file import FileStore
from ._limits import Governor
from ._settings import Settings
from ._shared_budget import SharedBudget, Store
from .errors import CoupaConfigError
from .folders import OURS, user_cache

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NO_PLACE = "it does not name a host and a database (a / or # in a password is %2F or %23)"
_TLS = {"ssl_ca_certs", "ssl_cert_reqs", "ssl_certfile", "ssl_check_hostname", "ssl_keyfile"}


def budget_for(settings: Settings, clock: Callable[[], float] = time.monotonic) -> Budget | None:
    """Make the budget that a client draws on; None where it is not paced.

    Nothing is opened yet.

    Raises:
        CoupaConfigError: `budget` names no place, or one that needs an extra.
    """
    if settings.rate is None:
        return None
    if settings.budget is None:
        return OwnBudget(Governor(settings.rate, settings.burst), clock)
    if isinstance(settings.budget, str) and "://" in settings.budget:
        name, store = _in_redis(settings.budget, urlsplit(settings.base_url).netloc)
    else:
        name, store = _in_file(settings.budget, clock)
    return SharedBudget(settings.rate, settings.burst, store, clock, name=name)


def _in_file(budget: str | Path, clock: Callable[[], float]) -> tuple[str, Store]:
    """Return what to call a budget in messages, and where it is kept."""
    named = isinstance(budget, str) and _NAME.fullmatch(budget)
    is_path = isinstance(budget, Path) or any(s in budget for s in (os.sep, os.altsep) if s)
    if "\0" in str(budget) or not (named or is_path):
        msg = (
            f"budget is {str(budget)!r}; give a name of letters, digits, '.', '_' and '-', the "
            "path of a file, or redis://HOST:PORT/0?budget=NAME"
        )
        raise CoupaConfigError(msg)
    try:
        if named:
            file = user_cache() / OURS / f"{budget}@{platform.node()}.budget"
            return repr(budget), FileStore(file, clock, ours=True)
        file = Path(budget).expanduser().absolute()
    except RuntimeError as error:
        msg = f"budget is {str(budget)!r}: {error}; give the path of a file"
        raise CoupaConfigError(msg) from error
    return repr(str(file)), FileStore(file, clock, ours=False)


def _in_redis(url: str, host: str) -> tuple[str, Store]:
    """Return what to call a budget in messages, without its password, and where it is kept."""
    parts, options = _read(url)
    name = options.pop("budget", host)
    try:
        from ._budget_redis import RedisStore  # noqa: PLC0415  (needs the extra)
    except ImportError as error:
        msg = 'a budget in Redis needs an extra: pip install "coupa-async-client[redis]"'
        raise CoupaConfigError(msg) from error
    plain = urlunsplit(parts._replace(query=urlencode(options)))
    store = RedisStore(plain, f"{OURS}:budget:{name}")
    address = parts.netloc.rpartition("@")[2]
    return repr(f"{parts.scheme}://{address}{parts.path}?budget={name}"), store


def _read(url: str) -> tuple[SplitResult, dict[str, str]]:
    """Take a URL apart; no message repeats it, for it may hold a password."""
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError:
        raise _unreadable(_NO_PLACE) from None
    if parts.scheme not in ("redis", "rediss"):
        raise _unreadable(f"it begins with {parts.scheme}://")
    if not usable or parts.fragment or not re.fullmatch(r"/?\d*", parts.path):
        raise _unreadable(_NO_PLACE)
    if not _NAME.fullmatch(options.get("budget", "x")):
        raise _unreadable(f"budget={options['budget']!r} is no name")
    if unknown := options.keys() - {"budget", *(_TLS if parts.scheme == "rediss" else ())}:
        raise _unreadable(f"it has the option {min(unknown)}")
    return parts, options


def _unreadable(reason: str) -> CoupaConfigError:
    remedy = "give redis://USER:PASSWORD@HOST:PORT/0?budget=NAME, or rediss:// for TLS"
    return CoupaConfigError(f"budget is a URL, but {reason}; {remedy}")
