"""Conditions as values: what each sends, equals and prints, and what is refused before it is sent."""

import copy
import operator
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client import Condition, CoupaConfigError, Field, field, where
from coupa_async_client._question import question
from coupa_async_client._settings import settings
from coupa_async_client.query import Term, fingerprint, query_string, terms

NOON = datetime(2025, 8, 14, 12, tzinfo=timezone(timedelta(hours=2)))
SETTINGS = settings("http://localhost/api", client_id="id", client_secret="secret")  # noqa: S106


class Status(StrEnum):
    APPROVED = "approved"


@pytest.mark.parametrize(
    ("condition", "key", "text"),
    [
        (field("status") == "approved", "status", "approved"),
        (field("status") != "approved", "status[not_eq]", "approved"),
        (field("version") > 1, "version[gt]", "1"),
        (field("version") >= 1, "version[gt_or_eq]", "1"),
        (field("version") < 1, "version[lt]", "1"),
        (field("version") <= 1, "version[lt_or_eq]", "1"),
        (field("name").contains("100 %"), "name[contains]", "100 %"),
        (field("name").starts_with("a,b"), "name[starts_with]", "a,b"),
        (field("note").contains("2025-08-14 10:00"), "note[contains]", "2025-08-14 10:00"),
        (field("name").ends_with(" ltd"), "name[ends_with]", " ltd"),
        (field("status").in_("approved", "voided"), "status[in]", "approved,voided"),
        (field("status").not_in("voided"), "status[not_in]", "voided"),
        (field("po-email").blank(), "po-email[blank]", "true"),
        (field("po-email").blank(False), "po-email[blank]", "false"),
        (field("exported") == False, "exported", "false"),  # noqa: E712
        (field("gross-total") >= Decimal("1E+3"), "gross-total[gt_or_eq]", "1000"),
        (field("rate") < 0.5, "rate[lt]", "0.5"),
        (field("updated-at") >= NOON, "updated-at[gt_or_eq]", "2025-08-14T12:00:00+02:00"),
        (field("updated-at") < date(2025, 8, 14), "updated-at[lt]", "2025-08-14"),
        (field("id").in_(3, 1, 3, 2, 1), "id[in]", "3,1,2"),
        (field("status") == Status.APPROVED, "status", "approved"),
        (
            field("order-lines", "account", "code").contains("a-c"),
            "order-lines[account][code][contains]",
            "a-c",
        ),
        (field("custom_fields", "größe") == "5", "custom_fields[größe]", "5"),
        (field("updated-at") < NOON, "updated-at[lt]", "2025-08-14T12:00:00+02:00"),
        (5 <= field("id"), "id[gt_or_eq]", "5"),  # noqa: SIM300
        ("x" == field("name"), "name", "x"),  # noqa: SIM300
    ],
)
def test_a_comparison_is_one_parameter(condition, key, text):
    assert dict(condition) == {key: text}
    assert condition == {key: text}
    assert condition[key] == text


@pytest.mark.parametrize(
    ("keywords", "condition"),
    [
        ({"status": "approved"}, field("status") == "approved"),
        ({"updated_at__gt_or_eq": NOON}, field("updated-at") >= NOON),
        ({"supplier__name__contains": "x"}, field("supplier", "name").contains("x")),
        (
            {"order_lines__account__code__contains": "a-c"},
            field("order-lines", "account", "code").contains("a-c"),
        ),
        ({"status__in": ["approved", "voided"]}, field("status").in_("approved", "voided")),
        ({"id__not_in": (1, 2)}, field("id").not_in(1, 2)),
        ({"id__in": {3, 1}}, field("id").in_(1, 3)),
        ({"po_email__blank": True}, field("po-email").blank(True)),
        ({"status__not_eq": "new"}, field("status") != "new"),
        ({"supplier__like_minded": "x"}, field("supplier", "like-minded") == "x"),
        ({"like": "x"}, field("like") == "x"),
        ({"in": 5}, field("in") == 5),
        (
            {"id__gt": 5, "id__lt": 9, "exported": False},
            (field("id") > 5) & (field("id") < 9) & (field("exported") == False),  # noqa: E712
        ),
        ({}, Condition()),
    ],
)
def test_keywords_say_the_same(keywords, condition):
    assert where(**keywords) == condition
    assert list(where(**keywords)) == list(condition)


