"""What a client needs to know, checked once: hosts, credentials, sizes, limits.

Pure: the environment is handed in as a mapping, a `.env` file as its text.
"""

import ipaddress
import os
import re
import ssl
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .errors import CoupaConfigError
from .instance_profile import InstanceProfile
from .types import MAX_PAGE_SIZE

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_DOTENV_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*")

BARE = ("BASE_URL", "TOKEN_URL", "CLIENT_ID", "CLIENT_SECRET", "SCOPES")
_CONCURRENT = 32
"""Requests in flight for a scan, where nothing else is said or known."""

ENVIRONMENT = ("INSTANCE", *BARE, "TOKEN_CACHE", "BUDGET")
"""What `from_env` reads, each as COUPA_NAME; those of `BARE` also bare, as 0.1.0 spelled them.

The bare URLs count only where COUPA_INSTANCE does not name the host.
"""


@dataclass(frozen=True, slots=True)
class Settings:
    """A client's checked arguments; built by `settings`, never by hand."""

    base_url: str
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...]
    timeout: float
    page_size: int
    concurrent: int
    rate: float | None
    burst: int
    max_attempts: int
    read_ahead: int
    verify: bool | str | ssl.SSLContext
    proxy: str | None = field(repr=False)
    token_cache: str | None
    budget: str | Path | None = field(repr=False)
    profile: InstanceProfile | None


def settings(
    base_url: str | None = None,
    token_url: str | None = None,
    client_id: str | None = None,
    client_secret: str | None = None,
    scopes: str | Iterable[str] | None = None,
    *,
    instance: str | None = None,
    timeout: float = 60.0,
    default_page_size: int = MAX_PAGE_SIZE,
    default_concurrent: int | None = None,
    rate: float | None = 25.0,
    burst: int = 20,
    max_attempts: int = 6,
    read_ahead: int = 64 * 2**20,
    verify: bool | str | ssl.SSLContext = True,
    proxy: str | None = None,
    token_cache: str | os.PathLike[str] | None = None,
    budget: str | os.PathLike[str] | None = None,
    profile: InstanceProfile | None = None,
) -> Settings:
    """Check a client's arguments and complete them, with what is known of the instance.

    Raises:
        CoupaConfigError: names the argument, its value unless secret, and the remedy.
    """
    base, token = urls(base_url, token_url, instance)
    known = _known(profile, base)
    return Settings(
        base_url=base,
        token_url=token,
        client_id=_credential("client_id", client_id),
        client_secret=_credential("client_secret", client_secret),
        scopes=scope_names(scopes),
        timeout=_positive("timeout", timeout, "seconds"),
        page_size=min(known.rows, page_size("default_page_size", default_page_size)),
        concurrent=known.slots
        if default_concurrent is None
        else whole("default_concurrent", default_concurrent, at_least=1),
        rate=None if rate is None else _positive("rate", rate, "requests a second, or None"),
        burst=whole("burst", burst, at_least=1),
        max_attempts=whole("max_attempts", max_attempts, at_least=1),
        read_ahead=whole("read_ahead", read_ahead, at_least=1),
        verify=verify,
        proxy=proxy,
        token_cache=None if token_cache is None else _path("token_cache", token_cache),
        budget=_budget(budget, rate),
        profile=profile,
    )


def environment_arguments(environment: Mapping[str, str], dotenv: str = "") -> dict[str, str]:
    """Read constructor arguments from an environment, and behind it the text of a `.env` file."""
    known = {**parse_dotenv(dotenv), **environment}
    found = {}
    for name in ENVIRONMENT:
        bare_counts = name in BARE and not (name.endswith("_URL") and known.get("COUPA_INSTANCE"))
        value = known.get(f"COUPA_{name}") or (known.get(name) if bare_counts else None)
        if value:
            found[name.lower()] = value
    return found


def overruled(found: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Put options over what was found; a host that is named displaces all hosts found."""
    hosts = ("instance", "base_url", "token_url")
    names_host = options.get("instance") or options.get("base_url")
    kept = {name: value for name, value in found.items() if not (names_host and name in hosts)}
    return {**kept, **options}


def parse_dotenv(text: str) -> dict[str, str]:
    """Read `NAME=value` lines; quotes around a value are taken off, `#` after a space ends it."""
    values = {}
    for line in text.splitlines():
        match = _DOTENV_LINE.fullmatch(line)
        if match is None:
            continue
        value = match[2]
        if value[:1] in ("'", '"') and value.find(value[0], 1) > 0:
            value = value[1 : value.find(value[0], 1)]
        else:
            value = re.split(r"(?:^|\s)#", value, maxsplit=1)[0].rstrip()
        values[match[1]] = value
    return values


def scope_names(scopes: str | Iterable[str] | None) -> tuple[str, ...]:
    """Return the scopes one by one; text may be split by commas or spaces."""
    if scopes is None:
        return ()
    if isinstance(scopes, str):
        scopes = scopes.replace(",", " ").split()
    return tuple(scopes)


def page_size(name: str, value: int) -> int:
    """Check a page size, and clamp it to the 50 rows that Coupa answers with at most (doc 0014).

    Warns:
        UserWarning: once a call, when it was larger: offsets must advance by what really comes.
    """
    size = whole(name, value, at_least=1)
    if size > MAX_PAGE_SIZE:
        warnings.warn(
            f"{name}={size} is more than Coupa answers with; using {MAX_PAGE_SIZE}", stacklevel=2
        )
    return min(size, MAX_PAGE_SIZE)


def whole(name: str, value: object, *, at_least: int) -> int:
    """Check a whole number.

    Raises:
        CoupaConfigError: it is none, or too small.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < at_least:
        msg = f"{name} is {value!r}; give a whole number of at least {at_least}"
        raise CoupaConfigError(msg)
    return value


def host_of(url: str) -> str:
    """Name the host of a URL, with the port where one is named."""
    return urlsplit(url).netloc.lower()


def is_loopback(url: str) -> bool:
    """Tell whether a URL points at this very machine."""
    host = urlsplit(url).hostname or ""
    return host == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)


