"""The way to a host, step by step on plain sockets: name, connection, proxy, certificate, clock.

It observes; what that means is said in `network_findings`. Nothing secret is sent but a proxy's own
password, to that proxy.
"""

import base64
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from coupa_async_client._settings import Settings, is_loopback

Step = Literal["name", "connection", "proxy", "https", "clock"]

_MOST_ADDRESSES = 3
_LONGEST_HEAD = 64 * 1024
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a step was the last: a kind, or the code of a certificate's refusal, and the words for it."""

    kind: str
    words: str = ""
    code: int = 0


@dataclass(frozen=True, slots=True)
class Contact:
    """How far the way to `host` went; `step` is the last one taken, `problem` why it failed.

    `near` is who was spoken to: the proxy, where there is one. `skew` is how many seconds the
    host's clock is ahead of ours.
    """

    host: str
    near: str
    step: Step = "name"
    problem: Problem | None = None
    addresses: tuple[str, ...] = ()
    proxied: bool = False
    secure: bool = True
    trusted: bool = True
    issuer: str = ""
    until: datetime | None = None
    skew: float | None = None


def proxy_of(checked: Settings) -> str | None:
    """Return the proxy that requests go through, given or named by the environment."""
    if checked.proxy or is_loopback(checked.base_url):
        return checked.proxy
    parts = urlsplit(checked.base_url)
    if proxy_bypass(parts.hostname or ""):
        return None
    named = getproxies()
    return named.get(parts.scheme) or named.get("all")


def journey(
    checked: Settings,
    trust: ssl.SSLContext,
    *,
    patience: float = 5.0,
    wall_clock: Callable[[], float] = time.time,
) -> Iterator[Contact]:
    """Go the way to the instance, and yield what is known after each step, until one fails.

    No step takes longer than three times `patience`, in seconds.
    """
    target, proxy = urlsplit(checked.base_url), proxy_of(checked)
    near = target if proxy is None else urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    contact = Contact(
        host=target.netloc,
        near=near.netloc.rpartition("@")[2],
        proxied=proxy is not None,
        secure=target.scheme == "https",
        trusted=trust.verify_mode != ssl.CERT_NONE,
    )
    with ExitStack() as opened:
        try:
            contact = replace(contact, addresses=_resolved(near, 2 * patience))
            yield contact
            contact = replace(contact, step="connection")
            stream = opened.enter_context(_dialled(contact.addresses, _port(near), patience))
            yield contact
            contact = replace(contact, step="proxy")
            if proxy is not None:
                _tunnelled(stream, near, target)
            yield contact
            contact = replace(contact, step="https")
            if contact.secure:
                stream = secured = opened.enter_context(
                    trust.wrap_socket(stream, server_hostname=target.hostname)
                )
                issuer, until = _certificate(secured)
                contact = replace(contact, issuer=issuer, until=until)
            yield contact
            yield replace(contact, step="clock", skew=_skew(stream, target, wall_clock))
        except (OSError, ValueError) as error:
            yield replace(contact, problem=_problem(error))


class _ProxyError(OSError):
    """A proxy's answer that is no tunnel; the status is the first argument."""


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS.get(parts.scheme, 0)


def _resolved(near: SplitResult, patience: float) -> tuple[str, ...]:
    """Look a name up; on a thread, since nothing else bounds how long the system takes."""
    found: list[str] = []
    failure: list[OSError] = []

    def look() -> None:
        try:
            answers = socket.getaddrinfo(near.hostname, _port(near), type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(answer[4][0]) for answer in answers))
        except (OSError, UnicodeError) as error:
            failure.append(error if isinstance(error, OSError) else OSError(str(error)))

    looking = threading.Thread(target=look, name="doctor-name", daemon=True)
    looking.start()
    looking.join(patience)
    if failure:
        raise failure[0]
    if not found:
        msg = f"no answer within {patience:g} s"
        raise TimeoutError(msg)
    return tuple(found)


