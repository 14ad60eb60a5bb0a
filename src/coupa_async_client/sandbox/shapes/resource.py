"""The resources the sandbox serves, each a name, a shape and a way to make any of its rows.

Builds nothing when imported: shapes are read from their tables when a resource is first looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from coupa_async_client.sandbox.shapes import (
    accounting,
    contracts,
    expenses,
    inventory,
    invoicing,
    parties,
    purchasing,
)
from coupa_async_client.sandbox.shapes.generator import Generator, row_bits
from coupa_async_client.sandbox.shapes.model import JSON, Attribute, Shape
from coupa_async_client.sandbox.shapes.notation import Entry, Table, read_tables
from coupa_async_client.sandbox.shapes.scalars import Maker, enum_weights

_COLLECTIONS: Final = MappingProxyType(
    {
        "accounts": ("Account", "accounts"),
        "addresses": ("Address", "addresses"),
        "approvals": ("Approval", "approvals"),
        "contracts": ("Contract", "contracts"),
        "expense_reports": ("ExpenseReport", "expense-reports"),
        "invoices": ("InvoiceHeader", "invoice-headers"),
        "items": ("Item", "items"),
        "purchase_orders": ("OrderHeader", "order-headers"),
        "receiving_transactions": ("InventoryTransaction", "inventory-transactions"),
        "remit_to_addresses": ("RemitToAddress", "remit-to-addresses"),
        "requisitions": ("RequisitionHeader", "requisition-headers"),
        "suppliers": ("Supplier", "suppliers"),
        "users": ("User", "users"),
    }
)
"""URL segment to the definition of a row and the XML element around a page.

`remit_to_addresses` is the sandbox's own flat reading: Coupa lists them only below a supplier or
an invoice (OAS R39).
"""


@dataclass(frozen=True, slots=True)
class Resource:
    """A collection of rows: row `n` is a pure function of a seed and `n`, from 0 without end."""

    name: str
    """The segment of the URL, with underscores."""
    shape: Shape
    collection: str
    """XML element around a page of rows."""
    makers: Mapping[str, Maker] = field(repr=False)
    """What makes each attribute, in wire order."""

    def attribute(self, seed: int, n: int, name: str) -> JSON:
        """Make one attribute of row `n` without making the row; the id of row `n` is `n + 1`.

        Raises:
            KeyError: the shape has no such attribute.
        """
        return self.makers[name](seed, n, row_bits(seed, self.shape.name, n))

    def row(self, seed: int, n: int) -> dict[str, JSON]:
        """Make row `n`, a fresh object with every attribute in wire order."""
        h = row_bits(seed, self.shape.name, n)
        return {name: make(seed, n, h) for name, make in self.makers.items()}


class _Resources(Mapping[str, Resource]):
    def __getitem__(self, name: str) -> Resource:
        return _resource(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_COLLECTIONS)

    def __len__(self) -> int:
        return len(_COLLECTIONS)


RESOURCES: Final[Mapping[str, Resource]] = _Resources()


@lru_cache(maxsize=1)
def _generator() -> tuple[Mapping[str, Table], Generator]:
    modules = (accounting, parties, invoicing, purchasing, inventory, contracts, expenses)
    tables = read_tables(module.TABLES for module in modules)
    return tables, Generator(tables)


@lru_cache(maxsize=len(_COLLECTIONS))
def _resource(name: str) -> Resource:
    definition, collection = _COLLECTIONS[name]
    tables, generator = _generator()
    shape = _shape(definition, tables)
    return Resource(name, shape, collection, generator.makers(definition))


def _shape(title: str, tables: Mapping[str, Table]) -> Shape:
    table = tables[title]
    attributes = {entry.name: _attribute(entry, tables) for entry in table.entries}
    return Shape(table.definition, MappingProxyType(attributes), table.element)


def _attribute(entry: Entry, tables: Mapping[str, Table]) -> Attribute:
    nested = entry.rule.rpartition(" ")[2] if entry.kind in {"object", "list"} else ""
    return Attribute(
        name=entry.name,
        kind=entry.kind,
        shape=_shape(nested, tables) if nested else None,
        values=tuple(enum_weights(entry.rule)) if entry.kind == "enum" else (),
        key=entry.key,
    )
