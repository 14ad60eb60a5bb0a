"""The synchronous client: the asynchronous one on a loop thread of its own, name for name."""

import os
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from ssl import SSLContext
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, Unpack, overload

from ._assembly import by_profile, from_environment
from ._offset_methods import OffsetOptions
from ._reading import Reading
from ._settings import overruled, scope_names
from ._transport import Network
from .client import CoupaAsyncClient
from .errors import CoupaConfigError, CoupaRowError
from .instance_profile import InstanceProfile
from .types import (
    MAX_PAGE_SIZE,
    Checkpoint,
    Fields,
    JSONObject,
    OnError,
    OnInvalid,
    Page,
    Paging,
    Params,
    Response,
    Row,
    ScanOptions,
    ScanReceipt,
)

if TYPE_CHECKING:
    from ._portal import Portal
    from .description.checks import OnMisfit
    from .description.model import Description
    from .explanation import Explanation
    from .hooks import Hooks
    from .swagger import Source


class SyncScan(Generic[Row]):
    """A `Scan` for plain loops: iterate it, or its `pages()`, once; made by `CoupaClient.scan`."""

    def __init__(self, portal: "Portal", reading: Reading[Row]) -> None:
        """Wrap a reading that has not started."""
        self._portal = portal
        self._reading = reading

    def __iter__(self) -> Generator[Row]:
        """Yield row after row, decoded; as `Scan.__aiter__`."""
        with closing(self._kept()) as pages:
            for page in pages:
                yield from self._reading.rows(page)

    def pages(self) -> Generator[Page]:
        """Yield pages of at most 50 rows; as `Scan.pages`."""
        with closing(self._kept()) as pages:
            for page in pages:
                yield self._reading.hand_out(page)

    def first(self) -> Row | None:
        """Return the first row, or None where there is none; asks for one row only."""
        self._reading = self._reading.only_first()
        rows = self.collect()
        return rows[0] if rows else None

    def collect(self) -> list[Row]:
        """Return every row in a list; memory grows with their number."""
        return list(self)

    def explain(self) -> "Explanation":
        """Tell what the scan will bring and cost, by three small requests at most; as `Scan.explain`."""
        return self._portal.run(self._reading.explain())

    @property
    def checkpoint(self) -> JSONObject:
        """What is still to come after the rows handed out so far; as `Scan.checkpoint`."""
        return self._reading.checkpoint

    @property
    def invalid(self) -> tuple[CoupaRowError, ...]:
        """The rows so far that did not fit the type; as `Scan.invalid`."""
        return tuple(self._reading.invalid)

    @property
    def receipt(self) -> ScanReceipt:
        """The account of the scan, at any moment and from any thread; as `Scan.receipt`."""
        return self._reading.receipt

    def _kept(self) -> Generator[Page]:
        """Yield what `Reading.next` returns, drawn ahead on the loop while this thread is at work."""
        reading = self._reading.begun()
        with self._portal.drawing(reading.draw, reading.end) as draw:
            while reading.wants_more:
                with reading.telling():
                    drawn = draw()
                if drawn is None:
                    break
                if page := reading.kept(drawn):
                    yield page
            reading.over()


