"""Coupa's own twelve Swagger files: counted without us, misspelt at random, asked as its papers ask.

They stand beside the repository; without them these tests are skipped.
"""

import json
import random
import re
import string
from dataclasses import dataclass
from pathlib import Path

import pytest

from coupa_async_client import CoupaConfigError, swagger
from coupa_async_client.description import check
from coupa_async_client.description.checks import misfits
from coupa_async_client.description.nearest import nearest
from coupa_async_client.description.scopes import _TABLE, scopes_of
from coupa_async_client.query import parse_where

COUPA = Path(__file__).resolve().parents[2] / "shared" / "coupa"
FILES = sorted((COUPA / "openapi").glob("*.json"))

pytestmark = pytest.mark.skipif(not FILES, reason="Coupa's files are not beside the repository")

OPERATORS = {"contains", "starts_with", "ends_with", "gt", "lt", "gt_or_eq", "lt_or_eq"} | {
    *("not_eq", "in", "not_in", "blank"),
}


def counted(files):
    """Count resources, attributes and operations straight from the JSON."""
    documents = [json.loads(file.read_text("utf-8")) for file in files]
    paths, attributes = {}, set()
    for document in documents:
        for path, methods in document["paths"].items():
            paths.setdefault(path, {}).update(methods)
        for name, definition in document["definitions"].items():
            attributes |= {(name, each) for each in definition.get("properties", {})}
    resources = {path.split("/{id}")[0] for path in paths if "/{id}" in path}
    for path, methods in paths.items():
        answer = methods.get("get", {}).get("responses", {}).get("200", {}).get("schema", {})
        if answer.get("type") == "array":
            resources.add(path)
    for path in paths:
        if "/{id}" not in path and path not in resources:
            resources.add(path.rpartition("/")[0])
    return len(resources), len(attributes), sum(map(len, paths.values()))


def found(description):
    return (
        len(description.resources),
        sum(map(len, description.objects.values())),
        sum(len(resource.operations) for resource in description.resources.values()),
    )


@dataclass(frozen=True)
class Term:
    """A filter taken apart."""

    path: tuple[str, ...]
    operator: str
    values: tuple[str, ...]
    key: str


def term(clause):
    key, value = parse_where(clause)
    names = re.findall(r"[^\[\]]+", key)
    operator = names.pop() if names[-1] in OPERATORS else ""
    return Term(tuple(names), operator, (value,), key)


@pytest.fixture(scope="module")
def whole():
    return swagger.load(COUPA / "openapi")


def test_there_are_twelve():
    assert len(FILES) == 12


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_file_loads_with_all_it_holds(file):
    assert found(swagger.load(file)) == counted([file])


def test_all_together_load_with_all_they_hold(whole):
    assert found(whole) == counted(FILES) == (155, 5_644, 831)


def test_every_resource_knows_its_records(whole):
    for resource in whole.resources.values():
        assert whole.attributes(resource.name), resource.name
        assert resource.title


def test_every_reference_leads_somewhere(whole):
    for attributes in whole.objects.values():
        for attribute in attributes.values():
            assert set(attribute.objects) <= whole.objects.keys(), attribute


def misspelt(name, chance):
    """Insert, delete or replace a letter, or swap two."""
    letters = [place for place, letter in enumerate(name) if letter.isalpha()]
    at, other = chance.choice(letters), chance.choice(string.ascii_lowercase)
    ways = [
        name[:at] + other + name[at:],
        name[:at] + name[at + 1 :],
        name[:at] + other + name[at + 1 :],
        name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
    ]
    return chance.choice(ways)


def slips(whole, chance, count):
    """Yield objects that resources hold, with a name of theirs and how it may be misspelt."""
    held = sorted({resource.object for resource in whole.resources.values()})
    while count:
        of = chance.choice(held)
        name = chance.choice(list(whole.objects[of]))
        wrong = misspelt(name, chance)
        if wrong and wrong not in whole.objects[of]:
            count -= 1
            yield of, name, wrong


