import pytest

from coupa_async_client.description.scopes import _TABLE, Scopes, scopes_of


def test_reading_and_writing_are_told_apart():
    assert scopes_of("departments") == Scopes(("core.common.read",), ("core.common.write",))
    assert "core.invoice.approval.bypass" in scopes_of("invoices").write
    assert scopes_of("invoices").read == ("core.invoice.read",)


@pytest.mark.parametrize("path", ["suppliers/7/addresses", "/suppliers/{id}/addresses/"])
def test_ids_stand_for_the_parameters_of_a_path(path):
    assert scopes_of(path).read == ("core.supplier.read",)


def test_several_may_open_the_same():
    assert scopes_of("charges").read == ("core.pay.charges.read", "core.pay.virtual_cards.read")


def test_nothing_is_made_up_for_what_was_not_reported():
    assert scopes_of("horoscopes") == Scopes()


def test_the_table_says_nothing_twice_and_is_in_order():
    said = [
        (f"{service}.{right}", resource)
        for service, rights, resources in _TABLE
        for right in rights.split()
        for resource in resources.split()
    ]

    assert len(said) == len(set(said))
    assert [service for service, _, _ in _TABLE] == sorted(service for service, _, _ in _TABLE)
