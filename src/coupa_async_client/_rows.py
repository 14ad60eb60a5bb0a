"""What a scan hands out for each row: its JSON object, or an instance of the type that was asked for.

How the latter come about is left to `_typed_rows`, which is loaded only where there is a type.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from .errors import CoupaConfigError
from .types import Fields, JSONObject, OnInvalid, Page, Params

if TYPE_CHECKING:
    from ._misfits import Misfit
    from ._typed_rows import TypedRows

_KEPT = 64
"""Types made on the fly do not pile up."""

_Row_co = TypeVar("_Row_co", covariant=True)


class Rows(Protocol[_Row_co]):
    """Turns the answers to a scan into what it hands out."""

    @property
    def picks(self) -> bool:
        """Tell whether it takes what it asked for and passes over anything else in a row."""
        ...

    def page_of(self, body: bytes) -> Page:
        """Take a collection's answer in; raises what `_answers.split` does."""
        ...

    def read(self, page: Page, misfit: "Misfit") -> Iterator[tuple[int, _Row_co]]:
        """Yield each row that fits, after the number of rows up to it."""
        ...


class JSONRows:
    """Rows as their JSON objects, which anything fits."""

    picks = False

    def page_of(self, body: bytes) -> Page:
        """Split it into the texts of the rows."""
        from ._answers import split  # noqa: PLC0415  (see _assembly.py)

        return split(body)

    def read(self, page: Page, misfit: "Misfit") -> Iterator[tuple[int, JSONObject]]:  # noqa: ARG002
        """Decode row after row."""
        return enumerate(page, 1)


class RowTypes:
    """The row types that the scans of one client were asked for; each is read once."""

    def __init__(self) -> None:
        """Know none."""
        self._known: dict[type[Any], TypedRows[Any]] = {}

    def rows_as(
        self,
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
        if fields is not None or (isinstance(params, Mapping) and "fields" in params):
            msg = f"type {row_type!r} says itself which fields to ask for; leave fields out"
            raise CoupaConfigError(msg)
        rows = self._typed(row_type)
        return rows, rows.fields

    def _typed(self, row_type: Any) -> "TypedRows[Any]":  # noqa: ANN401  (it may be a wrong one)
        from ._typed_rows import TypedRows  # noqa: PLC0415  (as said above)

        known = self._known.get(row_type) if isinstance(row_type, type) else None
        if known is None:
            known = TypedRows(row_type)
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[row_type] = known
        return known
