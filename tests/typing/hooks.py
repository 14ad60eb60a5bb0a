"""User code with hooks, telemetry and profiles, for the type checkers; it is never run."""

from collections import Counter
from typing import assert_type

from opentelemetry.sdk.trace import TracerProvider

from coupa_async_client import CoupaAsyncClient, CoupaClient, profiles, telemetry
from coupa_async_client.hooks import Hooks, PageEvent, RequestEvent, ResponseEvent, RetryEvent

rows: Counter[str] = Counter()


def count(event: PageEvent) -> None:
    assert_type(event.span, tuple[int | None, int | None])
    rows[event.resource] += event.rows


def look(event: ResponseEvent) -> None:
    assert_type(event.request, RequestEvent)
    assert_type(event.status, int | None)
    assert_type(event.error, str | None)


def complain(event: RetryEvent) -> str:
    return f"{event.request.attempt}: {event.reason}, again in {event.wait} s"


def wrong(event: PageEvent) -> None: ...


hooks = Hooks(on_page=count, on_response=look, on_retry=complain, on_request=print)
Hooks(on_request=wrong)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

CoupaClient(instance="acme", hooks=hooks)
CoupaAsyncClient(instance="acme", hooks=[hooks, telemetry.hooks(TracerProvider())])
CoupaAsyncClient.from_env(hooks=hooks)

assert_type(CoupaClient.from_profile("prod", rate=5), CoupaClient)
assert_type(CoupaAsyncClient.from_profile("prod"), CoupaAsyncClient)
assert_type(profiles.find("prod").host, str)
