"""Conditions on rows as values: joined by `&`, equal by what they send, printed as they are meant.

How one is written is left to `filters`, which values it takes to `operands`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Never

from coupa_async_client.errors import CoupaConfigError

from .grammar import BOUNDS, EQUALITY, hyphenated
from .operands import Value, checked, on_one_scale
from .spelling import spell
from .terms import Term, terms

SYMBOLS = {
    EQUALITY: "==",
    "not_eq": "!=",
    "gt": ">",
    "gt_or_eq": ">=",
    "lt": "<",
    "lt_or_eq": "<=",
}
_WORDS = {
    EQUALITY: "is",
    "not_eq": "is not",
    "gt": "is more than",
    "gt_or_eq": "is at least",
    "lt": "is less than",
    "lt_or_eq": "is at most",
    "contains": "contains",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "in": "is one of",
    "not_in": "is none of",
}
_INSTEAD = {
    EQUALITY: "for rows that have either value write .in_(...)",
    "not_eq": "write one .not_in(...) of all values",
    "in": "write one .in_(...) of the values that both allow",
    "not_in": "write one .not_in(...) of all values",
    "blank": "no row is both blank and not",
}
"""By operator; the others compare texts, whose order and case only Coupa knows."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison: the values that were given, and the texts that they are sent as."""

    key: str
    path: tuple[str, ...]
    operator: str
    values: tuple[Value, ...]
    texts: tuple[str, ...]

    def __str__(self) -> str:
        """Say it in words."""
        name = ".".join(self.path)
        if self.operator == "blank":
            return f"{name} is blank" if self.values[0] else f"{name} is not blank"
        return f"{name} {_WORDS[self.operator]} {self._literals}"

    def __repr__(self) -> str:
        """Write it as Python."""
        field = f"field({', '.join(map(repr, self.path))})"
        if self.operator in SYMBOLS:
            return f"({field} {SYMBOLS[self.operator]} {self._literals})"
        method = "in_" if self.operator == "in" else self.operator
        return f"{field}.{method}({self._literals})"

    @property
    def _literals(self) -> str:
        pairs = zip(self.values, self.texts, strict=True)
        return ", ".join(repr(v) if type(v) in (bool, int) else repr(text) for v, text in pairs)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Condition(Mapping[str, str]):
    """What rows must meet to be asked for, all of it; made by `field` and `where`, joined by `&`.

    It is a mapping of the parameters that it sends, so `{**condition, "order_by": "created-at"}` adds
    what is no filter. Two are equal if they send the same. It is no truth value, and Coupa knows
    neither "or" nor "not": `|`, `~`, `if`, `and`, `not` and `a < field(...) < b` are refused.
    """

    clauses: tuple[Clause, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        """What is sent, in parts."""
        return terms(self)

    def __getitem__(self, key: str) -> str:
        """Return the text that is sent for a parameter."""
        for clause in self.clauses:
            if clause.key == key:
                return ",".join(clause.texts)
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        """Name the parameters in the order in which they were written."""
        return (clause.key for clause in self.clauses)

    def __len__(self) -> int:
        """Count the parameters."""
        return len(self.clauses)

    def __hash__(self) -> int:
        """Agree with `==`, which is that of mappings."""
        return hash(frozenset(self.items()))

    def __and__(self, other: "Condition") -> "Condition":
        """Ask for rows that meet both.

        What comes of a parameter that is given twice is not documented, so none is: of two bounds on
        one side the narrower is sent.

        Raises:
            CoupaConfigError: both use one operator on one attribute, and no single use says the same.
        """
        if not isinstance(other, Condition):
            raise _no_condition(other)
        kept: dict[tuple[str, ...], Clause] = {}
        for clause in (*self.clauses, *other.clauses):
            place = (*map(hyphenated, clause.path), clause.operator)
            kept[place] = _both(kept[place], clause) if place in kept else clause
        return Condition(tuple(kept.values()))

    def __rand__(self, other: Never) -> Never:
        """Refuse: `1 & (field("a") == 2)` is a comparison that lacks its parentheses."""
        raise _no_condition(other)

    def __or__(self, other: Never) -> Never:
        """Refuse: every filter of a question must hold (doc 0014)."""
        raise _no_alternative(self, other)

    def __ror__(self, other: Never) -> Never:
        """Refuse, the other way round."""
        raise _no_alternative(other, self)

    def __invert__(self) -> Never:
        """Refuse: only operators negate."""
        msg = (
            f"~({self}): Coupa has no NOT; use the operator that says the opposite, for example !=, "
            ".not_in(...), <= or .blank(False)"
        )
        raise CoupaConfigError(msg)

    def __bool__(self) -> Never:
        """Refuse: `and`, `or`, `not`, `if` and chained comparisons would drop a side in silence."""
        msg = (
            f"'{self}' is a question to Coupa, neither true nor false; join conditions by &, and write "
            "a range as two: (field('id') > 5) & (field('id') < 9)"
        )
        raise CoupaConfigError(msg)

    def __str__(self) -> str:
        """Say it in words."""
        return " and ".join(map(str, self.clauses)) or "everything"

    def __repr__(self) -> str:
        """Write it as Python that makes an equal one."""
        return " & ".join(map(repr, self.clauses)) or "where()"


def condition(path: tuple[str, ...], operator: str, values: Iterable[object]) -> Condition:
    """Make the condition that an attribute compares with some values as the operator says.

    Raises:
        CoupaConfigError: there is no value, or one that does not fit the operator.
    """
    brackets = path[1:] if operator == EQUALITY else (*path[1:], operator)
    key = path[0] + "".join(f"[{name}]" for name in brackets)
    given: dict[str, Value] = {}
    for value in values:
        fitting = checked(key, operator, value)
        given.setdefault(spell(key, fitting), fitting)
    if not given:
        msg = f"{key} is given no value; give at least one, or leave the filter out"
        raise CoupaConfigError(msg)
    return Condition((Clause(key, path, operator, tuple(given.values()), tuple(given)),))


def _both(one: Clause, other: Clause) -> Clause:
    """Say two uses of an operator on an attribute by one."""
    if set(one.texts) == set(other.texts):
        return one
    if one.operator in BOUNDS and on_one_scale(one.values[0], other.values[0]):
        lower, upper = sorted((one, other), key=lambda clause: clause.values[0])
        return upper if one.operator in ("gt", "gt_or_eq") else lower
    instead = _INSTEAD.get(one.operator, "ask for one, and look for the other in the rows")
    msg = (
        f"'{one}' and '{other}' would give Coupa {one.key} twice, and what it makes of that is not "
        f"documented; {instead}"
    )
    raise CoupaConfigError(msg)


def _no_condition(other: object) -> CoupaConfigError:
    return CoupaConfigError(
        f"& joins conditions, and {other!r} is none; put each comparison in parentheses, "
        "(field('status') == 'approved') & (field('id') > 5), and other parameters beside them, "
        "{**condition, 'order_by': 'id'}"
    )


def _no_alternative(one: object, other: object) -> CoupaConfigError:
    return CoupaConfigError(
        f"{one!r} | {other!r}: Coupa has no OR; for several values of one attribute write .in_(...), "
        "else ask twice; to add parameters write {**condition, 'order_by': 'id'}"
    )
