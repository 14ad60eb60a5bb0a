"""The examination of one instance: what is looked at, in which order, and what depends on what."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from inspect import signature
from typing import Any, TypeVar

from coupa_async_client._assembly import by_profile, from_environment
from coupa_async_client._settings import Settings, host_of, overruled, settings
from coupa_async_client._transport import HttpTransport, trust_of
from coupa_async_client.errors import CoupaClientError, CoupaConfigError
from coupa_async_client.instance_profile import InstanceProfile, Unknown
from coupa_async_client.query import resource_path

from . import fact_findings as facts
from .findings import Finding, Report
from .grants import Grant
from .instance import Instance
from .network import journey
from .network_findings import of_contact
from .probes import Looks, Subject, Why
from .token_findings import missing_scopes, of_scopes, of_token
from .watched import Pause, Watched

RESOURCES = ("invoices", "purchase_orders", "requisitions", "suppliers", "users")
"""What is looked at where no resource is named."""

MOST_RESOURCES = 12
"""That may be named: two tries for each leave enough of the GETs for the probes."""

_STEPS = ("name", "connection", "proxy", "https", "clock")
_PROBED = (
    *("page size", "order_by", "order", "fields", "id[gt]", "unknown filter", "unknown field"),
    *("throttling", "server errors", "latency", "concurrent"),
)
_RATE = 25.0
_MEND = "correct the settings, in the environment or the options"
_SHARED = {"profile", "token_cache", "budget"}
"""Arguments of a connection without which it is examined: nothing is shared, and nothing assumed."""

_STAND_INS: Sequence[Mapping[str, str]] = (
    {},
    {"client_id": "none"},
    {"client_id": "none", "client_secret": "none"},
)
"""What takes the place of credentials that are missing, so that the rest is looked at too."""

T = TypeVar("T")


def arguments(profile: str | None = None, **options: Any) -> dict[str, Any]:  # noqa: ANN401  (a client's)
    """Gather a client's arguments as `from_env` or `from_profile` do, whole or not; options win.

    Raises:
        CoupaConfigError: the named profile is missing or wrong; but for its secret.
    """
    if profile is None:
        return overruled(from_environment(), options)
    try:
        return by_profile(profile, options)
    except CoupaConfigError:
        return {**by_profile(profile, {**options, "client_secret": "none"}), "client_secret": None}


def examine(
    arguments: Mapping[str, Any],
    resources: Iterable[str] = (),
    *,
    told: Callable[[Finding], object] = lambda _: None,
    pause: Pause = asyncio.sleep,
    wall_clock: Callable[[], float] = time.time,
) -> Report:
    """Find out how an instance answers, by at most 30 GETs, never more than four a second.

    Nothing is changed, and neither secret nor token nor the content of a row is kept or told. It ends
    within about three minutes, also where nothing answers.

    Args:
        arguments: those of a client, whole or not: what is missing is a finding, and what is not about
            the connection is left aside.
        resources: to be readable, at most 12; `RESOURCES` by default, which may be closed.
        told: called with each finding as soon as there is one.
        pause: waits between requests.
        wall_clock: seconds since 1970 on this machine's clock.

    Raises:
        CoupaConfigError: a resource is no path under /api, or there are too many.
    """
    named = tuple(dict.fromkeys(each.strip("/") for each in resources))
    for resource in named:
        resource_path(resource)
    if len(named) > MOST_RESOURCES:
        msg = f"resources are {len(named)}; name at most {MOST_RESOURCES}, so that few GETs do"
        raise CoupaConfigError(msg)
    examination = _Examination(named, told, pause, wall_clock)
    wanted = signature(settings).parameters.keys() - _SHARED
    return examination.of({key: each for key, each in arguments.items() if key in wanted})


class _Examination:
    """What has been found so far, and what is left to be looked at."""

    def __init__(
        self,
        named: Sequence[str],
        told: Callable[[Finding], object],
        pause: Pause,
        wall_clock: Callable[[], float],
    ) -> None:
        self._named = named
        self._resources = named or RESOURCES
        self._told = told
        self._pause = pause
        self._wall_clock = wall_clock
        self._now = datetime.fromtimestamp(wall_clock(), UTC)
        self._examined = self._now.isoformat(timespec="seconds")
        self._findings: list[Finding] = []
        self._gets = 0
        self._profile: InstanceProfile | None = None

    def of(self, arguments: Mapping[str, Any]) -> Report:
        checked, without = self._settings(arguments)
        if checked is None:
            self._not_examined((*_STEPS, *self._later()), without)
        else:
            self._on_the_way(checked, without)
        return Report(
            host=host_of(checked.base_url) if checked else "",
            examined=self._examined,
            findings=tuple(self._findings),
            gets=self._gets,
            profile=self._profile,
        )

    def _settings(self, arguments: Mapping[str, Any]) -> tuple[Settings | None, str]:
        """Return settings, if only for the network, and why they are not enough for more."""
        problems: dict[str, None] = {}
        checked = None
        for stand_ins in _STAND_INS:
            try:
                checked = settings(**{**arguments, **stand_ins})
                HttpTransport(checked)
                break
            except (CoupaConfigError, ImportError) as error:  # some kinds of proxy need a package
                checked, problems[str(error)] = None, None
        for problem in problems:
            seen, parted, remedy = problem.rpartition("; ")
            self._tell(Finding("settings", "fail", seen or remedy, remedy if parted else _MEND))
        if problems or checked is None:
            return checked, "of the settings"
        asked = {0: "no scope named", 1: "1 scope asked for"}
        scopes = asked.get(len(checked.scopes), f"{len(checked.scopes)} scopes asked for")
        self._tell(Finding("settings", "ok", f"{checked.base_url}, {scopes}"))
        return checked, ""

    def _on_the_way(self, checked: Settings, without: str) -> None:
        """Look at the network, and if it and the settings allow, at the token and what it opens."""
        last = None
        for contact in journey(checked, trust_of(checked), wall_clock=self._wall_clock):
            last = self._tell(of_contact(contact, self._now))
        assert last is not None  # noqa: S101  (a journey has a first step)
        if last.check != _STEPS[-1]:
            self._not_examined(_STEPS[_STEPS.index(last.check) + 1 :], f"of {last.check}")
        if last.verdict == "fail" and last.check != _STEPS[-1]:
            without = without or f"of {last.check}"
        if without:
            self._not_examined(self._later(), without)
            return
        with Instance(checked, pause=self._pause) as instance:
            self._inside(checked, instance)
            self._gets = instance.watched.gets

    def _inside(self, checked: Settings, instance: Instance) -> None:
        grant = self._token(checked, instance)
        if grant is None:
            self._not_examined(self._later()[1:], "there is no token")
            return
        watched = instance.watched
        subject = self._readings(instance, grant)
        self._tell(facts.of_new_token(watched.exchanges, watched.granted_at))
        if subject is None:
            self._not_examined(_PROBED, "nothing can be read")
        else:
            self._profile = self._probed(checked, subject, watched)

    def _token(self, checked: Settings, instance: Instance) -> Grant | None:
        grant = instance.token()
        error = grant.error if isinstance(grant, Grant) else ""
        by_basic = error == "invalid_client" and instance.token_by_basic()
        self._tell(of_token(grant, by_basic=by_basic))
        refused = error == "invalid_scope" and bool(checked.scopes)
        if refused:
            grant = instance.token(scoped=False)
        if isinstance(grant, CoupaClientError) or not grant.granted:
            return None
        self._tell(of_scopes(grant, checked.scopes, self._resources, refused=refused))
        return grant

    def _readings(self, instance: Instance, grant: Grant) -> Subject | None:
        """Look at each resource, and return the one with the most rows, if any can be read.

        Of those that nobody named, one that opens is enough.
        """
        looks = Looks(instance)
        lists = {}
        for resource in self._resources:
            answer = looks.at(resource)
            scopes = missing_scopes(resource, grant.scopes)
            self._tell(facts.of_reading(resource, answer, scopes, named=bool(self._named)))
            if answer.ids is not None:
                lists[resource] = answer
        if lists:
            most = max(lists, key=lambda name: len(lists[name].ids or ()))
            return Subject(instance, most, lists[most], limit_refused=looks.limit_refused)
        if not self._named:
            seen = f"none of {len(self._resources)} resources can be read"
            self._tell(
                Finding("reading", "fail", seen, "name what the client may read: --resource")
            )
        return None

    def _probed(self, checked: Settings, subject: Subject, watched: Watched) -> InstanceProfile:
        """Ask one resource what the documentation leaves open."""
        cap = self._learned(subject.cap(), facts.of_cap)
        sorted_by_id = self._learned(subject.order_by(), facts.of_order_by)
        of_order = partial(facts.of_order, sorted_by_id=sorted_by_id)
        order = self._learned(subject.order(), of_order)
        fields = self._learned(subject.fields(), facts.of_fields)
        id_gt = self._learned(subject.id_gt(), facts.of_id_gt)
        filtered: Unknown | None = self._learned(subject.unknown_filter(), facts.of_unknown_filter)
        projected: Unknown | None = self._learned(subject.unknown_field(), facts.of_unknown_field)
        page = subject.full_page()
        exchanges, rate = watched.exchanges, checked.rate or _RATE
        p50, p90 = facts.quantile(exchanges, 0.5), facts.quantile(exchanges, 0.9)
        suggested = facts.slots(rate, p90, page)
        self._tell(facts.of_throttling(exchanges))
        self._tell(facts.of_server_errors(exchanges))
        self._tell(facts.of_latency(p50, p90, page))
        self._tell(facts.of_slots(suggested, rate))
        return InstanceProfile(
            host=host_of(checked.base_url),
            examined=self._examined,
            page_cap=cap.rows if cap else None,
            larger_limit=cap.larger if cap else None,
            ids_ascending=order == "ascending" if order else None,
            honours_order_by=sorted_by_id,
            honours_fields=fields,
            honours_id_gt=id_gt,
            unknown_filter=filtered,
            unknown_field=projected,
            retry_after=facts.patience(exchanges),
            latency_p50=p50,
            latency_p90=p90,
            concurrent=suggested,
        )

    def _learned(self, found: T | Why, finding: Callable[[T | Why], Finding]) -> T | None:
        """Tell what was found, and return it where it is known."""
        self._tell(finding(found))
        return None if isinstance(found, Why) else found

    def _later(self) -> tuple[str, ...]:
        """Name what comes after the network."""
        reads = (f"read {resource}" for resource in self._resources)
        return ("token", "scopes", *reads, "new token", *_PROBED)

    def _not_examined(self, checks: Iterable[str], why: str) -> None:
        for check in checks:
            self._tell(Finding(check, "unknown", f"not examined, because {why}"))

    def _tell(self, finding: Finding) -> Finding:
        self._findings.append(finding)
        self._told(finding)
        return finding