def test_it_asks_what_the_plain_mapping_asks():
    mapping = {
        "status[in]": ["approved", "voided"],
        "updated-at[gt_or_eq]": NOON,
        "order-lines[account][code][contains]": "a-c",
        "id[gt]": 5,
    }
    condition = (
        where(status__in=["approved", "voided"], updated_at__gt_or_eq=NOON)
        & field("order-lines", "account", "code").contains("a-c")
        & (field("id") > 5)
    )
    assert query_string(condition) == query_string(mapping)
    assert fingerprint("invoices", condition) == fingerprint("invoices", mapping)
    assert terms(condition) == terms(mapping) == condition.terms
    for paging in ("auto", "keyset", "offset"):
        one, other = (
            question(SETTINGS, "invoices", params, paging=paging) for params in (condition, mapping)
        )
        assert one.spans == other.spans
        assert query_string(one.params) == query_string(other.params)


def test_paging_goes_on_behind_the_id_that_a_condition_asks_for():
    asked = question(SETTINGS, "invoices", field("id") > 5, paging="keyset")
    assert asked.spans == ((5, None),)
    assert dict(asked.params) == {}


def test_parameters_that_filter_nothing_go_beside_a_condition():
    asked = question(SETTINGS, "invoices", {**where(status="new"), "order_by": "created-at"})
    assert asked.paging == "offset"
    assert dict(asked.params) == {"status": "new", "order_by": "created-at"}


def test_terms_tell_the_parts_of_either_way_of_asking():
    params = {
        "supplier[primary_address[city]]": "X",
        "[lookup][created-at][gt]": date(2025, 1, 1),
        "status[in]": "approved,voided",
        "status[eq]": "approved",
        "account_type[name][not-in]": ["a", "b"],
        "exported": False,
        "filter[x]": "y",
        "[]": "z",
        "limit": 5,
        "order-by": "id",
        "fields": '["id"]',
        "return_object": "shallow",
        "show_deleted_lines": True,
    }
    assert [
        (t.path, t.operator, t.values)
        for t in terms(params | {"account_type[name][not-in]": "a,b"})
    ] == [
        (("supplier", "primary-address", "city"), "eq", ("X",)),
        (("lookup", "created-at"), "gt", ("2025-01-01",)),
        (("status",), "in", ("approved", "voided")),
        (("status",), "eq", ("approved",)),
        (("account-type", "name"), "not_in", ("a", "b")),
        (("exported",), "eq", ("false",)),
        (("filter", "x"), "eq", ("y",)),
        (("[]",), "eq", ("z",)),
    ]
    assert where(created_at__gt=5).terms == (Term(("created-at",), "gt", ("5",), "created-at[gt]"),)
    assert terms(None) == ()


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (
            where(status__in=["approved", "voided"], updated_at__gt_or_eq=NOON),
            "status is one of 'approved', 'voided' and updated-at is at least '2025-08-14T12:00:00+02:00'",
        ),
        (field("supplier", "name").starts_with("a"), "supplier.name starts with 'a'"),
        ((field("id") > 5) & (field("paid") == True), "id is more than 5 and paid is True"),  # noqa: E712
        (where(po_email__blank=True, name__blank=False), "po-email is blank and name is not blank"),
        (where(), "everything"),
    ],
)
def test_it_reads_like_a_sentence(condition, words):
    assert str(condition) == words


@pytest.mark.parametrize(
    ("condition", "python"),
    [
        (
            where(status__in=["approved", "it's"], id__gt=5, po_email__blank=True),
            """field('status').in_('approved', "it's") & (field('id') > 5) & field('po-email').blank(True)""",
        ),
        (field("a", "b") != Decimal("1.50"), "(field('a', 'b') != '1.50')"),
        (field("status") == Status.APPROVED, "(field('status') == 'approved')"),
        (where(), "where()"),
    ],
)
def test_its_repr_is_python(condition, python):
    assert repr(condition) == python
    assert eval(python) == condition  # noqa: S307  (that is what a repr is for)