def _dialled(addresses: tuple[str, ...], port: int, patience: float) -> socket.socket:
    """Connect to the first address that answers."""
    *others, last = addresses[:_MOST_ADDRESSES]
    for address in others:
        try:
            return socket.create_connection((address, port), timeout=patience)
        except OSError:
            continue
    return socket.create_connection((last, port), timeout=patience)


def _tunnelled(stream: socket.socket, proxy: SplitResult, target: SplitResult) -> None:
    """Ask the proxy for a way through (RFC 9110, 9.3.6)."""
    if proxy.scheme != "http":
        raise _ProxyError(0, f"a proxy of the kind {proxy.scheme} is not looked into")
    if target.scheme != "https":
        return
    there = f"{target.hostname}:{_port(target)}"
    lines = [f"CONNECT {there} HTTP/1.1", f"Host: {there}"]
    if proxy.username is not None:
        pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(pair.encode()).decode()}")
    head = _asked(stream, lines)
    status = head.split(b" ", 2)[1:2]
    if not head.startswith(b"HTTP/") or not status or not status[0].isdigit():
        raise _ProxyError(-1, "it does not answer as a proxy does")
    if not status[0].startswith(b"2"):
        raise _ProxyError(int(status[0]), f"it answers {int(status[0])}")


def _certificate(stream: ssl.SSLSocket) -> tuple[str, datetime | None]:
    """Read who issued the certificate and until when; nothing where the system keeps it to itself."""
    shown = stream.getpeercert()
    if not shown:
        return "", None
    names = {str(pair[0]): str(pair[1]) for part in shown.get("issuer", ()) for pair in part}
    ends = ssl.cert_time_to_seconds(str(shown["notAfter"]))
    issuer = names.get("organizationName") or names.get("commonName") or ""
    return issuer, datetime.fromtimestamp(ends, UTC)


def _skew(
    stream: socket.socket, target: SplitResult, wall_clock: Callable[[], float]
) -> float | None:
    """Ask for the head of an answer, without a token, for the Date that it carries."""
    before = wall_clock()
    lines = [f"HEAD {target.path or '/'} HTTP/1.1", f"Host: {target.netloc}", "Connection: close"]
    try:
        head = _asked(stream, [*lines, "Accept: application/json"])
        date = next(
            line.partition(b":")[2] for line in head.split(b"\r\n") if line[:5].lower() == b"date:"
        )
        theirs = parsedate_to_datetime(date.strip().decode("ascii")).timestamp()
    except (OSError, ValueError, StopIteration):
        return None
    ours = (before + wall_clock()) / 2
    return theirs + 0.5 - ours  # a Date has whole seconds


def _asked(stream: socket.socket, lines: list[str]) -> bytes:
    """Send a request without a body, and return the head of its answer as far as it comes in time."""
    stream.sendall("\r\n".join([*lines, "", ""]).encode())
    head, until = b"", time.monotonic() + (stream.gettimeout() or 0.0)
    while b"\r\n\r\n" not in head and len(head) < _LONGEST_HEAD and time.monotonic() < until:
        if not (more := stream.recv(4096)):
            break
        head += more
    return head


def _problem(error: OSError | ValueError) -> Problem:
    kind, words = next(
        (problem for known, *problem in _PROBLEMS if isinstance(error, known)), ("broken", "")
    )
    if isinstance(error, ssl.SSLCertVerificationError):
        return Problem(kind, error.verify_message, error.verify_code)
    if isinstance(error, ssl.SSLError):
        return Problem(kind, error.reason or "the handshake failed")
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return Problem(kind, words or said, error.errno or 0 if isinstance(error, _ProxyError) else 0)


_PROBLEMS: tuple[tuple[type[Exception], str, str], ...] = (
    (ssl.SSLCertVerificationError, "untrusted", ""),
    (ssl.SSLError, "tls", ""),
    (_ProxyError, "proxy", ""),
    (socket.gaierror, "name", ""),
    (TimeoutError, "silent", "nothing answers"),
    (ConnectionRefusedError, "refused", "the connection is refused"),
)
"""What fails, the first that fits; without words the error's own are told."""
