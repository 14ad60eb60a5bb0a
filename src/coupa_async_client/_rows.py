"""What a scan hands out for each row: its JSON object, or an instance of the type that was asked for.

How the latter come about is left to `_typed_rows`, which is loaded only where there is a type.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from .errors import CoupaConfigError
from .types import Fields, JSONObject, OnInvalid, Page, Params

if TYPE_CHECKING:
    from ._misfits import Misfit

_Row_co = TypeVar("_Row_co", covariant=True)


class Rows(Protocol[_Row_co]):
    """Turns the pages of a scan into what it hands out."""

    @property
    def picks(self) -> bool:
        """Tell whether it takes what it asked for and passes over anything else in a row."""
        ...

    def read(self, page: Page, misfit: "Misfit") -> Iterator[tuple[int, _Row_co]]:
        """Yield each row that fits, after the number of rows up to it."""
        ...


class JSONRows:
    """Rows as their JSON objects, which anything fits."""

    picks = False

    def read(self, page: Page, misfit: "Misfit") -> Iterator[tuple[int, JSONObject]]:  # noqa: ARG002
        """Decode row after row."""
        return enumerate(page, 1)


def rows_as(
    row_type: type[Any] | None,
    on_invalid: OnInvalid,
    params: Params | None,
    fields: Fields | None,
) -> tuple[Rows[Any], Fields | None]:
    """Settle what a scan hands out, and the projection that brings it.

    Raises:
        CoupaConfigError: names the argument and the remedy.
    """
    if on_invalid not in ("raise", "collect"):
        msg = f'on_invalid is {on_invalid!r}; it is "raise" or "collect"'
        raise CoupaConfigError(msg)
    if row_type is None:
        if on_invalid == "collect":
            msg = 'on_invalid="collect" needs a type: without one every row fits'
            raise CoupaConfigError(msg)
        return JSONRows(), fields
    from ._typed_rows import TypedRows  # noqa: PLC0415  (as said above)

    if fields is not None or (isinstance(params, Mapping) and "fields" in params):
        msg = f"type {row_type!r} says itself which fields to ask for; leave fields out"
        raise CoupaConfigError(msg)
    rows = TypedRows(row_type)
    return rows, rows.fields
