"""Who listens to a client: calls the hooks with what happens, and bears what they raise.

What there is to tell is left to `hooks`, telling it to those whom it happens to.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable

from ._transport import Transport
from .hooks import (
    Event,
    Hooks,
    PageEvent,
    RequestEvent,
    ResponseEvent,
    RetryEvent,
    WaitEvent,
    each_of,
)
from .types import Request, Response, Span

log = logging.getLogger("coupa_async_client")

_HOOK_OF: dict[type[Event], str] = {
    RequestEvent: "on_request",
    ResponseEvent: "on_response",
    RetryEvent: "on_retry",
    WaitEvent: "on_wait",
    PageEvent: "on_page",
}


class Listeners:
    """The hooks of one client, in the order in which they were given."""

    def __init__(self, hooks: Hooks | Iterable[Hooks]) -> None:
        """Sort the hooks by what they are called for.

        Raises:
            CoupaConfigError: something among them is no `Hooks`.
        """
        self._hooks: dict[str, list[Callable[..., object]]] = {n: [] for n in _HOOK_OF.values()}
        for each in each_of(hooks):
            for name, hook in each.given():
                self._hooks[name].append(hook)
        self._failed: set[tuple[str, int]] = set()

    def overhearing(self, transport: Transport) -> Transport:
        """Return a transport that tells of what `transport` sends."""
        return _OverheardTransport(transport, self)

    def waited(self, request: Request, seconds: float) -> None:
        """Tell that a request had to wait for leave to send."""
        self.tell(WaitEvent(_shown(request), seconds))

    def retrying(self, request: Request, reason: str, wait: float, error: str) -> None:
        """Tell that a try did not do."""
        self.tell(RetryEvent(_shown(request), reason, wait, error))

    def page(self, resource: str, rows: int, span: Span, ids: tuple[int, int] | None) -> None:
        """Tell that rows of a page were handed out."""
        self.tell(PageEvent(resource, rows, span, *(ids or (None, None))))

    def tell(self, event: Event) -> None:
        """Call every hook that is for such an event."""
        name = _HOOK_OF[type(event)]
        for number, hook in enumerate(self._hooks[name]):
            try:
                hook(event)
            # A future that the hook looks at may raise CancelledError, which would end a request;
            # SystemExit would end the loop's thread, and whoever waits for it would wait for ever.
            except (Exception, asyncio.CancelledError, SystemExit) as error:
                if (name, number) not in self._failed:
                    self._failed.add((name, number))
                    called = getattr(hook, "__qualname__", type(hook).__qualname__)
                    log.warning(
                        "the hook %s (%s) raised %s; no row is lost by it, and it is called again, "
                        "but this is said once",
                        name,
                        called,
                        type(error).__name__,
                        exc_info=error,
                    )


class _OverheardTransport:
    """A transport that tells of each try, before it is sent and when it has ended."""

    def __init__(self, transport: Transport, listeners: Listeners) -> None:
        """Send by `transport`."""
        self._transport = transport
        self._listeners = listeners

    async def send(self, request: Request) -> Response:
        """Return the complete answer; raises what the transport raises."""
        sent = _shown(request)
        self._listeners.tell(sent)
        started = time.monotonic()
        try:
            response = await self._transport.send(request)
        except BaseException as error:
            seconds = time.monotonic() - started
            self._listeners.tell(ResponseEvent(sent, None, 0, seconds, type(error).__name__))
            raise
        size, seconds = len(response.body), response.elapsed
        self._listeners.tell(ResponseEvent(sent, response.status, size, seconds))
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()


def _shown(request: Request) -> RequestEvent:
    """Return what may be told of a request: its headers and body hold the token and the secret."""
    return RequestEvent(request.method, request.url, request.attempt, request.resource)
