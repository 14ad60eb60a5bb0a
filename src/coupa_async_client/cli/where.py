"""The `--where` clauses of one command line as the parameters of one question."""

from collections.abc import Sequence

from coupa_async_client import CoupaConfigError
from coupa_async_client.query import parse_where


def filters(clauses: Sequence[str]) -> dict[str, str]:
    """Read the clauses, all of which must hold.

    Raises:
        CoupaConfigError: a clause is malformed, or repeats a parameter, so that one would be lost.
    """
    params: dict[str, str] = {}
    for clause in clauses:
        key, value = parse_where(clause)
        if key in params:
            msg = (
                f"filter {key!r} is given twice, as {key}={params[key]} and {key}={value}, and Coupa "
                f"keeps one; for alternatives write {key.partition('[')[0]}[in]=a,b"
            )
            raise CoupaConfigError(msg)
        params[key] = value
    return params