def test_equal_by_what_is_sent_whatever_the_order():
    one, other = where(status="new", id__gt=5), where(id__gt="5", status=Status("approved"))
    assert one != other
    assert where(status="new", id__gt=5) == where(id__gt="5", status="new")
    assert len({where(status="new", id__gt=5), where(id__gt="5", status="new"), one, other}) == 2
    assert one != "status=new"
    assert copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one  # noqa: S301


def test_a_condition_stays_as_it_is():
    condition = where(status="new")
    kept = condition
    kept &= field("id") > 5
    assert dict(condition) == {"status": "new"}
    with pytest.raises(AttributeError):
        condition.clauses = ()
    with pytest.raises(AttributeError):
        field("id").path = ("x",)
    with pytest.raises(KeyError):
        condition["id[gt]"]


def test_fields_are_keys_and_members_by_their_path():
    assert {field("a", "b"): 1}[field("a", "b")] == 1
    assert field("a") in [field("b"), field("a")]
    assert field("a") not in [field("b"), field("c")]
    assert (field("a") != field("b")) is True
    assert str(field("a", "b")) == "a.b"
    assert repr(field("a", "b")) == "field('a', 'b')"
    assert isinstance(field("a"), Field)


def test_two_fields_compared_ask_for_nothing_rather_than_for_everything():
    with pytest.raises(CoupaConfigError, match="params is False; give a mapping"):
        question(SETTINGS, "invoices", field("a") == field("b"))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ('field("updated-at") >= datetime(2025, 8, 14)', ["updated-at[gt_or_eq]", "2025-08-14T00:00:00", "tzinfo=UTC"]),
        ('field("updated-at") >= "2025-08-14 10:00"', ["updated-at[gt_or_eq]", "2025-08-14T10:00Z"]),
        ('field("updated-at").in_("2025-08-14T10:00:00")', ["updated-at[in]", "Z or"]),
        ('field("updated-at") < datetime.max.replace(tzinfo=UTC)', ["updated-at[lt]", "9999", "leave it out"]),
        ('field("updated-at").contains(NOON)', ["updated-at[contains]", "datetime", "compare by"]),
        ('field("updated-at").starts_with(date(2025, 1, 1))', ["updated-at[starts_with]", "for text"]),
        ('field("version").ends_with(5)', ["version[ends_with]", "5 (int)", "for text"]),
        ('field("exported").contains(True)', ["exported[contains]", "True (bool)", "for text"]),
        ('field("exported") > True', ["exported[gt]", "True (bool)", "=="]),
        ('field("exported") <= False', ["exported[lt_or_eq]", "False (bool)", "=="]),
        ('field("po-email").blank("true")', ["po-email[blank]", "'true' (str)", "True or False"]),
        ('field("po-email").blank(1)', ["po-email[blank]", "1 (int)", "True or False"]),
        ('field("po-email") == None', ["po-email", "None", ".blank(True)"]),
        ('field("po-email") != None', ["po-email[not_eq]", "None", ".blank(False)"]),
        ('field("po-email") > None', ["po-email[gt]", "None", "blank"]),
        ('field("po-email").in_("x", None)', ["po-email[in]", "None", "blank"]),
        ('field("status").in_()', ["status[in]", "at least one"]),
        ('field("status").not_in()', ["status[not_in]", "at least one"]),
        ('field("status").in_(["a", "b"])', ["status[in]", "['a', 'b'] (list)", ".in_(*values)"]),
        ('field("status") == ["a"]', ["status", "['a'] (list)", ".in_(*values)"]),
        ('field("name").in_("Acme, Inc.")', ["name[in]", "'Acme, Inc.'", "commas"]),
        ('field("name").not_in("a", "b,c")', ["name[not_in]", "'b,c'", "commas"]),
        ('field("rate").in_("1", "1,5")', ["rate[in]", "'1,5'", "on its own"]),
        ('field("name").in_(" a")', ["name[in]", "' a'", "blanks around"]),
        ('field("name") == ""', ["name", "''", ".blank(True)"]),
        ('field("name").contains("")', ["name[contains]", "''", "empty text"]),
        ('field("name").in_("a", " ")', ["name[in]", "' '", "empty text"]),
        (r'field("name") == "half \ud83d"', ["name", "\\ud83d", "no valid text"]),
        ('field("rate") == float("nan")', ["rate", "nan", "finite"]),
        ('field("rate") < Decimal("inf")', ["rate[lt]", "Infinity", "finite"]),
        ('field("name") == b"x"', ["name", "b'x' (bytes)", "give text"]),
        ('field("name").in_(5, object)', ["name[in]", "<class 'object'>", "give text"]),
        ('field("name") == where(a=1)', ["name", "Condition", "give text"]),
        ('field("a") > field("b")', ["a[gt]", "field('b') (Field)", "give text"]),
        ("field()", ["field()", "field('supplier', 'name')"]),
        ('field("")', ["field('')", "no attribute's name"]),
        ('field("supplier.name")', ["'supplier.name'", "field('supplier', 'name')"]),
        ('field("status[in]")', ["'status[in]'", "operators as methods"]),
        ('field("supplier", 5)', ["5 is no", "field('supplier', 'name')"]),
        ('field("status", "in")', ["field('status', 'in')", ".in_('new')"]),
        ('field("version", "gte")', ["field('version', 'gte')", "as an operator"]),
        ('field("limit")', ["field('limit')", "{**condition, 'limit': ...}"]),
        ('field("order-by")', ["field('order-by')", "pages or shapes"]),
        ('where(fields="id")', ["'fields'", "the argument of that name"]),
        ("where(version__gte=5)", ["version__gte", "version__gt_or_eq="]),
        ('where(name__like="x")', ["name__like", "name__contains="]),
        ('where(status__ne="x")', ["status__ne", "status__not_eq="]),
        ('where(status__in_=["x"])', ["status__in_", "status__in="]),
        ('where(supplier__name__startswith="x")', ["supplier__name__starts_with="]),
        ("where(po_email__isnull=True)", ["po_email__blank="]),
        ('where(status__eq="x")', ["status__eq", "status="]),
        ('where(status___in=["x"])', ["status___in", "two of them part"]),
        ('where(__in=["x"])', ["__in", "two of them part"]),
        ('where(class_="x")', ["class_", "field(...)"]),
        ('where(status__in="approved")', ["status__in is 'approved'", "status__in=["]),
        ("where(status__in=[])", ["status[in]", "at least one"]),
        ('where(status=["a", "b"])', ["status is given ['a', 'b']", ".in_(*values)"]),
        ("where(name__contains=5)", ["name[contains]", "for text"]),
        ('where(**{"a.b": 1})', ["'a.b'", "no attribute's name"]),
    ],
)  # fmt: skip
def test_what_has_no_one_meaning_is_refused_with_the_remedy(wrong, words):
    with pytest.raises(CoupaConfigError) as caught:
        eval(wrong)  # noqa: S307  (as a user would write it)
    for word in words:
        assert word in str(caught.value)


