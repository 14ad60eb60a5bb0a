"""The asynchronous client: what users of asyncio call. Thin on purpose; `scan` does the work."""

import os
from collections.abc import Callable, Iterable, Sequence
from ssl import SSLContext
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack, overload

from ._assembly import assembled, by_profile, from_environment
from ._known_instance import known
from ._offset_methods import OffsetMethods
from ._question import HEADERS, question
from ._reading import Reading
from ._rows import RowTypes
from ._settings import overruled, settings
from ._transport import Network
from ._vocabulary import Vocabulary
from .errors import CoupaConfigError
from .instance_profile import InstanceProfile
from .query import fields_text, plain, query_string, resource_path
from .scan import Scan
from .types import (
    MAX_PAGE_SIZE,
    Checkpoint,
    Fields,
    JSONObject,
    OnError,
    OnInvalid,
    Paging,
    Params,
    Request,
    Response,
    Row,
    ScanOptions,
)

if TYPE_CHECKING:
    from .description.checks import OnMisfit
    from .description.model import Description
    from .hooks import Hooks
    from .swagger import Source

T = TypeVar("T")


class CoupaAsyncClient(OffsetMethods):
    """Reads a Coupa instance: every row once, at the speed limit, or an error that says why not.

    Needs the instance (or `base_url`) and the credentials of an OAuth2 client; see `from_env`.
    Lives on one event loop; use it as `async with`, or call `aclose()`.

    Args:
        base_url: the API's root, for example `https://yourcompany.coupahost.com/api`.
        token_url: where tokens come from; `/oauth2/token` on the same host by default.
        client_id: of an OpenID Connect client with the client credentials grant (doc 0019).
        client_secret: its secret.
        scopes: what to ask for, such as `core.invoice.read`; all of the client's by default.
        instance: `yourcompany` or `yourcompany.coupahost.com`, instead of both URLs.
        timeout: seconds to connect and between two pieces of an answer; an answer as a whole
            may take five times as long.
        default_page_size: rows per request, at most 50 (doc 0014).
        default_concurrent: requests in flight per scan, at most; 32 by default.
        rate: requests a second, by all scans together (doc 0012); None switches pacing off.
        burst: requests that may follow at once after a rest.
        max_attempts: tries per request, the first one included.
        read_ahead: bytes of pages that offset paging may hold while an earlier one is awaited.
        transport: an `httpx2.AsyncBaseTransport` in place of the network, such as a mock.
        verify: False, a PEM file or an SSL context in place of the system's trust.
        proxy: a proxy's URL; by default what the environment names.
        token_cache: a file, mode 0600, in which runs and processes share the token; a lock
            stands beside it. Clients of one process with the same credentials share it anyway,
            but for those with a `transport`.
        budget: what to share `rate` and `burst` by with everybody who names the same: a name for
            this user's processes on this host, the path of a file on a local disk, or for several
            hosts `redis://HOST:PORT/0?budget=NAME` (extra `[redis]`; the name is the instance's
            host by default). All must give the same `rate` and `burst`.
        description: Coupa's description of its API, by which resources, attributes, operators and
            values are checked before anything is sent: what `describe` or `swagger.load`
            returned, or what the latter takes, such as a folder of Coupa's Swagger files.
        on_misfit: "raise" refuses what does not fit the description, "warn" sends it all the same.
        hooks: what to call at each try, retry, wait and page: a `coupa_async_client.hooks.Hooks`,
            or a list of them.
        profile: what `coupa doctor --save` found out about this instance, or the path of that file:
            page size, requests in flight and the way of paging then follow from facts. What it
            cannot do is not asked of it, and `default_concurrent` wins over what is suggested.
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
        """Check the arguments; nothing is sent yet.

        Raises:
            CoupaConfigError: names the argument and the remedy.
        """
        self._settings = settings(
            base_url,
            token_url,
            client_id,
            client_secret,
            scopes,
            instance=instance,
            timeout=timeout,
            default_page_size=default_page_size,
            default_concurrent=default_concurrent,
            rate=rate,
            burst=burst,
            max_attempts=max_attempts,
            read_ahead=read_ahead,
            verify=verify,
            proxy=proxy,
            token_cache=token_cache,
            budget=budget,
            profile=known(profile),
        )
        self.base_url = self._settings.base_url
        self._vocabulary = Vocabulary(description, on_misfit)
        self._engine = assembled(self._settings, transport, hooks)
        self._row_types = RowTypes()

    @classmethod
    def from_env(cls, **options: Any) -> Self:  # noqa: ANN401  (the constructor checks them)
        """Make a client from COUPA_INSTANCE (or COUPA_BASE_URL), COUPA_CLIENT_ID and so on.

        Reads the environment, then a `.env` file in the working directory, then the names without
        COUPA_ that 0.1.0's users set. Arguments given here win.

        Raises:
            CoupaConfigError: something is missing or wrong.
        """
        return cls(**overruled(from_environment(), options))

    @classmethod
    def from_profile(cls, name: str, **options: Any) -> Self:  # noqa: ANN401  (as above)
        """Make a client from a named profile: a table of `config.toml` in the platform's config folder.

        Its keys are arguments of the constructor, which those given here overrule. The secret comes
        from COUPA_CLIENT_SECRET, the variable that the key `client_secret_env` names, or the system's
        keyring (extra `[keyring]`; `coupa profiles secret NAME` puts it there, for this client and host
        alone). The environment says nothing else; a COUPA_CLIENT_SECRET beside the COUPA_CLIENT_ID of
        another client does not count.

        Raises:
            CoupaConfigError: there is no such profile or no secret, others may read the file, or
                something in it is wrong; nothing was sent.
        """
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
    ) -> Scan[JSONObject]: ...

    @overload
    def scan(
        self,
        resource: str,
        params: Params | None = None,
        fields: None = None,
        *,
        type: type[Row],
        **options: Unpack[ScanOptions],
    ) -> Scan[Row]: ...

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
    ) -> Scan[Any]:
        """Make a scan of every row that matches; iterate it to run it.

        Args:
            resource: the collection's path, such as `invoices` or `suppliers/7/addresses`.
            params: filters, all of which must hold: a condition, made by `field` or `where`, or a
                mapping: `{"status[in]": ["approved", "voided"]}`.
            fields: Coupa's projection (doc 0008): `"id,supplier.name"`, its JSON text or the list.
            paging: "auto" reads spans of ids in parallel: safe while rows change, in no promised
                order. "keyset" is one chain in order of id. "offset" keeps Coupa's order and can
                miss rows that move. Auto becomes "offset" where the params name `order_by`, `dir`
                or `offset`, and "keyset" where `max_items` is given.
            page_size: rows per request, at most 50.
            concurrent: requests in flight, at most.
            max_items: stop after so many rows.
            on_error: "raise" stops at the first page that fails for good, "finish" brings everything
                else first. Either raises `IncompleteScanError` with the holes.
            resume: a `checkpoint` of the same question, or the holes of an `IncompleteScanError`:
                brings just what was still to come.
            type: what rows become: a dataclass, TypedDict, msgspec.Struct or pydantic model. Its
                attributes are the projection, `updated_at` is Coupa's `updated-at`, aliases win.
            on_invalid: "raise" stops before the first row that does not fit the type, "collect"
                keeps such rows in `scan.invalid` and goes on.

        Raises:
            CoupaConfigError: names the argument and the remedy; nothing was sent.
        """
        rows, fields = self._row_types.rows_as(type, on_invalid, params, fields)
        self._vocabulary.check(resource, params, fields, type)
        asked = question(
            self._settings,
            resource,
            params,
            fields,
            paging=paging,
            page_size=page_size,
            concurrent=concurrent,
            max_items=max_items,
            on_error=on_error,
            resume=resume,
        )
        return Scan(Reading(self._engine, asked, rows, on_invalid))

    async def get(
        self, path: str, params: Params | None = None, fields: Fields | None = None
    ) -> Any:  # noqa: ANN401  (JSON is any value)
        """Return the JSON at a path: one record (`invoices/7`), or one page of a collection.

        Raises:
            CoupaNotFoundError: there is none.
            CoupaClientError: any other reason why there is no answer.
        """
        from ._answers import read_json  # noqa: PLC0415  (see _assembly.py)

        self._vocabulary.check(path, params, fields)
        projection = fields_text(fields)
        query = plain(params) | ({"fields": projection} if projection else {})
        request = Request("GET", self._url(path, query), HEADERS)
        return await self._fetch(request, read_json)

    async def describe(self, *paths: str) -> "Description":
        """Fetch the description that the instance serves of its own API.

        It holds the instance's own attributes and values. This client goes on as it did: give it to
        another as `description=`, or keep it by `swagger.keep`.

        Args:
            paths: where on the instance, such as `/api_docs/0.json`; all of them must be there. By
                default wherever Coupa has one, as far as the instance has it too.

        Raises:
            CoupaNotFoundError: there is none.
            CoupaShapeError: what is there is something else, such as the page of a login.
            CoupaClientError: any other reason why there is no answer.
        """
        from ._api_docs import described  # noqa: PLC0415  (only where it is asked for)

        return await described(self._fetch, self.base_url, paths)

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: object = None,
    ) -> Response:
        """Send one request as it is and return the answer as it came: the raw way in.

        Paced, with the token, and patient; anything but GET and HEAD is repeated only when it surely
        did not take effect.

        Raises:
            CoupaAPIError: Coupa says no.
            CoupaClientError: any other reason why there is no answer.
        """
        import msgspec  # noqa: PLC0415  (see _assembly.py)

        try:
            body = None if json is None else msgspec.json.encode(json)
        except (TypeError, ValueError) as error:
            msg = f"json cannot be spelled: {error}"
            raise CoupaConfigError(msg) from error
        headers = HEADERS if body is None else {**HEADERS, "Content-Type": "application/json"}
        request = Request(method.upper(), self._url(path, params), headers, body)
        return await self._fetch(request, _accepted)

    async def aclose(self) -> None:
        """Cancel what is in flight and close the connections; the client is of no use after."""
        await self._engine.aclose()

    async def __aenter__(self) -> Self:
        """Return the client itself."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the client."""
        await self.aclose()

    async def _fetch(self, request: Request, read: Callable[[Request, Response], T]) -> T:
        from ._trail import Tally  # noqa: PLC0415  (see _assembly.py)

        return await self._engine.fetch(request, read, Tally())

    def _url(self, path: str, params: Params | None) -> str:
        query = query_string(params)
        url = f"{self.base_url}/{resource_path(path)}"
        return f"{url}?{query}" if query else url


def _accepted(request: Request, response: Response) -> Response:
    from ._answers import raise_for_status  # noqa: PLC0415  (see _assembly.py)

    raise_for_status(request, response)
    return response