class CoupaClient:
    """`CoupaAsyncClient` for plain code: the same names, arguments, speed, errors and guarantees.

    Any thread may call it. Use it as `with`, or call `close()`; after a fork the child gets a loop
    and connections of its own.
    """

    def __init__(
        self,
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
        transport: Network | None = None,
        verify: bool | str | SSLContext = True,
        proxy: str | None = None,
        token_cache: str | os.PathLike[str] | None = None,
        budget: str | os.PathLike[str] | None = None,
        description: "Description | Source | Sequence[Source] | None" = None,
        on_misfit: "OnMisfit" = "raise",
        hooks: "Hooks | Sequence[Hooks] | None" = None,
        profile: InstanceProfile | str | os.PathLike[str] | None = None,
    ) -> None:
        """Check the arguments, which are those of `CoupaAsyncClient`; nothing is sent yet.

        Raises:
            CoupaConfigError: names the argument and the remedy.
        """
        named = scope_names(scopes)  # once: a forked child makes its own client of them
        # No partial, whose repr would show the secret.
        self._make: Callable[[], CoupaAsyncClient] = lambda: CoupaAsyncClient(
            base_url,
            token_url,
            client_id,
            client_secret,
            named,
            instance=instance,
            timeout=timeout,
            default_page_size=default_page_size,
            default_concurrent=default_concurrent,
            rate=rate,
            burst=burst,
            max_attempts=max_attempts,
            read_ahead=read_ahead,
            transport=transport,
            verify=verify,
            proxy=proxy,
            token_cache=token_cache,
            budget=budget,
            description=description,
            on_misfit=on_misfit,
            hooks=hooks,
            profile=profile,
        )
        self._open()
        self._closed = False
        self.base_url = self._client.base_url

    @classmethod
    def from_env(cls, **options: Any) -> Self:  # noqa: ANN401  (the constructor checks them)
        """Make a client from the environment; as `CoupaAsyncClient.from_env`."""
        return cls(**overruled(from_environment(), options))

    @classmethod
    def from_profile(cls, name: str, **options: Any) -> Self:  # noqa: ANN401  (as above)
        """Make a client from a named profile; as `CoupaAsyncClient.from_profile`."""
        return cls(**by_profile(name, options))

    @overload
    def scan(
        self,
        resource: str,
        params: Params | None = None,
        fields: Fields | None = None,
        *,
        type: None = None,
        **options: Unpack[ScanOptions],
    ) -> SyncScan[JSONObject]: ...

    @overload
    def scan(
        self,
        resource: str,
        params: Params | None = None,
        fields: None = None,
        *,
        type: type[Row],
        **options: Unpack[ScanOptions],
    ) -> SyncScan[Row]: ...

    def scan(
        self,
        resource: str,
        params: Params | None = None,
        fields: Fields | None = None,
        *,
        paging: Paging = "auto",
        page_size: int | None = None,
        concurrent: int | None = None,
        max_items: int | None = None,
        on_error: OnError = "raise",
        resume: Checkpoint | None = None,
        type: type[Any] | None = None,  # noqa: A002  (what it is in the row's declaration)
        on_invalid: OnInvalid = "raise",
    ) -> SyncScan[Any]:
        """Make a scan of every row that matches; as `CoupaAsyncClient.scan`."""
        row_type: Any = type  # checked against the fields by the signatures above
        scan = self._live().scan(
            resource,
            params,
            fields,
            type=row_type,
            on_invalid=on_invalid,
            paging=paging,
            page_size=page_size,
            concurrent=concurrent,
            max_items=max_items,
            on_error=on_error,
            resume=resume,
        )
        return SyncScan(self._portal, scan.reading)

    def get(self, path: str, params: Params | None = None, fields: Fields | None = None) -> Any:  # noqa: ANN401  (JSON is any value)
        """Return the JSON at a path; as `CoupaAsyncClient.get`."""
        work = self._live().get(path, params, fields)
        return self._portal.run(work)

    def describe(self, *paths: str) -> "Description":
        """Fetch the description that the instance serves of its API; as `CoupaAsyncClient.describe`."""
        return self._portal.run(self._live().describe(*paths))

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: object = None,
    ) -> Response:
        """Send one request as it is; as `CoupaAsyncClient.request`."""
        work = self._live().request(method, path, params=params, json=json)
        return self._portal.run(work)

    def iter_pages(
        self,
        resource: str,
        *,
        params: Params | None = None,
        fields: Fields | None = None,
        offset_start: int = 0,
        offset_end: int | None = None,
        page_size: int | None = None,
        concurrent: int | None = None,
        until_empty: bool = True,
        accept: str = "application/json",
    ) -> Generator[list[JSONObject]]:
        """Yield pages of decoded rows by offset; as `CoupaAsyncClient.iter_pages`."""
        reading = self._live()._by_offset(  # noqa: SLF001  (this is the other face of it)
            resource,
            params=params,
            fields=fields,
            offset_start=offset_start,
            offset_end=offset_end,
            page_size=page_size,
            concurrent=concurrent,
            until_empty=until_empty,
            accept=accept,
        )
        return _lists(SyncScan(self._portal, reading))

    def iter_items(self, resource: str, **options: Unpack[OffsetOptions]) -> Generator[JSONObject]:
        """Yield row after row by offset; the arguments are those of `iter_pages`."""
        reading = self._live()._by_offset(resource, **options)  # noqa: SLF001  (as above)
        return iter(SyncScan(self._portal, reading))

    def collect_items(self, resource: str, **options: Unpack[OffsetOptions]) -> list[JSONObject]:
        """Return every row by offset in a list; the arguments are those of `iter_pages`."""
        return list(self.iter_items(resource, **options))

    pages = iter_pages
    """0.1.0's name."""

    items = iter_items
    """0.1.0's name."""

    def close(self) -> None:
        """Close the connections and end the loop thread; the client is of no use after."""
        if not self._closed:
            self._closed = True
            if self._pid == os.getpid():
                try:
                    self._portal.run(self._client.aclose())
                except BaseException:  # interrupted, or refused to a hook on the loop's own thread
                    self._closed = False
                    raise
                self._portal.close()

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the client."""
        self.close()

    def _open(self) -> None:
        from ._portal import Portal  # noqa: PLC0415  (see _assembly.py)

        self._pid = os.getpid()
        self._client = self._make()
        self._portal = Portal("coupa-sync")

    def _live(self) -> CoupaAsyncClient:
        """Return the client within; a forked child has no loop thread, so it opens its own."""
        if self._closed:
            msg = "this client is closed; make a new one"
            raise CoupaConfigError(msg)
        if self._pid != os.getpid():
            self._open()
        return self._client


def _lists(scan: SyncScan) -> Generator[list[JSONObject]]:
    with closing(scan.pages()) as pages:
        for page in pages:
            yield list(page)
