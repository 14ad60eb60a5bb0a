"""Filters as one writes them on a command line: `status[in]=approved,voided`."""

import re

from coupa_async_client.errors import CoupaConfigError

from .grammar import wrong_operator
from .spelling import NAIVE_DATETIME

_CLAUSE = re.compile(r"(?P<key>[^\[\]=\s]+(?:\[[^\[\]=]+\])*)=(?P<value>.*)", re.DOTALL)


def parse_where(clause: str) -> tuple[str, str]:
    """Split a clause such as `status[in]=approved,voided` into a parameter and its value.

    Raises:
        CoupaConfigError: no `=`, unbalanced brackets, an operator that Coupa does not have, or a
            datetime without a zone.
    """
    match = _CLAUSE.fullmatch(clause.strip())
    if match is None:
        msg = (
            f"filter {clause!r} is malformed; write attribute=value or attribute[operator]=value, "
            "for example status=approved, supplier[name][contains]=acme"
        )
        raise CoupaConfigError(msg)
    key, value = match["key"], match["value"]
    if wrong := wrong_operator(key):
        msg = f"filter {clause!r}: {wrong}"
        raise CoupaConfigError(msg)
    if key.endswith("[blank]") and value not in ("true", "false"):
        msg = f"filter {clause!r}: [blank] takes true or false"
        raise CoupaConfigError(msg)
    if NAIVE_DATETIME.fullmatch(value):
        msg = (
            f"filter {clause!r} has a time without a zone, and Coupa would guess; say which is "
            f"meant, for example {value.replace(' ', 'T')}Z or {value.replace(' ', 'T')}-05:00"
        )
        raise CoupaConfigError(msg)
    return key, value