def is_address(host: str) -> bool:
    """Tell whether a host is given by its IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _positive(name: str, value: object, unit: str) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 < value < float("inf")
    ):
        msg = f"{name} is {value!r}; give a number above 0 ({unit})"
        raise CoupaConfigError(msg)
    return float(value)


def _path(name: str, value: object) -> str:
    path = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    if not isinstance(path, str) or not path.strip() or "\0" in path:
        msg = f"{name} is {value!r}; give the path of a file, or None"
        raise CoupaConfigError(msg)
    return path


def _budget(value: object, rate: float | None) -> str | Path | None:
    """Check the kind only; what it names is looked at where that is opened."""
    if value is None:
        return None
    if rate is None:
        msg = "budget is given, but with rate=None there is nothing to share; leave one of them out"
        raise CoupaConfigError(msg)
    if isinstance(value, str):
        return value
    if isinstance(value, os.PathLike) and isinstance(path := os.fspath(value), str):
        return Path(path)
    msg = f"budget is {value!r}; give a name, a path, a URL of Redis, or None"
    raise CoupaConfigError(msg)


class _Known(NamedTuple):
    """What facts of the instance say of rows per request, at most, and of requests in flight."""

    rows: int = MAX_PAGE_SIZE
    slots: int = _CONCURRENT


def _known(profile: InstanceProfile | None, base_url: str) -> _Known:
    if profile is None:
        return _Known()
    host = host_of(base_url)
    if profile.host.lower() != host:
        msg = (
            f"profile is of {profile.host!r}, and the client of {host!r}; leave it out, or run "
            "coupa doctor --save for this instance"
        )
        raise CoupaConfigError(msg)
    known = _Known()
    if profile.page_cap is not None:
        known = known._replace(rows=whole("profile.page_cap", profile.page_cap, at_least=1))
    if profile.concurrent is not None:
        known = known._replace(slots=whole("profile.concurrent", profile.concurrent, at_least=1))
    return known


def _credential(name: str, value: str | None) -> str:
    if not value or not value.strip():
        msg = (
            f"{name} is missing; pass it, or set COUPA_{name.upper()} and use from_env() or the "
            "command line"
        )
        raise CoupaConfigError(msg)
    return value


def urls(base_url: str | None, token_url: str | None, instance: str | None) -> tuple[str, str]:
    """Return the API's root and where tokens come from, whichever way the host is named.

    Raises:
        CoupaConfigError: none is named, or it is not one to send a secret to.
    """
    if instance is not None:
        if not _HOST.fullmatch(instance):
            msg = (
                f"instance is {instance!r}; give the name or the host alone, for example "
                "'yourcompany' or 'yourcompany.coupahost.com', or a whole base_url instead"
            )
            raise CoupaConfigError(msg)
        host = instance if "." in instance else f"{instance}.coupahost.com"
        base_url = base_url or f"https://{host}/api"
    if not base_url:
        msg = (
            "neither base_url nor instance is given; pass instance='yourcompany' or set "
            "COUPA_INSTANCE"
        )
        raise CoupaConfigError(msg)
    base = _url("base_url", base_url)
    parts = urlsplit(base)
    return base, _url("token_url", token_url or f"{parts.scheme}://{parts.netloc}/oauth2/token")


def _url(name: str, url: str) -> str:
    url = url.strip()
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and parts.scheme in ("https", "http")
    except ValueError:
        parts, usable = urlsplit(""), False
    if re.search(r"[\s\x00-\x1f]", url):
        usable = False
    if "@" in url:
        msg = f"{name} carries a user or password; pass client_id and client_secret instead"
    elif not usable:
        msg = f"{name} is {url!r}; write it out, for example https://yourcompany.coupahost.com/api"
    elif "?" in url or "#" in url:
        msg = f"{name} is {url!r}; leave out the part from ? or # on"
    elif parts.scheme == "http" and not is_loopback(url):
        msg = f"{name} is {url!r}: plain http would send the secret in the clear; use https"
    else:
        return url.rstrip("/")
    raise CoupaConfigError(msg)
