"""Where the sandbox's rows and Coupa's own list of attributes (OAS R39) differ, and why.

Data only; a test holds it against Coupa's files, so that neither side goes stale.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_TWIN = "says the same as the attribute without the question mark; no real row carries it"
_WRITTEN = "can only be written (docs 0100, 0233, 0261)"
_SECRET = "a secret; made-up ones have no place in test data"  # noqa: S105

OMITTED: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "Contract": {"is-default?": _TWIN, "supplier-invoiceable?": _TWIN},
        "InvoiceHeader": {
            "show-tax-information?": "a name that XML cannot carry; doc 0205 has another",
        },
        "OrderHeader": {"hide-price": _WRITTEN},
        "RequisitionHeader": {"hide-price": _WRITTEN},
        "Supplier": {
            "coupa-connect-secret": _SECRET,
            "cxml-http-password": _SECRET,
            "cxml-invoice-secret": _SECRET,
            "cxml-secret": _SECRET,
        },
        "User": {
            "active?": _TWIN,
            "aic-user?": _TWIN,
            "analytics-user?": _TWIN,
            "api-user?": _TWIN,
            "category-planner-user?": _TWIN,
            "ccw-user?": _TWIN,
            "clm-advanced-user?": _TWIN,
            "contracts-user?": _TWIN,
            "expense-user?": _TWIN,
            "inventory-user?": _TWIN,
            "invoicing-user?": _TWIN,
            "purchasing-user?": _TWIN,
            "sourcing-user?": _TWIN,
            "spend-guard-user?": _TWIN,
            "supply-chain-user?": _TWIN,
            "travel-user?": _TWIN,
            "treasury-user?": _TWIN,
            "approval-limit": _WRITTEN,
            "generate-password-and-notify": _WRITTEN,
            "password": _WRITTEN,
            "salesforce-enabled": _WRITTEN,
            "self-approval-limit": _WRITTEN,
        },
    }
)
"""Attributes of the served definitions that no row has, each with the reason.

Associations are cuts of their definition: they keep what identifies them and what a report shows,
and leave out the people who made them, or users would stand inside users without end.
"""

TENANT_MADE: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "Contract": frozenset({"custom-fields", "legal-hold-note"}),
        "ExpenseReport": frozenset({"custom-fields", "trip-purpose"}),
        "InventoryTransaction": frozenset({"custom-fields", "dock-note"}),
        "InvoiceHeader": frozenset({"cost-center-note", "custom-fields", "erp-batch"}),
        "Item": frozenset({"custom-fields", "legacy-code"}),
        "OrderHeader": frozenset({"custom-fields", "incoterm-place"}),
        "RequisitionHeader": frozenset({"cost-center-note", "custom-fields"}),
        "Supplier": frozenset({"custom-fields", "vendor-class"}),
        "User": frozenset({"custom-fields", "employee-badge"}),
    }
)
"""Custom fields of the imagined tenant: flat ones in the global namespace, and those under
`custom-fields` (doc 0010)."""

SEEN_IN_ROWS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {"User": frozenset({"intake-user"})}
)
"""Attributes that Coupa's list lacks but a real row has (doc 0159)."""

CORRECTED: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "InvoiceHeader": {
            "supplier-created": "a boolean (doc 0205)",
        },
        "User": {
            "allowed-invoice-inboxes": "a list in real rows (doc 0159)",
            "can-expense-for": "a list in real rows (docs 0015, 0159)",
            "expenses-delegated-to": "a list in real rows (docs 0015, 0159)",
        },
    }
)
"""Attributes whose kind is not the one that Coupa's list declares, each with the better source."""
