"""Decides whether a row meets a condition; a row is asked for one attribute at a time."""

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from coupa_async_client.sandbox.grammar import Condition
from coupa_async_client.sandbox.schema import wire
from coupa_async_client.sandbox.values import own_operands, own_reading, reading, text

Reader = Callable[[str], object]
"""Gives the value of one top-level attribute of a row; None for null and for no such name."""
Test = Callable[[object], bool]

_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "eq": operator.eq,
    "not_eq": operator.ne,
    "gt": operator.gt,
    "lt": operator.lt,
    "gt_or_eq": operator.ge,
    "lt_or_eq": operator.le,
}
_TEXT_TESTS: Final[dict[str, Callable[[str, str], bool]]] = {
    "contains": operator.contains,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
}


def matcher(conditions: Sequence[Condition]) -> Callable[[Reader], bool]:
    """Return the test that all conditions together make (doc 0014: they are ANDed)."""
    tests = [_row_test(condition) for condition in conditions]
    return lambda reader: all(test(reader) for test in tests)


def _row_test(condition: Condition) -> Callable[[Reader], bool]:
    test = _leaf_test(condition)
    first, *rest = condition.path
    whole = condition.operator == "blank"
    if whole and not rest:
        return lambda reader: test(reader(first))
    return lambda reader: any(test(leaf) for leaf in _leaves(reader(first), rest, whole=whole))


def _leaves(value: object, path: Sequence[str], *, whole: bool) -> Iterator[object]:
    """Walk into associations; one line of a collection that matches is enough (doc 0014)."""
    if isinstance(value, list) and (path or not whole):
        for each in value:
            yield from _leaves(each, path, whole=whole)
    elif not path:
        yield value
    elif isinstance(value, dict):
        yield from _leaves(_member(value, path[0]), path[1:], whole=whole)
    elif value is None:
        yield None


def _member(value: dict[str, object], name: str) -> object:
    if name in value:
        return value[name]
    return next((found for key, found in value.items() if wire(key) == name), None)


def _leaf_test(condition: Condition) -> Test:
    name, operands = condition.operator, condition.operands
    if name == "blank":
        return lambda value: (value is None or value in ("", [], {})) == operands[0]
    if name in _TEXT_TESTS:
        return _text_test(_TEXT_TESTS[name], str(operands[0]))
    empty = any(each is None or each == "" for each in operands)
    test = _own_test(condition) if condition.kind is None else _kind_test(condition)
    if not empty or name not in {"eq", "in"}:
        return test
    return lambda value: value is None or value == "" or test(value)


def _text_test(compare: Callable[[str, str], bool], operand: str) -> Test:
    def test(value: object) -> bool:
        found = text(value)
        return found is not None and compare(found, operand)

    return test


def _kind_test(condition: Condition) -> Test:
    read = reading(condition.kind or "text")
    operands = [each for each in condition.operands if each is not None]
    if condition.operator in {"in", "not_in"}:
        members, wanted = frozenset(operands), condition.operator == "in"
        return lambda value: (found := read(value)) is not None and (found in members) == wanted
    if not operands:
        # An empty operand: null answers no comparison, so only not_eq is left to say yes.
        return lambda value: condition.operator == "not_eq" and read(value) is not None
    compare, operand = _COMPARISONS[condition.operator], operands[0]
    return lambda value: (found := read(value)) is not None and compare(found, operand)


def _own_test(condition: Condition) -> Test:
    ways = [own_operands(str(each)) for each in condition.operands]
    negated = condition.operator in {"not_eq", "not_in"}
    compare = _COMPARISONS.get(condition.operator, operator.eq)
    compare = operator.eq if negated else compare

    def test(value: object) -> bool:
        found = own_reading(value)
        if found is None:
            return False
        rank, comparable = found
        return negated != any(rank in way and compare(comparable, way[rank]) for way in ways)

    return test
