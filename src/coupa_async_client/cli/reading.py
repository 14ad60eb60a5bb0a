"""One answer on stdout, as readable JSON with every number as Coupa spelled it."""

import sys
from collections.abc import Mapping

import msgspec

from coupa_async_client import CoupaClient, CoupaClientError
from coupa_async_client.description import Description, check
from coupa_async_client.query import columns_of, terms


def check_by(description: Description | None, path: str, params: Mapping[str, str]) -> None:
    """Check what is asked at a path by a description, if there is one.

    Raises:
        CoupaConfigError: names all that does not fit, and what is nearest.
    """
    if description is None:
        return
    fields = columns_of(params["fields"]) if "fields" in params else ()
    check(description, path, terms=terms(params, reserved=True), fields=fields)


def show(client: CoupaClient, path: str, params: Mapping[str, str]) -> None:
    """Print the JSON at a path; nothing where the answer is empty.

    Raises:
        CoupaClientError: there is no answer, or it is no JSON.
    """
    body = client.request("GET", path, params=params).body
    if not body:
        return
    try:
        text = msgspec.json.format(body, indent=2)
    except msgspec.DecodeError as error:
        msg = (
            f"the answer to GET {path} is {len(body)} bytes that are no JSON; check the path, and that "
            "base_url ends in /api (an attachment is its file's bytes, which get does not print)"
        )
        raise CoupaClientError(msg) from error
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.buffer.flush()
