"""Filters as Coupa's pages and its integrators write them: they come out so, whichever way they are asked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from urllib.parse import parse_qsl

import pytest

from coupa_async_client import Condition, field, where
from coupa_async_client.query import hyphenated, query_string
from coupa_async_client.sandbox.config import Config
from coupa_async_client.sandbox.grammar import parse
from coupa_async_client.sandbox.schema import Schema

PDT, CEST = timezone(timedelta(hours=-7)), timezone(timedelta(hours=2))


@dataclass(frozen=True)
class Example:
    """A query as `page` shows it, but for the encoding of brackets and commas; `nested` if not by us.

    Where a page leaves the value open, the value is ours.
    """

    page: str
    documented: str
    expression: Condition
    keywords: Condition
    nested: bool = False


NEW = (field("exported") == False) & (field("created_at") > "2010-01-15")  # noqa: E712
NEW_KEYWORDS = where(exported=False, created_at__gt=date(2010, 1, 15))
NEW_DOCUMENTED = "exported=false&created_at[gt]=2010-01-15"

EXAMPLES = [
    Example("0007", "id=100", field("id") == 100, where(id=100)),
    Example("0007", "name[contains]=.com", field("name").contains(".com"), where(name__contains=".com")),
    Example("0007", "notes[starts_with]=San%20Francisco", field("notes").starts_with("San Francisco"), where(notes__starts_with="San Francisco")),
    Example("0007", "name[ends_with]=Gray", field("name").ends_with("Gray"), where(name__ends_with="Gray")),
    Example("0007", "version[gt]=1", field("version") > 1, where(version__gt=1)),
    Example("0007", "updated-at[lt]=2010-01-15", field("updated-at") < date(2010, 1, 15), where(updated_at__lt=date(2010, 1, 15))),
    Example("0007", "version[gt_or_eq]=3", field("version") >= 3, where(version__gt_or_eq=3)),
    Example("0007", "version[lt_or_eq]=1", field("version") <= 1, where(version__lt_or_eq=1)),
    Example("0007", "status[not_eq]=active", field("status") != "active", where(status__not_eq="active")),
    Example("0007", "account-type[name][in]=SAP100,SAP200", field("account-type", "name").in_("SAP100", "SAP200"), where(account_type__name__in=["SAP100", "SAP200"])),
    Example("0007", "status[not_in]=ap_hold,booking_hold", field("status").not_in("ap_hold", "booking_hold"), where(status__not_in=["ap_hold", "booking_hold"])),
    Example("0007", "po-email[blank]=true", field("po-email").blank(), where(po_email__blank=True)),
    Example("0009", "status=active", field("status") == "active", where(status="active")),
    Example("0009", "updated_at[gt_or_eq]=2010-12-31", field("updated_at") >= date(2010, 12, 31), where(updated_at__gt_or_eq=date(2010, 12, 31))),
    Example("0009", "order-lines[account][code]=a-c", field("order-lines", "account", "code") == "a-c", where(order_lines__account__code="a-c")),
    Example("0009", "from_currency_id=1", field("from_currency_id") == 1, where(from_currency_id=1)),
    Example("0013", "id[lt_or_eq]=5", field("id") <= 5, where(id__lt_or_eq=5)),
    Example("0014", NEW_DOCUMENTED, NEW, NEW_KEYWORDS),
    Example("0014", f"{NEW_DOCUMENTED}&supplier[name]=Fishy", NEW & (field("supplier", "name") == "Fishy"), NEW_KEYWORDS & where(supplier__name="Fishy")),
    Example("0014", f"{NEW_DOCUMENTED}&supplier[name][gt]=Fish", NEW & (field("supplier", "name") > "Fish"), NEW_KEYWORDS & where(supplier__name__gt="Fish")),
    Example(
        "0014",
        f"{NEW_DOCUMENTED}&supplier[name][gt]=Fish&order_lines[account][code]=a-c",
        NEW & (field("supplier", "name") > "Fish") & (field("order_lines", "account", "code") == "a-c"),
        NEW_KEYWORDS & where(supplier__name__gt="Fish", order_lines__account__code="a-c"),
    ),
    Example("0014", "updated-at[gt]=2010-03-25T18%3A38%3A00-07%3A00", field("updated-at") > datetime(2010, 3, 25, 18, 38, tzinfo=PDT), where(updated_at__gt=datetime(2010, 3, 25, 18, 38, tzinfo=PDT))),
    Example("0014, +", "updated-at[gt_or_eq]=2025-08-14T00%3A00%3A00%2B02%3A00", field("updated-at") >= datetime(2025, 8, 14, tzinfo=CEST), where(updated_at__gt_or_eq=datetime(2025, 8, 14, tzinfo=CEST))),
    Example("0023", "exported=false", field("exported") == False, where(exported=False)),  # noqa: E712
    Example("0024", "status=canceled", field("status") == "canceled", where(status="canceled")),
    Example("0033", "[created_by[id]]=55", field("created_by", "id") == 55, where(created_by__id=55), nested=True),
    Example("0062", "[lookup][created-at][gt]=2025-01-01", field("lookup", "created-at") > date(2025, 1, 1), where(lookup__created_at__gt=date(2025, 1, 1)), nested=True),
    Example("0136", "virtual_card[document_type]=OrderHeader", field("virtual_card", "document_type") == "OrderHeader", where(virtual_card__document_type="OrderHeader")),
    Example("0140", "supplier[primary_address[city]]=X", field("supplier", "primary_address", "city") == "X", where(supplier__primary_address__city="X"), nested=True),
    Example("0161", "pay_to_account[type]=BankAccount", field("pay_to_account", "type") == "BankAccount", where(pay_to_account__type="BankAccount")),
    Example("0162", "status=ready", field("status") == "ready", where(status="ready")),
    Example("0242", "purchase_order_id=7", field("purchase_order_id") == 7, where(purchase_order_id=7)),
    Example("0255", "type=InventoryReceipt", field("type") == "InventoryReceipt", where(type="InventoryReceipt")),
    Example("Rossum", "remit-to-addresses[updated-at][gt_or_eq]=2025-01-01", field("remit-to-addresses", "updated-at") >= date(2025, 1, 1), where(remit_to_addresses__updated_at__gt_or_eq=date(2025, 1, 1))),
    Example("IBM", "requisition-header[department][name]=IT", field("requisition-header", "department", "name") == "IT", where(requisition_header__department__name="IT")),
]  # fmt: skip

every_example = pytest.mark.parametrize(
    "example", EXAMPLES, ids=lambda example: f"{example.page}: {example.documented}"
)


def shown(params):
    """Spell a query with the brackets and commas that the pages leave as they are."""
    text = query_string(params)
    return text.replace("%5B", "[").replace("%5D", "]").replace("%2C", ",")


def understood(params):
    """Let the sandbox, which is written from the pages alone, read what is sent."""
    pairs = parse_qsl(query_string(params), strict_parsing=True)
    anything = {hyphenated(name): hyphenated(name) for pair in pairs for name in _names(pair[0])}
    return set(parse(pairs, Schema(None, anything), Config()).conditions)


def _names(key):
    return key.replace("[", "]").split("]")


def test_there_are_thirty_of_them():
    assert len(EXAMPLES) >= 30
    assert len({example.documented for example in EXAMPLES}) == len(EXAMPLES)


@every_example
def test_the_mapping_sends_what_is_documented(example):
    mapping = dict(parse_qsl(example.documented, strict_parsing=True))
    assert shown(mapping) == example.documented


@every_example
def test_the_expression_sends_what_is_documented(example):
    mapping = dict(parse_qsl(example.documented, strict_parsing=True))
    assert (shown(example.expression) == example.documented) is not example.nested
    assert understood(example.expression) == understood(mapping)
    assert len(understood(mapping)) == len(mapping)


@every_example
def test_keywords_send_it_with_hyphens(example):
    assert query_string(example.keywords) == query_string(
        {hyphenated_names(key): text for key, text in example.expression.items()}
    )
    assert understood(example.keywords) == understood(example.expression)


def hyphenated_names(key):
    """Hyphenate the names of a parameter, and leave its operator as it is."""
    for operator in ("gt_or_eq", "lt_or_eq", "not_eq", "not_in", "starts_with", "ends_with"):
        if key.endswith(f"[{operator}]"):
            return f"{hyphenated(key.removesuffix(f'[{operator}]'))}[{operator}]"
    return hyphenated(key)
