"""The local Coupa without a network: state, its lock, and the answer to one request."""

from collections.abc import Callable
from threading import RLock

from coupa_async_client.sandbox import control, rest
from coupa_async_client.sandbox.config import Config
from coupa_async_client.sandbox.exchange import Answer, Call, json_answer
from coupa_async_client.sandbox.faults import Faults, Rule, retry_after, spoiled
from coupa_async_client.sandbox.journal import Entry, Journal
from coupa_async_client.sandbox.oauth import Tokens
from coupa_async_client.sandbox.store import Store
from coupa_async_client.sandbox.throttle import Bucket

TOKEN_PATH = "/oauth2/token"  # noqa: S105 - a path


class Engine:
    """Everything a running sandbox remembers. Hold `lock` to touch it from another thread."""

    def __init__(self, config: Config, clock: Callable[[], float]) -> None:
        """Set up the state that `config` asks for; `clock` counts seconds."""
        self.config = config
        self.lock = RLock()
        self.in_flight = 0
        self._clock = clock
        self._start = clock()
        self.store = Store(config)
        self._forget()

    def reset(self) -> None:
        """Go back to the start: rows, journal, faults, tokens and rate limit."""
        with self.lock:
            self.store.reset()
            self._forget()

    def _forget(self) -> None:
        config = self.config
        self.journal = Journal()
        self.faults = Faults(config.seed, config.fault_share)
        self.tokens = Tokens(config)
        self._bucket = Bucket(
            config.rate, config.burst, config.burst if config.throttle == "queue" else 0
        )

    def now(self) -> float:
        """Return the seconds since the start."""
        return self._clock() - self._start

    def wait_for_permit(self, call: Call) -> float | None:
        """Return the seconds that the rate limit holds a request back, None to refuse it.

        One limit for the whole server, on the API alone: whom Coupa counts is unknown (doc 0012).
        """
        if self.config.throttle == "off" or not is_api(call):
            return 0.0
        with self.lock:
            return self._bucket.take(self.now())

    def too_many(self) -> Answer:
        """Return the 429 for a request that the rate limit refuses."""
        headers: tuple[tuple[str, str], ...] = ()
        if self.config.retry_after is not None:
            with self.lock:
                seconds = max(1, -int(-self._bucket.until_next(self.now()) // 1))
            form = "date" if self.config.retry_after == "date" else seconds
            headers = (retry_after(form, seconds),)
        return json_answer(429, {"errors": {"rate": ["Too many requests"]}}, *headers)

    def fault_for(self, call: Call) -> Rule | None:
        """Return the fault that befalls this request."""
        with self.lock:
            return self.faults.pick(call)

    def answer(self, call: Call, rule: Rule | None) -> Answer:
        """Return the answer to a request, spoiled by `rule`."""
        with self.lock:
            if rule is None:
                return self._honest(call)
            if rule.do == "expire_token":
                self.tokens.revoke_all()
            return spoiled(rule, lambda: self._honest(call))

    def record(
        self, call: Call, arrived: float, status: int, rule: Rule | None, beside: int
    ) -> None:
        """Write a request into the journal; `beside` is how many were in the server with it."""
        with self.lock:
            self.journal.record(
                Entry(
                    at=arrived,
                    method=call.method,
                    path=call.path,
                    query=list(call.query),
                    status=status,
                    fault=rule.do if rule else None,
                    seconds=self.now() - arrived,
                    in_flight=beside,
                )
            )

    def _honest(self, call: Call) -> Answer:
        if call.path == TOKEN_PATH:
            return self.tokens.answer(call, self.now())
        if is_api(call):
            scopes = self.tokens.allowed(call, self.now())
            return rest.answer(call, self.store, scopes, self.config)
        return json_answer(404, {"errors": {"path": ["There is nothing here"]}})

    def command(self, call: Call) -> Answer:
        """Answer a request below `/__sandbox__`."""
        with self.lock:
            return control.answer(call, self)


def is_api(call: Call) -> bool:
    """Tell whether a request is for the REST API."""
    return call.path.startswith("/api/")
