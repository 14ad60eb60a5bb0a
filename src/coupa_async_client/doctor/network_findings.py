"""What the way to a host means: a line for each step, with the remedy where it failed. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from .findings import Finding
from .network import Contact, Problem, Step

_SOON = timedelta(days=14)
_DRIFT, _WRONG = 30.0, 300.0
"""Seconds between two clocks that are worth a word, and that break what depends on the time."""

_SHOWN = 3
_MEND = "mend the certificate, or pass its authority with --ca-file (verify='ca.pem')"
_CERTIFICATES = {
    9: "its validity has not begun: check this machine's clock first",
    10: "it has expired: have it renewed, and check this machine's clock",
    18: f"it is self-signed: {_MEND}",
    19: f"its authority is self-signed and not trusted here: {_MEND}",
    20: f"its authority is not trusted here: {_MEND}",
    21: f"its chain is cut short: {_MEND}",
    62: "it is for another host: check instance or base_url, and what stands in front of it",
    64: "it is for another address: use the host's name in base_url",
}
"""What OpenSSL's codes mean for whoever has to act."""


def of_contact(contact: Contact, now: datetime) -> Finding:
    """Say what the last step of the way came to."""
    return _STEPS[contact.step](contact, now)


def _name(contact: Contact, _now: datetime) -> Finding:
    whose = f"{contact.near} (proxy)" if contact.proxied else contact.near
    if problem := contact.problem:
        remedy = (
            "check the proxy's name"
            if contact.proxied
            else "check instance or base_url for a misspelling; does it need a VPN or a proxy?"
        )
        return Finding("name", "fail", f"{whose} does not resolve ({problem.words})", remedy)
    shown = ", ".join(contact.addresses[:_SHOWN])
    more = len(contact.addresses) - _SHOWN
    return Finding("name", "ok", f"{whose}: {shown}" + (f" and {more} more" if more > 0 else ""))


def _connection(contact: Contact, _now: datetime) -> Finding:
    whom = f"the proxy {contact.near}" if contact.proxied else contact.near
    if problem := contact.problem:
        remedy = (
            "check the proxy's host and port, in --proxy or HTTPS_PROXY"
            if contact.proxied
            else "check the host and port of base_url; does it need a VPN or --proxy?"
        )
        return Finding("connection", "fail", f"{whom}: {problem.words}", remedy)
    return Finding("connection", "ok", f"{whom} takes connections")


def _proxy(contact: Contact, _now: datetime) -> Finding:
    if not contact.proxied:
        return Finding("proxy", "ok", "none")
    problem = contact.problem
    if problem is None:
        return Finding("proxy", "ok", f"{contact.near} lets requests through")
    if problem.kind == "proxy" and problem.code == 0:
        return Finding("proxy", "unknown", problem.words)
    remedies = {
        407: "give the proxy's user and password: --proxy http://USER:PASSWORD@HOST:PORT",
        403: f"have {contact.host} allowed at the proxy, or name it in NO_PROXY",
    }
    remedy = remedies.get(
        problem.code, f"check that the proxy reaches {contact.host}, or name that in NO_PROXY"
    )
    return Finding("proxy", "fail", f"{contact.near} refuses: {problem.words}", remedy)


def _https(contact: Contact, now: datetime) -> Finding:
    if problem := contact.problem:
        return _refused(contact, problem)
    if not contact.secure:
        return Finding("https", "ok", "plain http, to this very machine")
    if not contact.trusted:
        remedy = "pass a PEM file as verify in place of False"
        return Finding("https", "warn", "certificates are not checked (verify=False)", remedy)
    if contact.until is None:
        return Finding("https", "ok", "the certificate is trusted")
    seen = f"issued by {contact.issuer or 'a trusted authority'}, until {contact.until:%Y-%m-%d}"
    if contact.until - now < _SOON:
        return Finding("https", "warn", seen, "have the certificate renewed")
    return Finding("https", "ok", seen)


def _refused(contact: Contact, problem: Problem) -> Finding:
    if problem.kind == "untrusted":
        seen = f"the certificate of {contact.host} is not trusted: {problem.words}"
        return Finding("https", "fail", seen, _CERTIFICATES.get(problem.code, _MEND))
    remedy = "check the port of base_url, and whether something in between breaks https"
    return Finding("https", "fail", f"{contact.host} speaks no TLS: {problem.words}", remedy)


def _clock(contact: Contact, _now: datetime) -> Finding:
    if contact.skew is None:
        return Finding("clock", "unknown", "no answer carries a Date")
    apart = abs(contact.skew)
    if apart < _DRIFT:
        return Finding("clock", "ok", "agrees with the instance's")
    amount = f"{apart:,.0f} s" if apart < _WRONG else f"{apart / 60:,.0f} minutes"
    which = "behind" if contact.skew > 0 else "ahead of"
    remedy = "set this machine's clock (NTP): with a wrong one, tokens in a cache look expired or never end"
    return Finding(
        "clock",
        "warn" if apart < _WRONG else "fail",
        f"ours is {amount} {which} the instance's",
        remedy,
    )


_STEPS: Mapping[Step, Callable[[Contact, datetime], Finding]] = {
    "name": _name,
    "connection": _connection,
    "proxy": _proxy,
    "https": _https,
    "clock": _clock,
}