A, B = field("status") == "new", field("id") > 5


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("A | B", "Coupa has no OR"),
        ('A | {"id": 5}', "{**condition, 'order_by': 'id'}"),
        ('{"id": 5} | A', "Coupa has no OR"),
        ("~A", "Coupa has no NOT"),
        ("A and B", "join conditions by &"),
        ("A or B", "join conditions by &"),
        ("not A", "join conditions by &"),
        ("1 if A else 2", "neither true nor false"),
        ("bool(where())", "neither true nor false"),
        ('5 < field("id") < 9', "(field('id') > 5) & (field('id') < 9)"),
        ('field("a") == 1 & B', "put each comparison in parentheses"),
        ('field("a") == 1 & field("b") == 2', "put each comparison in parentheses"),
        ('field("exported") & field("paid")', "field('exported') == True"),
        ('A & field("paid")', "& joins conditions, and field('paid') is none"),
        ('field("paid") & A', "field('paid')"),
        ('A & {"order_by": "id"}', "{**condition, 'order_by': 'id'}"),
        ("A & True", "True is none"),
        ('field("exported") and A', "no condition before it is compared"),
    ],
)
def test_what_python_would_drop_in_silence_is_refused(wrong, words):
    with pytest.raises(CoupaConfigError) as caught:
        eval(wrong)  # noqa: S307  (as a user would write it)
    assert words in str(caught.value)


