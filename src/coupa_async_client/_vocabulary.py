"""The names that questions may use, by Coupa's description, where a client was given one.

What does not fit is left to `description`, reading files to `swagger`.
"""

from typing import TYPE_CHECKING, Any

from .errors import CoupaConfigError
from .query import columns_of, fields_text, plain, terms
from .types import Fields, Params

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .description.checks import OnMisfit
    from .description.model import Description
    from .swagger import Source


class Vocabulary:
    """Checks the questions of one client before they are sent; without a description, all pass."""

    def __init__(
        self,
        description: "Description | Source | Sequence[Source] | None",
        on_misfit: "OnMisfit",
    ) -> None:
        """Load the description, unless it is one already.

        Raises:
            CoupaConfigError: it is none, or `on_misfit` is neither "raise" nor "warn".
        """
        if on_misfit not in ("raise", "warn"):
            msg = f'on_misfit is {on_misfit!r}; it is "raise" or "warn"'
            raise CoupaConfigError(msg)
        self._on_misfit: OnMisfit = on_misfit
        self._description = None if description is None else _loaded(description)

    def check(
        self,
        resource: str,
        params: Params | None,
        fields: Fields | None,
        row_type: type[Any] | None = None,
    ) -> None:
        """Check resource, filters, order and projection; a row type is named where it is what errs.

        Raises:
            CoupaConfigError: names all that does not fit, and what is nearest.

        Warns:
            UserWarning: the same, where misfits are to pass.
        """
        if self._description is None:
            return
        from .description.checks import check  # noqa: PLC0415  (only where there is one)

        asked = plain(params)
        among: Any = asked.pop("fields", None)
        projection = fields_text(fields or among)
        check(
            self._description,
            resource,
            terms=terms(asked, reserved=True),
            fields=columns_of(projection) if projection else (),
            projected_by="fields" if row_type is None else f"type {row_type.__name__}",
            on_misfit=self._on_misfit,
        )


def _loaded(description: "Description | Source | Sequence[Source]") -> "Description":
    from .description.model import Description  # noqa: PLC0415  (only where there is one)
    from .swagger import load  # noqa: PLC0415

    return description if isinstance(description, Description) else load(description)