@pytest.mark.parametrize("seed", range(5))
def test_of_200_misspelt_attributes_each_is_refused_and_the_right_one_among_the_first_three(
    whole, seed
):
    of_object = {resource.object: resource.name for resource in whole.resources.values()}
    for of, name, wrong in slips(whole, random.Random(seed), 200):
        assert name in nearest(wrong, whole.objects[of])[:3], (of, name, wrong)
        with pytest.raises(CoupaConfigError) as caught:
            check(whole, of_object[of], fields=[(wrong,)])
        assert re.search(rf"\b{re.escape(name)}", str(caught.value)), (of, name, wrong)


FITTING = [
    ("exchange_rates", "from_currency_id=1"),  # doc 0009
    ("invoices", "updated-at[gt_or_eq]=2010-03-25T18:38:00-07:00"),  # doc 0014
    ("invoices", "exported=false"),  # docs 0014, 0023
    ("invoices", "created_by[id]=55"),  # doc 0033
    ("invoices", "status[in]=approved"),  # doc 0014
    ("purchase_orders", "order-lines[account][code]=x"),  # doc 0009
    ("purchase_orders", "requisition-header[department][name]=x"),
    ("purchase_orders", "show_deleted_lines=true"),  # doc 0024
    ("lookup_values", "lookup[created-at][gt]=2025-01-01"),  # doc 0062
    ("suppliers", "primary_address[city]=X"),  # doc 0140
    ("suppliers", "remit-to-addresses[updated-at][gt_or_eq]=2025-01-01"),
    ("suppliers", "remit-to-addresses[tax-registrations][number]=1"),
    ("charges", "virtual_card[document_type]=x"),  # doc 0136
    ("coupa_pay/payments", "pay_to_account[type]=x"),  # doc 0161
    ("coupa_pay/statements", "status=x"),  # doc 0162
    ("budget_lines", "owner_is_approver=true"),  # doc 0039
    ("inventory_transactions", "type=InventoryReceipt"),  # doc 0255
    ("receiving_transactions", "type=InventoryReceipt"),  # doc 0256
    ("suppliers/7/addresses", "name[contains]=x"),
    ("invoices", "custom-fields[erp-number]=1"),
    ("invoices", "invoice-lines[custom_fields][ours][name]=1"),
]
NOT_FITTING = [
    ("purchase_orders", "status=canceled", "cancelled"),  # doc 0024's slip
    ("invoices", "updated-at[contains]=2025", "not for a datetime"),  # docs 0007, 0014
    ("invoices", "updated-at[blank]=true", "not for a datetime"),  # doc 0007
    ("invoices", "paid[gt]=true", "not for a boolean"),
    ("invoices", "supplier_name=x", "'supplier' has 'name'"),
    ("invoice_lines", "id=1", "invoice_emails"),  # facts section 9: there is none
]


@pytest.mark.parametrize(("resource", "clause"), FITTING)
def test_what_coupas_papers_and_integrators_ask_passes(whole, resource, clause):
    check(whole, resource, terms=[term(clause)])
    assert list(misfits(whole, resource, terms=[term(clause)])) == []


@pytest.mark.parametrize(("resource", "clause", "words"), NOT_FITTING)
def test_what_they_warn_of_is_refused(whole, resource, clause, words):
    with pytest.raises(CoupaConfigError, match=words):
        check(whole, resource, terms=[term(clause)])


class TestScopes:
    @pytest.fixture
    def known(self):
        reported = set(json.loads((COUPA / "scope-permissions.json").read_text("utf-8")))
        for file in FILES:
            for scheme in json.loads(file.read_text("utf-8"))["securityDefinitions"].values():
                reported |= set(scheme.get("scopes", {}))
        return reported

    def test_none_is_made_up(self, known):
        made = {f"{service}.{right}" for service, rights, _ in _TABLE for right in rights.split()}

        assert made <= known

    def test_every_resource_in_the_table_is_coupas(self, whole):
        named = {name for _, _, resources in _TABLE for name in resources.split()}
        later = {"purchase_order_revisions", "requisition_lines", "roles", "tax_codes"}

        assert named - whole.resources.keys() == later

    def test_all_but_two_of_the_resources_that_stand_alone_can_be_told(self, whole):
        untold = {
            name
            for name, resource in whole.resources.items()
            if resource.can("list") and not scopes_of(name).read and "{" not in name
        }

        assert untold == {"attachments", "return_requests"}
