"""Ids and kept selections against plain lists, while rows come, change and go."""

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from coupa_async_client.sandbox.config import Config
from coupa_async_client.sandbox.grammar import Query, parse
from coupa_async_client.sandbox.ids import Ids
from coupa_async_client.sandbox.selection import SELECTIONS_KEPT
from coupa_async_client.sandbox.shapes import RESOURCES
from coupa_async_client.sandbox.sources import Generated, Loaded
from coupa_async_client.sandbox.store import Table

ROWS = 700


class IdsAgainstASet(RuleBasedStateMachine):
    @initialize(count=st.integers(0, 12), beyond=st.sets(st.integers(13, 30)))
    def start(self, count: int, beyond: set[int]) -> None:
        self.ids = Ids(count, beyond)
        self.model = set(range(1, count + 1)) | beyond

    @rule(row_id=st.integers(1, 40))
    def flip(self, row_id: int) -> None:
        if row_id in self.model:
            self.ids.discard(row_id)
            self.model.discard(row_id)
        else:
            self.ids.add(row_id)
            self.model.add(row_id)

    @invariant()
    def agrees(self) -> None:
        ordered = sorted(self.model)
        assert len(self.ids) == len(ordered)
        assert self.ids.slice(0, len(ordered)) == ordered
        for start in range(0, len(ordered) + 2, 3):
            assert self.ids.slice(start, start + 4) == ordered[start : start + 4]
        for row_id in range(-1, 42):
            assert (row_id in self.ids) == (row_id in self.model)
            assert self.ids.rank(row_id) == sum(each < row_id for each in ordered)


TestIdsAgainstASet = IdsAgainstASet.TestCase


def generated(rows: int = ROWS) -> Table:
    resource = RESOURCES["approvals"]
    return Table("approvals", resource, Generated(resource, 1, rows))


def query(table: Table, **params: Any) -> Query:
    pairs = [(name, str(value)) for name, value in params.items()]
    return parse(pairs, table.schema, Config())


QUERIES: list[tuple[dict[str, str], Callable[[dict[str, Any]], bool]]] = [
    ({}, lambda _: True),
    ({"id[gt]": "500"}, lambda row: row["id"] > 500),
    ({"id[gt_or_eq]": "10.5", "id[lt]": "13"}, lambda row: 10.5 <= row["id"] < 13),
    ({"id[in]": "3,699,5,9999"}, lambda row: row["id"] in {3, 699, 5}),
    ({"id": "20"}, lambda row: row["id"] == 20),
    ({"id[not_eq]": "20"}, lambda row: row["id"] != 20),
    ({"id[lt]": "1"}, lambda _: False),
    ({"id[lt]": "1e999999999"}, lambda _: True),
    ({"id[gt]": "1e999999999"}, lambda _: False),
    ({"status": "approved"}, lambda row: row["status"] == "approved"),
    (
        {"status": "approved", "id[gt]": "10", "id[lt_or_eq]": "690"},
        lambda row: row["status"] == "approved" and 10 < row["id"] <= 690,
    ),
    (
        {"status": "approved", "id[gt]": "600"},
        lambda row: row["status"] == "approved" and row["id"] > 600,
    ),
]
ORDERS = [{}, {"dir": "desc"}, {"order_by": "status"}, {"order_by": "status", "dir": "desc"}]


def expected(
    rows: dict[int, dict[str, Any]], test: Callable[[dict[str, Any]], bool], order: dict[str, str]
) -> list[int]:
    found = [row for row in rows.values() if test(row)]
    key = order.get("order_by", "id")
    null_first = sorted(found, key=lambda row: (row[key] is not None, row[key] or "", row["id"]))
    ids = [row["id"] for row in null_first]
    return ids[::-1] if order.get("dir") == "desc" else ids


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["insert", "update", "delete"]),
            st.integers(1, ROWS + 10),
            st.sampled_from(["approved", "rejected", None]),
        ),
        max_size=12,
    )
)
def test_kept_selections_follow_every_change(changes: list[tuple[str, int, str | None]]) -> None:
    table = generated()
    rows = {row_id: table.row(row_id) for row_id in range(1, ROWS + 1)}
    asked = [(params | order, test, order) for params, test in QUERIES[::3] for order in ORDERS]
    for params, _, _ in asked:
        table.page(query(table, **params))
    for deed, row_id, status in changes:
        if deed == "insert" and row_id not in rows:
            table.insert({"id": row_id, "status": status})
        elif deed == "update" and row_id in rows:
            table.update(row_id, {"status": status})
        elif deed == "delete" and row_id in rows:
            table.delete(row_id)
            del rows[row_id]
        if row_id in table:
            rows[row_id] = table.row(row_id)
    for params, test, order in asked:
        ids = expected(rows, test, order)
        for offset in (0, 30, max(0, len(ids) - 20), len(ids)):
            page = table.page(query(table, **params, offset=offset))
            assert page == ids[offset : offset + 50]


def test_pages_of_every_query_and_order_make_the_whole() -> None:
    table = generated()
    rows = {row_id: table.row(row_id) for row_id in range(1, ROWS + 1)}
    for params, test in QUERIES:
        for order in ORDERS:
            pages = [
                table.page(query(table, **params, **order, limit=23, offset=offset))
                for offset in range(0, ROWS + 23, 23)
            ]
            ids = [row_id for page in pages for row_id in page]
            assert ids == expected(rows, test, order)


def test_keyset_paging_of_a_million_rows_reads_only_what_it_returns() -> None:
    table = generated(1_000_000)
    assert table.page(query(table, **{"id[gt]": "999940"})) == list(range(999_941, 999_991))
    assert table.page(query(table, offset="999990")) == list(range(999_991, 1_000_001))
    assert table.page(query(table, dir="desc", limit=2)) == [1_000_000, 999_999]


def test_few_filters_are_kept() -> None:
    table = generated()
    for number in range(SELECTIONS_KEPT * 2):
        table.page(query(table, status=f"s{number}"))
    assert len(table._selections._by_id) == SELECTIONS_KEPT


def test_loaded_rows_order_by_their_own_types() -> None:
    values: list[Any] = [None, 3, "b", True, 1, "2025-01-01T00:00:00Z", "a", False]
    rows = {number: {"id": number, "x": value} for number, value in enumerate(values, 1)}
    table = Table("things", None, Loaded(None, rows))
    page = table.page(query(table, order_by="x"))
    assert [values[row_id - 1] for row_id in page] == [
        None, False, True, 1, 3, "2025-01-01T00:00:00Z", "a", "b",
    ]  # fmt: skip
