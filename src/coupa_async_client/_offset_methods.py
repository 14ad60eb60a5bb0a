"""The methods that 0.1.0 had, on top of a scan: pages of a window of offsets, in Coupa's order."""

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, TypedDict, Unpack

from ._question import question
from ._reading import Reading
from ._settings import Settings
from ._vocabulary import Vocabulary
from .errors import CoupaConfigError
from .scan import Scan
from .types import Fields, JSONObject, Params

if TYPE_CHECKING:
    from ._engine import Engine


class _Window(TypedDict, total=False):
    offset_start: int
    offset_end: int | None
    page_size: int | None
    concurrent: int | None
    until_empty: bool


class OffsetOptions(_Window, total=False):
    """The keyword arguments of `iter_pages`, for the methods that hand them on."""

    params: Params | None
    fields: Fields | None
    accept: str


class OffsetMethods:
    """What a client of 0.1.0 could do; `scan` is the safer choice where rows change meanwhile."""

    _settings: Settings
    _vocabulary: Vocabulary
    _engine: "Engine"

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
    ) -> AsyncGenerator[list[JSONObject]]:
        """Yield pages of decoded rows by offset, in Coupa's order: 0.1.0's way.

        Covers [offset_start, offset_end); stops at the end of the data unless `until_empty` is false.
        `scan` is the safer choice where rows change meanwhile.

        Raises:
            CoupaClientError: as `scan`; a page that fails is never left out in silence.
        """
        reading = self._by_offset(
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
        return _lists(reading)

    def iter_items(
        self, resource: str, **options: Unpack[OffsetOptions]
    ) -> AsyncGenerator[JSONObject]:
        """Yield row after row by offset; the arguments are those of `iter_pages`."""
        return aiter(Scan(self._by_offset(resource, **options)))

    async def collect_items(
        self, resource: str, **options: Unpack[OffsetOptions]
    ) -> list[JSONObject]:
        """Return every row by offset in a list; the arguments are those of `iter_pages`."""
        return [row async for row in self.iter_items(resource, **options)]

    def _by_offset(
        self,
        resource: str,
        *,
        params: Params | None = None,
        fields: Fields | None = None,
        accept: str = "application/json",
        **window: Unpack[_Window],
    ) -> Reading[JSONObject]:
        if accept != "application/json":
            msg = f"accept is {accept!r}; only 'application/json' is read so far"
            raise CoupaConfigError(msg)
        self._vocabulary.check(resource, params, fields)
        asked = question(self._settings, resource, params, fields, paging="offset", **window)
        return Reading(self._engine, asked)


async def _lists(reading: Reading[JSONObject]) -> AsyncGenerator[list[JSONObject]]:
    try:
        while (page := await reading.next()) is not None:
            yield list(reading.hand_out(page))
    finally:
        await reading.end()
