"""Writes what the API says, rows or refusals, as JSON or XML by the Accept header (doc 0011)."""

from dataclasses import dataclass

from coupa_async_client.sandbox import xml
from coupa_async_client.sandbox.config import Config
from coupa_async_client.sandbox.exchange import JSON_MEDIA, XML_MEDIA, Answer, encode
from coupa_async_client.sandbox.projection import without_nulls
from coupa_async_client.sandbox.refusal import RefusalError
from coupa_async_client.sandbox.store import Table
from coupa_async_client.sandbox.values import Row


@dataclass(frozen=True, slots=True)
class Rendering:
    """One of the two families of answers."""

    as_xml: bool
    config: Config

    @classmethod
    def wanted(cls, accept: str, config: Config) -> "Rendering":
        """Choose the family that an Accept header names first; XML when it names neither."""
        for each in accept.lower().split(","):
            media = each.partition(";")[0].strip()
            if media.endswith(("/json", "+json")):
                return cls(as_xml=False, config=config)
            if media.endswith("/xml"):
                return cls(as_xml=True, config=config)
            if media == "*/*":
                return cls(as_xml=config.any_accept == "xml", config=config)
        return cls(as_xml=bool(accept) or config.any_accept == "xml", config=config)

    def page(self, table: Table, rows: list[Row]) -> Answer:
        """Write a page; without rows XML is a 404 and JSON an empty list (doc 0011)."""
        if not self.as_xml:
            return self._json(200, rows)
        if not rows:
            raise RefusalError(404, "query", "No results match the query")
        wrapper, element = _elements(table)
        shape = table.resource.shape if table.resource else None
        return Answer(200, xml.collection(wrapper, element, list(rows), shape), XML_MEDIA)

    def row(self, table: Table, row: Row | None, status: int) -> Answer:
        """Write one record; None leaves the body empty (return_object=none)."""
        media = XML_MEDIA if self.as_xml else JSON_MEDIA
        if row is None:
            return Answer(status, b"", media)
        if not self.as_xml:
            return self._json(status, row)
        shape = table.resource.shape if table.resource else None
        return Answer(status, xml.single(_elements(table)[1], row, shape), media)

    def refusal(self, error: RefusalError) -> Answer:
        """Write why a request is refused."""
        if self.as_xml:
            return Answer(error.status, xml.errors([error.message]), XML_MEDIA)
        return self._json(error.status, {"errors": {error.key: [error.message]}})

    def _json(self, status: int, value: object) -> Answer:
        if self.config.null_keys == "omit":
            value = without_nulls(value)
        return Answer(status, encode(value, pretty=self.config.pretty), JSON_MEDIA)


def _elements(table: Table) -> tuple[str, str]:
    if table.resource is not None:
        return table.resource.collection, table.resource.shape.element
    return table.name.replace("_", "-").replace("/", "-"), xml.singular(table.name)
