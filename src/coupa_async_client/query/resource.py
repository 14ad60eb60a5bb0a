"""Where a resource lies under `/api`."""

from urllib.parse import quote, unquote

from coupa_async_client.errors import CoupaConfigError


def resource_path(resource: str) -> str:
    """Return the resource's path under `/api`, each segment percent-encoded.

    Raises:
        CoupaConfigError: the path is empty, climbs, or carries a scheme, query or fragment.
    """
    if not isinstance(resource, str):
        msg = f"resource is {resource!r}; give its name as text, for example 'invoices'"
        raise CoupaConfigError(msg)
    segments = resource.strip("/").split("/")
    for segment in segments:
        plain = unquote(segment)
        if (
            plain in ("", ".", "..")
            or any(c in plain for c in "/\\?#:%")
            or not plain.isprintable()
        ):
            msg = (
                f"resource {resource!r} is not a path under /api; give the plain name, for example "
                "'invoices' or 'suppliers/7/addresses', and filters as params"
            )
            raise CoupaConfigError(msg)
    return "/".join(quote(unquote(segment), safe="") for segment in segments)
