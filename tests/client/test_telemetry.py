"""Spans and metrics, by the real SDK and its exporters in memory."""

import subprocess
import sys
from collections import Counter

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from coupa_async_client import CoupaAsyncClient, CoupaClient, auth, telemetry
from coupa_async_client.hooks import Hooks
from faces import FACES
from servers import Broken, Server, grant, http, serving

IDS = range(1, 201)
PROPER = serving(IDS)


class Observed:
    """Providers whose spans and metrics stay here."""

    def __init__(self):
        self._exporter = InMemorySpanExporter()
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self._exporter))
        self._reader = InMemoryMetricReader()
        self.meters = MeterProvider([self._reader], shutdown_on_exit=False)
        self.hooks = telemetry.hooks(self.tracers, self.meters)
        self.tracer = self.tracers.get_tracer("test")

    @property
    def spans(self):
        """Those of the client."""
        return [
            span
            for span in self._exporter.get_finished_spans()
            if span.instrumentation_scope.name == "coupa_async_client"
        ]

    def points(self, name):
        """Return a metric's unit, and its points by their attributes."""
        for resource in self._reader.get_metrics_data().resource_metrics:
            for metric in (m for scope in resource.scope_metrics for m in scope.metrics):
                if metric.name == name:
                    return metric.unit, {
                        tuple(sorted(point.attributes.items())): point
                        for point in metric.data.data_points
                    }
        return None, {}


@pytest.fixture
def observed():
    observed = Observed()
    yield observed
    observed.tracers.shutdown()
    observed.meters.shutdown()


@pytest.fixture(autouse=True)
def settling_soon(monkeypatch):
    monkeypatch.setattr(auth, "SETTLING", 0.05)


@pytest.fixture(params=FACES)
def drain(request):
    return FACES[request.param]


def stumbling(seen):
    return [PROPER(seen), http(500), Broken(), http(404)][seen.turn if seen.turn < 3 else 0]


def test_a_span_for_each_try_below_the_callers(drain, observed):
    with Server(stumbling) as server, observed.tracer.start_as_current_span("nightly") as nightly:
        arguments = server.arguments(hooks=observed.hooks)
        outcome = drain(arguments, "invoices", paging="keyset")
        tries = len(server.seen)

    assert outcome.ids == list(IDS)
    assert len(observed.spans) == tries
    assert {span.parent.span_id for span in observed.spans} == {nightly.context.span_id}
    assert {span.kind for span in observed.spans} == {SpanKind.CLIENT}
    assert Counter(span.name for span in observed.spans) == {
        "POST /oauth2/token": 1,
        "GET /api/invoices": tries - 1,
    }


async def test_a_span_says_what_the_conventions_ask_for(observed):
    def answer(seen):
        return [http(500, {}), Broken(), http(404, {})][seen.turn]

    with Server(answer) as server:
        async with CoupaAsyncClient(**server.arguments(hooks=observed.hooks)) as client:
            client._engine._chance = lambda: 0.0
            with pytest.raises(Exception, match="404"):
                await client.get("invoices/71/lines", {"status": "new"})
        url, port = f"{server.url}/api/invoices/71/lines?status=new", server.port

    token, *tries = observed.spans
    asked = {
        "http.request.method": "GET",
        "server.address": "127.0.0.1",
        "server.port": port,
        "url.full": url,
        "url.template": "/api/invoices/{id}/lines",
    }
    size = {"coupa.response.size": 2}
    assert [dict(span.attributes) for span in tries] == [
        asked | {"http.response.status_code": 500, "error.type": "500", **size},
        asked | {"http.request.resend_count": 1, "error.type": "CoupaTransportError"},
        asked
        | {"http.request.resend_count": 2, "http.response.status_code": 404}
        | {"error.type": "404", **size},
    ]
    assert {span.name for span in tries} == {"GET /api/invoices/{id}/lines"}
    assert {span.status.status_code for span in tries} == {StatusCode.ERROR}
    assert token.attributes["http.response.status_code"] == 200
    assert token.status.status_code is StatusCode.UNSET
    assert "error.type" not in token.attributes


def test_metrics_count_what_the_receipt_counts(drain, observed):
    with Server(stumbling) as server:
        arguments = server.arguments(hooks=observed.hooks, rate=20, burst=1)
        receipt = drain(arguments, "suppliers/7/invoices", paging="keyset").receipt
        port = server.port

    unit, rows = observed.points("coupa.rows")
    assert unit == "{row}"
    assert {key: point.value for key, point in rows.items()} == {
        (("coupa.resource", "suppliers/{id}/invoices"),): receipt.rows
    }
    _, retries = observed.points("coupa.retries")
    assert {key[0][1]: point.value for key, point in retries.items()} == receipt.retries
    unit, durations = observed.points("http.client.request.duration")
    assert unit == "s"
    answered = [point for key, point in durations.items() if ("http.request.method", "GET") in key]
    assert sum(point.count for point in answered) == receipt.requests
    assert [key for key in durations if ("error.type", "500") in key] == [
        (
            ("error.type", "500"),
            ("http.request.method", "GET"),
            ("http.response.status_code", 500),
            ("server.address", "127.0.0.1"),
            ("server.port", port),
        )
    ]
    unit, waits = observed.points("coupa.rate_limit.wait")
    assert unit == "s"
    assert waits[()].sum > 0
    assert 0 < waits[()].count <= receipt.requests


def test_no_secret_is_in_a_span_or_metric(drain, observed):
    def echo(seen):
        return http(500 if seen.turn else 401, f"{seen.headers['authorization']}".encode())

    def tokens(seen):
        return http(500, seen.body) if seen.turn == 0 else grant(f"token-{seen.turn}")

    with Server(echo, token=tokens) as server:
        drain(server.arguments(hooks=observed.hooks, max_attempts=2), "invoices")

    shown = "".join(span.to_json() for span in observed.spans)
    shown += observed._reader.get_metrics_data().to_json()
    assert '"url.full"' in shown
    for secret in ("the-secret", "token-1", "token-2", "Bearer"):
        assert secret not in shown


def test_what_is_given_up_at_the_end_of_a_scan_is_no_failure(observed):
    """Requests in flight when a loop is left would look like an outage."""
    held = Broken(http(200, b"[]")[:-1], ending="hold")

    def answer(seen):
        return PROPER(seen) if seen.query.get("offset") == "0" else held

    with Server(answer) as server:
        with CoupaClient(**server.arguments(hooks=observed.hooks, timeout=20)) as client:
            scan = client.scan("invoices", paging="offset")
            for _ in scan.pages():
                break
        tries = len(server.seen)

    given_up = [s for s in observed.spans if s.attributes.get("error.type") == "CancelledError"]
    assert len(observed.spans) >= tries
    assert given_up
    assert {span.status.status_code for span in observed.spans} == {StatusCode.UNSET}


def test_it_goes_with_hooks_of_ones_own(drain, observed):
    pages = []
    with Server(PROPER) as server:
        both = [Hooks(on_page=pages.append), observed.hooks]
        outcome = drain(server.arguments(hooks=both), "invoices")

    assert sum(event.rows for event in pages) == len(outcome.rows) == len(IDS)
    assert observed.spans


def test_the_global_providers_are_the_default(drain):
    with Server(PROPER) as server:
        outcome = drain(server.arguments(hooks=telemetry.hooks()), "invoices")

    assert sorted(outcome.ids) == list(IDS)


def test_without_the_extra_the_remedy_is_named():
    code = "import sys; sys.modules['opentelemetry'] = None; import coupa_async_client.telemetry"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert 'pip install "coupa-async-client[otel]"' in ran.stderr.splitlines()[-1]
