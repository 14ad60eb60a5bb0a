"""How questions are spelled: nothing is lost or changed on the way into the URL."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client import CoupaConfigError
from coupa_async_client.query import (
    columns_of,
    fields_text,
    fingerprint,
    hyphenated,
    names_order,
    parse_fields,
    parse_where,
    query_string,
    resource_path,
    spell,
    with_id,
)


def no_name_twice(params):
    return len({hyphenated(key) for key in params}) == len(params)


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=5).filter(no_name_twice))
def test_text_comes_back_as_it_was_given(params):
    text = query_string(params)
    assert dict(parse_qsl(text, keep_blank_values=True, strict_parsing=bool(params))) == params
    assert not set(text) - set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%=&"
    )


def test_a_plus_in_an_offset_survives():
    params = {"updated-at[gt_or_eq]": "2025-08-14T00:00:00+02:00", "name": "Ünder two"}
    assert query_string(params) == (
        "updated-at%5Bgt_or_eq%5D=2025-08-14T00%3A00%3A00%2B02%3A00&name=%C3%9Cnder%20two"
    )


@pytest.mark.parametrize(
    ("key", "value", "spelled"),
    [
        ("id", 7, "7"),
        ("exported", False, "false"),
        ("exported", True, "true"),
        ("gross-total[gt]", Decimal("1E+3"), "1000"),
        ("rate", 0.5, "0.5"),
        ("rate", 1e16, "10000000000000000"),
        ("created-at[lt]", date(2025, 8, 14), "2025-08-14"),
        ("created-at[lt]", datetime(2025, 8, 14, tzinfo=UTC), "2025-08-14T00:00:00+00:00"),
        (
            "created-at[lt]",
            datetime(2025, 8, 14, 12, tzinfo=timezone(timedelta(hours=-4))),
            "2025-08-14T12:00:00-04:00",
        ),
        ("status[in]", ["approved", "voided"], "approved,voided"),
        ("id[not_in]", (1, 2), "1,2"),
    ],
)
def test_values_are_spelled_as_coupa_reads_them(key, value, spelled):
    assert spell(key, value) == spelled


@pytest.mark.parametrize(
    ("operator", "second"),
    [("gt", "05"), ("gt_or_eq", "06"), ("lt", "06"), ("lt_or_eq", "05"), ("not_eq", "05")],
)
def test_a_fraction_of_a_second_becomes_the_whole_second_that_says_the_same(operator, second):
    """Coupa stamps whole seconds: after 5.5 is after 5, before 5.5 is before 6."""
    moment = datetime(2025, 8, 14, 0, 0, 5, 500_000, tzinfo=UTC)
    assert spell(f"updated-at[{operator}]", moment) == f"2025-08-14T00:00:{second}+00:00"


def test_a_question_is_known_again_whatever_the_order_of_its_filters():
    one = fingerprint("invoices", {"status": "paid", "created_at[gt]": "2025-01-01", "id": 1})
    assert one == fingerprint(
        "/invoices/", {"id": "1", "created-at[gt]": "2025-01-01", "status": "paid"}
    )
    assert one != fingerprint("invoices", {"status": "paid", "created_at[gt]": "2025-01-01"})
    assert one != fingerprint("orders", {"status": "paid", "created_at[gt]": "2025-01-01", "id": 1})


def test_a_query_too_long_for_any_server_is_refused():
    with pytest.raises(CoupaConfigError, match="split long"):
        query_string({"id[in]": list(range(20_000))})


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("updated-at[gt]", datetime(2025, 8, 14), "time zone"),  # noqa: DTZ001
        ("rate", float("nan"), "nan"),
        ("rate", float("inf"), "inf"),
        ("name", "half \ud83d", "no valid text"),
        ("status", None, "[blank]"),
        ("status", ["a", "b"], "status[in]"),
        ("status[in]", [], "empty list"),
        ("status[in]", "", "empty list"),  # what ",".join makes of no ids at all
        ("status[not_in]", ", ", "empty list"),
        ("status[in]", [""], "empty list"),
        ("name[in]", ["Acme, Inc."], "splits lists at commas"),
        ("status", {"eq": 1}, "dict"),
        ("status", b"x", "bytes"),
    ],
)
def test_a_value_without_one_spelling_is_refused_by_name(key, value, words):
    with pytest.raises(CoupaConfigError) as caught:
        query_string({key: value})
    assert words in str(caught.value)
    assert key.partition("[")[0] in str(caught.value)


@pytest.mark.parametrize(
    ("clause", "parsed"),
    [
        ("status=approved", ("status", "approved")),
        ("status[in]=approved,voided", ("status[in]", "approved,voided")),
        ("supplier[name][contains]=a=b", ("supplier[name][contains]", "a=b")),
        ("name=", ("name", "")),
        ("po-email[blank]=true", ("po-email[blank]", "true")),
        ("updated-at[gt]=2025-08-14T00:00:00Z", ("updated-at[gt]", "2025-08-14T00:00:00Z")),
        ("updated-at[gt]=2025-08-14", ("updated-at[gt]", "2025-08-14")),
        ("note=two\nlines", ("note", "two\nlines")),
    ],
)
def test_where_clauses(clause, parsed):
    assert parse_where(clause) == parsed


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ("status", "malformed"),
        ("=approved", "malformed"),
        ("status[in=approved", "malformed"),
        ("status]in[=approved", "malformed"),
        ("status[]=approved", "malformed"),
        ("amount[gte]=5", "[gt_or_eq]"),
        ("name[like]=x", "[contains]"),
        ("status[not-equal]=voided", "no operator [not-equal]; write [not_eq]"),
        ("po-email[blank]=yes", "true or false"),
        ("updated-at[gt]=2025-08-14T00:00:00", "2025-08-14T00:00:00Z"),
        ("updated-at[gt]=2025-08-14 10:00", "2025-08-14T10:00Z"),
    ],
)
def test_malformed_where_clauses_name_the_remedy(clause, words):
    with pytest.raises(CoupaConfigError) as caught:
        parse_where(clause)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("key", "meant"), [("id[gte]", "[gt_or_eq]"), ("supplier[name][like]", "[contains]")]
)
def test_an_operator_of_another_language_in_a_mapping_does_not_read_everything(key, meant):
    """`{"id[gte]": 90}` brought all 100 rows where Coupa ignores what it does not know."""
    with pytest.raises(CoupaConfigError, match=r"Coupa has no operator \[") as caught:
        query_string({key: "90"})
    assert meant in str(caught.value)


@pytest.mark.parametrize("key", ["custom-fields[like]", "supplier[custom_fields][ne]", "like"])
def test_a_field_of_a_customers_own_may_be_called_like_an_operator(key):
    assert query_string({key: "a"}).endswith("=a")


def test_fields_stay_as_they_are_given():
    text = '["id", {"supplier":["name"]}]'
    assert fields_text(text) == text
    assert fields_text(["id", {"supplier": ["größe"]}]) == '["id",{"supplier":["größe"]}]'
    assert fields_text(None) is None
    assert fields_text("") is None


def test_fields_may_be_names_with_dots():
    assert fields_text("id, status,supplier.name") == '["id","status",{"supplier":["name"]}]'


@pytest.mark.parametrize(
    "fields",
    ["{}", '{"id": 1}', "[1]", "[", '"id"', {"supplier": ["name"]}, 5, [Decimal(1)], ["id", {1}]],
)
def test_fields_that_are_no_list_are_refused(fields):
    with pytest.raises(CoupaConfigError, match=r'write for example \["id"'):
        fields_text(fields)


@pytest.mark.parametrize(
    ("short", "projection"),
    [
        ("id", ["id"]),
        ("id, status ,supplier.name", ["id", "status", {"supplier": ["name"]}]),
        ("a.b.c,a.b.d,a.e", [{"a": [{"b": ["c", "d"]}, "e"]}]),
        ('["id",{"custom_fields":{}}]', ["id", {"custom_fields": {}}]),
    ],
)
def test_short_fields_become_a_projection(short, projection):
    assert json.loads(parse_fields(short)) == projection


@pytest.mark.parametrize(
    "text", ["id,,status", "supplier.", ",", '["id"', '{"a":1}', "id;status", "1", "a[b]", " "]
)
def test_malformed_short_fields_are_refused(text):
    for read in (parse_fields, fields_text):
        with pytest.raises(CoupaConfigError, match="fields"):
            read(text)


def test_columns_of_a_projection_are_hyphenated_paths():
    fields = '["id",{"order_lines":["id",{"currency":["code"]}]},{"custom_fields":{}},"created_at"]'
    assert columns_of(fields) == [
        ("id",),
        ("order-lines", "id"),
        ("order-lines", "currency", "code"),
        ("custom-fields",),
        ("created-at",),
    ]


def test_id_is_added_to_a_projection_only_where_it_is_missing():
    assert with_id(None) == (None, False)
    assert with_id('[ "id","status"]') == ('[ "id","status"]', False)
    assert with_id('["status"]') == ('["id","status"]', True)
    assert with_id('[{"id":["x"]}]') == ('["id",{"id":["x"]}]', True)


def test_order_is_seen_in_either_spelling():
    assert hyphenated("order_by") == "order-by"
    assert names_order({"order_by": "created_at"})
    assert names_order({"dir": "desc"})
    assert names_order({"offset": 50})
    assert not names_order({"id[gt]": 5, "status": "order_by"})


@pytest.mark.parametrize(
    ("resource", "path"),
    [
        ("invoices", "invoices"),
        ("/invoices/7/", "invoices/7"),
        ("suppliers/7/addresses", "suppliers/7/addresses"),
        ("asn/headers", "asn/headers"),
        ("custom_objects/größe", "custom_objects/gr%C3%B6%C3%9Fe"),
    ],
)
def test_resource_paths(resource, path):
    assert resource_path(resource) == path


@pytest.mark.parametrize(
    "resource",
    [
        "",
        "/",
        "../../oauth2",
        "invoices/../../oauth2",
        "invoices/%2e%2e/x",
        "invoices/%252e%252e",
        "invoices//7",
        "https://evil.example/api",
        "invoices?status=approved",
        "invoices#x",
        "invoices\\7",
        "invoices\r\nHost: evil.example",
        ".",
    ],
)
def test_a_resource_cannot_climb_out_of_the_api(resource):
    with pytest.raises(CoupaConfigError, match="not a path under /api"):
        resource_path(resource)


def test_a_parameter_in_both_spellings_is_refused():
    """Both were sent, and rows of a month were missing or not by which of the two Coupa kept."""
    params = {"updated-at[gt]": "2026-01-01", "id": 7, "updated_at[gt]": "2026-02-01"}
    with pytest.raises(
        CoupaConfigError, match=r"'updated-at\[gt\]' and 'updated_at\[gt\]'.* give one"
    ):
        query_string(params)


@pytest.mark.parametrize("params", ["status=approved", ["status"], {1: 2}])
def test_params_that_are_no_mapping_of_names_are_refused(params):
    with pytest.raises(CoupaConfigError, match="params"):
        query_string(params)


@pytest.mark.parametrize("resource", [None, 5, b"invoices"])
def test_a_resource_that_is_no_text_is_refused(resource):
    with pytest.raises(CoupaConfigError, match="give its name as text"):
        resource_path(resource)
