"""What a GET came to: how many rows, their ids and the names of their attributes, never their content."""

from dataclasses import dataclass

from coupa_async_client._answers import read_page
from coupa_async_client._retry import reason_of
from coupa_async_client.errors import (
    CoupaAPIError,
    CoupaAuthError,
    CoupaClientError,
    CoupaShapeError,
    CoupaTimeoutError,
    CoupaTransportError,
)
from coupa_async_client.types import JSONObject, Request, Response


@dataclass(frozen=True, slots=True)
class Answer:
    """What a GET came to: ids and names of attributes of its rows, never their content.

    `ids` is None where no list came; `said` then tells in words what did. `status` is None where
    nothing came, or nothing was asked any more.
    """

    status: int | None
    ids: tuple[int | None, ...] | None = None
    names: frozenset[str] = frozenset()
    size: int = 0
    seconds: float = 0.0
    said: str = ""


def read_answer(request: Request, response: Response) -> Answer:
    """Look at a list's ids and the names of its attributes.

    Raises:
        CoupaAPIError: the answer is a refusal.
        CoupaShapeError: the answer is no list of objects.
    """
    try:
        page = read_page(request, response)
        ids, names = page.ids, frozenset(name for row in page for name in row)
    except CoupaShapeError:  # there may be more rows than Coupa documents
        rows = _rows(response)
        if not rows:
            raise
        ids = tuple(row["id"] if isinstance(row.get("id"), int) else None for row in rows)
        names = frozenset(name for row in rows for name in row)
    return Answer(
        status=response.status,
        ids=ids,
        names=names,
        size=len(response.body),
        seconds=response.elapsed,
    )


def _rows(response: Response) -> list[JSONObject]:
    try:
        rows = response.json()
    except (ValueError, RecursionError):
        return []
    return rows if isinstance(rows, list) and all(isinstance(row, dict) for row in rows) else []


def answer_of(error: CoupaClientError) -> Answer:
    """Say in a few words why there is no list; Coupa's own are left out, they may quote a row."""
    match error:
        case CoupaAPIError():
            return Answer(error.status, said=f"answered {error.status}")
        case CoupaAuthError():
            return Answer(error.status, said="the token was refused, though it is new (401)")
        case CoupaShapeError():
            head = error.snippet.lstrip().lower()
            html = head.startswith(("<!doctype html", "<html"))
            return Answer(200, said="an HTML page came" if html else "no list of rows came")
        case CoupaTimeoutError():
            return Answer(None, said="no answer in time")
        case CoupaTransportError():
            return Answer(None, said=f"no complete answer ({reason_of(error)})")
    return Answer(None, said=str(error))
