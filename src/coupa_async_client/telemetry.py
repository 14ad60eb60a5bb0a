"""OpenTelemetry's spans and metrics of a client, made of its hooks; needs the extra `[otel]`.

Names are those of the semantic conventions for HTTP clients, and `coupa.` for what these do not know.
Exporting is left to the application's SDK.
"""

import re
from dataclasses import dataclass, field
from importlib.metadata import version
from urllib.parse import urlsplit

from .hooks import Hooks, PageEvent, RequestEvent, ResponseEvent, RetryEvent, WaitEvent

try:
    from opentelemetry.metrics import MeterProvider, get_meter
    from opentelemetry.trace import (
        Span,
        SpanKind,
        StatusCode,
        Tracer,
        TracerProvider,
        get_tracer,
    )
except ModuleNotFoundError as missing:
    message = 'telemetry needs opentelemetry-api: pip install "coupa-async-client[otel]"'
    raise ImportError(message) from missing

_SCOPE = "coupa_async_client"
_SCHEMA = "https://opentelemetry.io/schemas/1.23.0"  # the first in which those of HTTP were stable
_NUMBER = re.compile(r"(?<=/)\d+(?=/|$)")
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
_FIRST_FAILURE = 400
_PORTS = {"https": 443, "http": 80}

_Attributes = dict[str, str | int]


def hooks(
    tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
) -> Hooks:
    """Make the hooks that give a client spans and metrics; the global providers' by default.

    Each try of a request, the token call included, is a span of kind CLIENT below the caller's current
    one. The metrics are `http.client.request.duration` and `coupa.rate_limit.wait`, histograms of
    seconds, and the counters `coupa.rows` by `coupa.resource` and `coupa.retries` by `coupa.reason`.
    """
    meter = get_meter(_SCOPE, version("coupa-async-client"), meter_provider, _SCHEMA)
    tracer = get_tracer(_SCOPE, version("coupa-async-client"), tracer_provider, _SCHEMA)
    spans = _Spans(tracer)
    duration = meter.create_histogram(
        "http.client.request.duration",
        "s",
        "Duration of HTTP client requests.",
        explicit_bucket_boundaries_advisory=_SECONDS,
    )
    waits = meter.create_histogram(
        "coupa.rate_limit.wait", "s", "Time that requests were held back by the rate limit."
    )
    rows = meter.create_counter("coupa.rows", "{row}", "Rows that scans have handed out.")
    retries = meter.create_counter("coupa.retries", "{retry}", "Tries that did not do.")

    def ended(event: ResponseEvent) -> None:
        spans.end(event)
        duration.record(event.seconds, {**_asked(event.request), **_answered(event)})

    def handed_out(event: PageEvent) -> None:
        rows.add(event.rows, {"coupa.resource": _template(event.resource)})

    def retried(event: RetryEvent) -> None:
        retries.add(1, {"coupa.reason": event.reason})

    def waited(event: WaitEvent) -> None:
        waits.record(event.seconds)

    return Hooks(
        on_request=spans.start,
        on_response=ended,
        on_retry=retried,
        on_wait=waited,
        on_page=handed_out,
    )


@dataclass(frozen=True, slots=True)
class _Spans:
    """The spans under way, each by the identity of its event, which lives as long."""

    tracer: Tracer
    open: dict[int, Span] = field(default_factory=dict)

    def start(self, event: RequestEvent) -> None:
        template = _template(urlsplit(event.url).path)
        attributes = {**_asked(event), "url.full": event.url, "url.template": template}
        if event.attempt > 1:
            attributes["http.request.resend_count"] = event.attempt - 1
        if event.resource is not None:
            attributes["coupa.resource"] = _template(event.resource)
        name = f"{event.method} {template}"
        span = self.tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes)
        self.open[id(event)] = span

    def end(self, event: ResponseEvent) -> None:
        span = self.open.pop(id(event.request))
        answered = _answered(event)
        span.set_attributes(answered)
        if event.status is not None:
            span.set_attribute("coupa.response.size", event.size)  # unlike HTTP's, decompressed
        # What nobody waits for any longer did not fail: the end of a scan leaves some in flight.
        if "error.type" in answered and event.error != "CancelledError":
            span.set_status(StatusCode.ERROR)
        span.end()


def _asked(event: RequestEvent) -> _Attributes:
    parts = urlsplit(event.url)
    return {
        "http.request.method": event.method,
        "server.address": parts.hostname or "",
        "server.port": parts.port or _PORTS[parts.scheme],
    }


def _answered(event: ResponseEvent) -> _Attributes:
    if event.status is None:
        return {"error.type": event.error or "_OTHER"}
    failed: _Attributes = {"error.type": str(event.status)}
    return {
        "http.response.status_code": event.status,
        **(failed if event.status >= _FIRST_FAILURE else {}),
    }


def _template(path: str) -> str:
    """Put a name in the place of record numbers, so that few paths are told apart."""
    return _NUMBER.sub("{id}", path)
