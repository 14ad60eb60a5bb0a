"""What a client does, as events for callables of one's own: each try of a request, each wait, each page.

Calling them, and bearing what they raise, is left to `_listeners`.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from .errors import CoupaConfigError
from .types import Span


@dataclass(frozen=True, slots=True)
class RequestEvent:
    """A request is about to be sent; `attempt` counts its tries from 1.

    The query of the `url` is what was asked for; secrets and tokens travel in headers and the body.
    `resource` is a scan's, and None for `get`, `request` and the token call.
    """

    method: str
    url: str
    attempt: int = 1
    resource: str | None = None


@dataclass(frozen=True, slots=True)
class ResponseEvent:
    """A try has ended: there is one for each `RequestEvent`, and `request` is that very object.

    `status` is None where no complete answer came, and `error` then the name of the exception, such as
    "CoupaTimeoutError", or "CancelledError" for a request that nobody waited for any longer. `size` is
    the bytes of the body, decompressed; `seconds` go from the sending to the body's end.
    """

    request: RequestEvent
    status: int | None
    size: int
    seconds: float
    error: str | None = None


@dataclass(frozen=True, slots=True)
class RetryEvent:
    """A try did not do, and `wait` seconds later the next one begins.

    There is one for each that the receipt counts in `retries`, by the same `reason`. `request` is the
    try, `error` what was wrong with it, without secrets.
    """

    request: RequestEvent
    reason: str
    wait: float
    error: str


@dataclass(frozen=True, slots=True)
class WaitEvent:
    """The rate limit has held a request back; it is sent now. Below a millisecond nothing is told."""

    request: RequestEvent
    seconds: float


@dataclass(frozen=True, slots=True)
class PageEvent:
    """A page of a scan was handed out, or of the last one as many rows as were taken.

    `span` is what it accounts for, ids or offsets above the first and up to the second; `id_min` and
    `id_max` are of its rows, None where they have no ids.
    """

    resource: str
    rows: int
    span: Span
    id_min: int | None = None
    id_max: int | None = None


Event = RequestEvent | ResponseEvent | RetryEvent | WaitEvent | PageEvent


@dataclass(frozen=True, slots=True)
class Hooks:
    """What to call when; `hooks=Hooks(on_retry=print)`, or a list of them, goes to either client.

    The token call is seen too. All but `on_page` are called on the client's event loop, which for
    `CoupaClient` is on a thread of its own, and hold it up while they run; `on_page` is called where
    the rows are taken, so in `CoupaClient` by the thread that iterates. A hook that raises hurts no
    row and no scan: the log says so once, at WARNING, and the hook goes on being called.
    """

    on_request: Callable[[RequestEvent], object] | None = None
    on_response: Callable[[ResponseEvent], object] | None = None
    on_retry: Callable[[RetryEvent], object] | None = None
    on_wait: Callable[[WaitEvent], object] | None = None
    on_page: Callable[[PageEvent], object] | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be called plainly.

        Raises:
            CoupaConfigError: names the hook.
        """
        for name, hook in self.given():
            if not callable(hook) or _is_asynchronous(hook):
                msg = (
                    f"{name} is {hook!r}; give a plain function of one event (from there, "
                    "asyncio.create_task can start a coroutine)"
                )
                raise CoupaConfigError(msg)

    def given(self) -> Iterator[tuple[str, Any]]:
        """Yield the hooks that there are, each with its name."""
        for each in fields(self):
            if (hook := getattr(self, each.name)) is not None:
                yield each.name, hook


def _is_asynchronous(hook: Callable[..., object]) -> bool:
    called = getattr(hook, "__call__", None)  # noqa: B004  (an object's own may be asynchronous)
    return inspect.iscoroutinefunction(hook) or inspect.iscoroutinefunction(called)


def each_of(hooks: Hooks | Iterable[Hooks]) -> tuple[Hooks, ...]:
    """Return the hooks one by one, whether one or several were given.

    Raises:
        CoupaConfigError: something among them is no `Hooks`.
    """
    several = (hooks,) if isinstance(hooks, Hooks) or not isinstance(hooks, Iterable) else hooks
    found = tuple(several)
    for each in found:
        if not isinstance(each, Hooks):
            msg = f"hooks is {each!r}; give coupa_async_client.hooks.Hooks(...), or a list of them"
            raise CoupaConfigError(msg)
    return found
