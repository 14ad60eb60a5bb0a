"""Writes rows as Coupa's XML: attributes are elements, lists have a wrapper (doc 0011)."""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from xml.sax.saxutils import escape

from coupa_async_client.sandbox.shapes import Shape
from coupa_async_client.sandbox.values import text

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_A_NAME: Final = re.compile(r"[^\w.-]")


def collection(wrapper: str, element: str, rows: list[object], shape: Shape | None) -> bytes:
    """Write a page of rows."""
    inner = "".join(part for row in rows for part in _element(element, row, shape))
    return f'{DECLARATION}<{wrapper} type="array">{inner}</{wrapper}>\n'.encode()


def single(element: str, row: object, shape: Shape | None) -> bytes:
    """Write one row."""
    return (DECLARATION + "".join(_element(element, row, shape)) + "\n").encode()


def errors(messages: list[str]) -> bytes:
    """Write the errors of a refused request (doc 0011)."""
    inner = "".join(f"<error>{_clean(message)}</error>" for message in messages)
    return f"{DECLARATION}<errors>{inner}</errors>\n".encode()


def singular(name: str) -> str:
    """Return the element of one row of a collection that no shape describes."""
    hyphenated = name.replace("_", "-").replace("/", "-")
    return hyphenated.removesuffix("s") or hyphenated


def _element(name: str, value: object, shape: Shape | None) -> Iterator[str]:
    tag = _tag(name)
    if value is None:
        yield f'<{tag} nil="true"/>'
    elif isinstance(value, list):
        item = shape.element if shape else singular(tag)
        yield f'<{tag} type="array">'
        for each in value:
            yield from _element(item, each, shape)
        yield f"</{tag}>"
    elif isinstance(value, dict):
        yield f"<{tag}>"
        yield from _members(value, shape)
        yield f"</{tag}>"
    else:
        content = _clean(text(value) or "")
        yield f"<{tag}>{content}</{tag}>" if content else f"<{tag}/>"


def _members(row: Mapping[str, object], shape: Shape | None) -> Iterator[str]:
    attributes = shape.attributes if shape else {}
    for name, value in row.items():
        attribute = attributes.get(name)
        yield from _element(name, value, attribute.shape if attribute else None)


def _clean(content: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", content)).replace("\r", "&#13;")


def _tag(name: str) -> str:
    # Tenant-made names may hold anything, an element's name may not.
    tag = _NOT_A_NAME.sub("-", name)
    return tag if tag[:1].isalpha() or tag[:1] == "_" else f"_{tag}"
