"""Which scopes open which resource, as a table of facts.

Reported by integrators from the scope screens of release 34, completed by what the scopes of Coupa's
Swagger say of themselves; not documented, and an instance may differ: Coupa's answer decides.
"""

from dataclasses import dataclass

from .model import stands_for

_READ = "read"
_EVERY = "read write"
_TABLE = (
    ("core.accounting", _EVERY, "account_groups account_types account_validation_rules accounts"),
    ("core.approval", _EVERY, "approvals"),
    (
        "core.budget",
        _EVERY,
        "budget_line_adjustments budget_lines budget_lines/{budget_line_id}/budget_line_adjustments",
    ),
    ("core.business_entity", _EVERY, "business_entities"),
    ("core.catalog", _EVERY, "supplier_items items/{item_id}/supplier_items"),
    ("core.catalog", _READ, "items"),
    ("core.comment", _EVERY, "comments"),
    (
        "core.common",
        _EVERY,
        (
            "addresses business_groups commodities commodity_translations departments exchange_rates "
            "lookup_values lookups payment_terms roles shipping_terms tax_codes "
            "custom_objects/{object_definition_id}/object_instances"
        ),
    ),
    ("core.common", _READ, "announcements currencies uoms"),
    (
        "core.contract",
        _EVERY,
        (
            "contracts contracts/{contract_id}/business_groups contracts/{contract_id}/contract_terms "
            "contracts/{contract_id}/legal_documents"
        ),
    ),
    ("core.contract", _READ, "contracts/templates"),
    ("core.contracts_template", _EVERY, "contracts/templates"),
    (
        "core.easy_form_response",
        "read write approval.write",
        (
            "easy_form_responses requisition_lines/{requisition_line_id}/easy_form_responses "
            "supplier_information/{supplier_information_id}/easy_form_responses "
            "users/{user_id}/easy_form_responses"
        ),
    ),
    (
        "core.expense",
        _EVERY,
        (
            "expense_artifacts expense_lines expense_lines/expense_artifacts expense_reports "
            "expense_lines/{expense_line_id}/expense_artifacts "
            "expense_reports/{expense_report_id}/expense_lines "
            "expense_reports/{expense_report_id}/expense_lines/{expense_line_id}/expense_artifacts"
        ),
    ),
    ("core.financial_counterparty", _EVERY, "financial_counterparties"),
    (
        "core.integration",
        _EVERY,
        (
            "data_file_sources integration_contacts integration_errors integration_history_records "
            "integration_runs integrations"
        ),
    ),
    ("core.inventory.adjustment", _EVERY, "inventory_adjustments"),
    ("core.inventory.asn", _EVERY, "asn/headers asn/lines"),
    ("core.inventory.balance", _READ, "asset_tags inventory"),
    (
        "core.inventory.common",
        _EVERY,
        "default_receiving_locations warehouses warehouses/{warehouse_id}/locations",
    ),
    ("core.inventory.common", _READ, "inspection_codes"),
    ("core.inventory.common", "write", "asset_tags"),
    ("core.inventory.consumption", _EVERY, "inventory_consumptions"),
    (
        "core.inventory.cycle_counts",
        _EVERY,
        "cycle_counts cycle_counts/{cycle_count_id}/cycle_count_lines",
    ),
    ("core.inventory.pick_list", _EVERY, "pick_lists"),
    ("core.inventory.receiving", _EVERY, "receipt_requests receiving_transactions"),
    ("core.inventory.receiving", _READ, "receivable_purchase_order_lines"),
    ("core.inventory.return_to_supplier", _EVERY, "return_to_supplier_transactions"),
    ("core.inventory.transaction", _READ, "inventory_transactions"),
    ("core.inventory.transfer", _EVERY, "inventory_transfers"),
    ("core.invoice", "read create write delete approval.write approval.bypass", "invoices"),
    (
        "core.invoice",
        _READ,
        "invoices/{invoice_id}/payment_receipts invoices/{invoice_id}/remit_to_addresses",
    ),
    ("core.invoice", _EVERY, "tax_registrations"),
    ("core.invoice", "write", "invoice_emails suppliers/{supplier_id}/invoice_emails"),
    ("core.item", _EVERY, "items"),
    ("core.legal_entity", _EVERY, "legal_entities"),
    ("core.object_translations", _EVERY, "uoms/{uom_id}/translations"),
    ("core.order_header_confirmations", _EVERY, "order_header_confirmations"),
    ("core.order_pad", _EVERY, "order_pads order_pads/{order_pad_id}/order_pad_lines"),
    ("core.pay.charges", _EVERY, "charges"),
    ("core.pay.payments", _EVERY, "coupa_pay/payments"),
    ("core.pay.statements", _EVERY, "coupa_pay/statements"),
    ("core.pay.virtual_cards", _READ, "charges coupa_pay/statements"),
    ("core.payables.allocations", _EVERY, "payables/allocations"),
    ("core.payables.external", _EVERY, "payables/external/payables"),
    ("core.payables.invoice", _EVERY, "coupa_pay/invoices payables/invoices"),
    ("core.payables.order", _EVERY, "payables/order/reconciliation_lines payables/orders"),
    ("core.project", _EVERY, "project_memberships projects projects/{project_id}/tasks tasks"),
    (
        "core.purchase_order",
        _EVERY,
        "purchase_order_changes purchase_order_lines purchase_order_revisions purchase_orders",
    ),
    ("core.purchase_order", _READ, "receivable_purchase_order_lines"),
    ("core.requisition", _EVERY, "requisitions requisition_lines"),
    ("core.services_procurement.job_categories", _EVERY, "services_procurement/job_categories"),
    ("core.services_procurement.job_levels", _EVERY, "services_procurement/job_levels"),
    ("core.services_procurement.job_titles", _EVERY, "services_procurement/job_titles"),
    ("core.sourcing", _EVERY, "quote_requests"),
    ("core.sourcing", _READ, "quote_suppliers"),
    (
        "core.sourcing.pending_supplier",
        _EVERY,
        "quote_requests/{quote_request_id}/pending_quote_suppliers",
    ),
    (
        "core.sourcing.response",
        "read write award.write",
        "quote_requests/{quote_request_id}/quote_responses quote_responses",
    ),
    (
        "core.supplier",
        _EVERY,
        (
            "invoice_emails supplier_information supplier_invites supplier_sites suppliers "
            "suppliers/{supplier_id}/addresses suppliers/{supplier_id}/business_groups "
            "suppliers/{supplier_id}/invoice_emails suppliers/{supplier_id}/supplier_sites"
        ),
    ),
    ("core.supplier", "write", "suppliers/{supplier_id}/supplier_user_integration_contacts"),
    ("core.supplier.risk_aware", _EVERY, "supplier_risk_aware_feed"),
    (
        "core.supplier_information_sites",
        _EVERY,
        (
            "supplier_information_sites "
            "supplier_information/{supplier_information_id}/supplier_information_sites"
        ),
    ),
    (
        "core.supplier_information_tax_registrations",
        "read write delete",
        "supplier_information_tax_registrations",
    ),
    ("core.supplier_sharing_settings", _EVERY, "supplier_sharing_settings"),
    ("core.supplier_sites", _EVERY, "supplier_sites suppliers/{supplier_id}/supplier_sites"),
    ("core.uom", _EVERY, "uoms"),
    ("core.user", _EVERY, "users users/{user_id}/addresses users/{user_id}/business_groups"),
    (
        "core.user_group",
        _EVERY,
        "user_group_memberships user_groups user_groups/{user_group_id}/tasks",
    ),
)
"""What the scopes share, their rights, and the resources that each of them opens."""


@dataclass(frozen=True, slots=True)
class Scopes:
    """The scopes for a resource: any one of `read` opens reading; `write` each opens some writing."""

    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()


def scopes_of(resource: str) -> Scopes:
    """Return the scopes reported for a resource, such as `invoices` or `suppliers/7/addresses`.

    Both are empty where none was reported.
    """
    path = resource.strip("/")
    granted = {
        f"{service}.{right}": right
        for service, rights, resources in _TABLE
        for right in rights.split()
        if any(stands_for(template, path) for template in resources.split())
    }
    return Scopes(
        read=tuple(scope for scope, right in granted.items() if right == _READ),
        write=tuple(scope for scope, right in granted.items() if right != _READ),
    )