BOUNDS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


@given(
    sign=st.sampled_from(sorted(BOUNDS)),
    bounds=st.lists(
        st.integers(-3, 3) | st.sampled_from([Decimal("0.5"), 1.5, Decimal(-2)]),
        min_size=1,
        max_size=4,
    ),
)
def test_of_several_bounds_on_one_side_the_narrower_is_sent(sign, bounds):
    asked = where()
    for bound in bounds:
        asked &= BOUNDS[sign](field("rate"), bound)
    (sent,) = (Decimal(text) for text in asked.values())
    for rate in map(Decimal, ("-4", "-3", "-2", "-0.5", "0", "0.5", "1", "1.5", "2", "3", "4")):
        assert BOUNDS[sign](rate, sent) == all(BOUNDS[sign](rate, bound) for bound in bounds)


def test_bounds_of_time_compare_as_instants():
    later = datetime(2025, 8, 14, 11, tzinfo=UTC)
    since = (field("updated-at") >= NOON) & (field("updated_at") >= later)
    assert dict(since) == {"updated_at[gt_or_eq]": "2025-08-14T11:00:00+00:00"}
    until = (field("updated-at") < NOON) & (field("updated-at") < later)
    assert dict(until) == {"updated-at[lt]": "2025-08-14T12:00:00+02:00"}
    days = (field("date") > date(2025, 1, 2)) & (field("date") > date(2025, 1, 1))
    assert dict(days) == {"date[gt]": "2025-01-02"}


def test_both_ends_of_a_range_are_sent():
    asked = (field("id") > 5) & (field("id") <= 9) & (field("id") != 7)
    assert dict(asked) == {"id[gt]": "5", "id[lt_or_eq]": "9", "id[not_eq]": "7"}


def test_what_is_asked_twice_is_sent_once():
    asked = where(status="new", id__in=[1, 2], name__contains="x")
    assert dict(asked & where(name__contains="x", id__in=[2, 1]) & asked) == dict(asked)
    assert where() & asked == asked & where() == asked


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (field("status") == "a", field("status") == "b", ".in_(...)"),
        (field("status") != "a", field("status") != "b", ".not_in(...)"),
        (field("id").in_(1, 2), field("id").in_(2, 3), "that both allow"),
        (field("id").not_in(1), field("id").not_in(2), "of all values"),
        (field("name").contains("a"), field("name").contains("b"), "look for the other"),
        (field("name") > "a", field("name") > "b", "look for the other"),
        (field("date") > date(2025, 1, 1), field("date") > NOON, "look for the other"),
        (field("x").blank(True), field("x").blank(False), "no row is both"),
        (where(created_at=5), field("created_at") == 6, "created-at is 5"),
    ],
)
def test_an_operator_twice_on_an_attribute_is_refused_unless_one_says_both(one, other, words):
    with pytest.raises(CoupaConfigError, match="twice") as caught:
        one & other
    assert words in str(caught.value)
    assert str(other) in str(caught.value)


def test_a_set_keeps_the_question_its_name_in_every_process():
    """A resumed export was refused as another question, since sets of text have no lasting order."""
    names = {f"supplier {n}" for n in range(20)}
    assert query_string({"name[in]": names}) == query_string({"name[in]": sorted(names)})
    assert where(name__in=names) == {"name[in]": ",".join(sorted(names))}
