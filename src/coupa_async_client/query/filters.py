"""How conditions on rows are written: `field("status").in_("approved", "voided")`, `where(id__gt=5)`.

What a condition is and does is left to `conditions`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Never

from coupa_async_client.errors import CoupaConfigError

from .conditions import Condition, condition
from .grammar import EQUALITY, LISTS, LOOKALIKES, OPERATORS, is_reserved
from .operands import Value

_NAME = re.compile(
    r"[\w?-]+"
)  # a tenant's own names may hold any letter; a few of Coupa's end in ?
_EQUALITY_LOOKALIKES = frozenset({EQUALITY, "exact", "equals"})


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Field:
    """One attribute of a resource, to compare with values; made by `field`.

    A comparison makes a condition, `==` and `!=` too. Two fields compare as objects do, so that they
    can be members of sets and keys: they are equal, and hash alike, if their paths are the same.
    """

    path: tuple[str, ...]

    def __eq__(self, value: object) -> Condition:  # type: ignore[override]  # as in other query languages
        """Ask for rows in which the attribute is the value."""
        if isinstance(value, Field):
            return self.path == value.path  # type: ignore[return-value]  # see the class
        return condition(self.path, EQUALITY, [value])

    def __ne__(self, value: object) -> Condition:  # type: ignore[override]
        """Ask for rows in which the attribute is another than the value."""
        if isinstance(value, Field):
            return self.path != value.path  # type: ignore[return-value]
        return condition(self.path, "not_eq", [value])

    def __hash__(self) -> int:
        """Agree with `==` between fields."""
        return hash(self.path)

    def __gt__(self, value: Value) -> Condition:
        """Ask for rows in which the attribute is more than the value."""
        return condition(self.path, "gt", [value])

    def __ge__(self, value: Value) -> Condition:
        """Ask for rows in which the attribute is the value or more."""
        return condition(self.path, "gt_or_eq", [value])

    def __lt__(self, value: Value) -> Condition:
        """Ask for rows in which the attribute is less than the value."""
        return condition(self.path, "lt", [value])

    def __le__(self, value: Value) -> Condition:
        """Ask for rows in which the attribute is the value or less."""
        return condition(self.path, "lt_or_eq", [value])

    def contains(self, text: str) -> Condition:
        """Ask for rows in which the attribute holds the text; whether in any case is Coupa's choice."""
        return condition(self.path, "contains", [text])

    def starts_with(self, text: str) -> Condition:
        """Ask for rows in which the attribute begins with the text."""
        return condition(self.path, "starts_with", [text])

    def ends_with(self, text: str) -> Condition:
        """Ask for rows in which the attribute ends with the text."""
        return condition(self.path, "ends_with", [text])

    def in_(self, *values: Value) -> Condition:
        """Ask for rows in which the attribute is one of the values."""
        return condition(self.path, "in", values)

    def not_in(self, *values: Value) -> Condition:
        """Ask for rows in which the attribute is none of the values."""
        return condition(self.path, "not_in", values)

    def blank(self, blank: bool = True) -> Condition:
        """Ask for rows in which the attribute has no value, or has one; not for datetimes (doc 0007)."""
        return condition(self.path, "blank", [blank])

    def __and__(self, other: Never) -> Never:
        """Refuse: `field("a") & field("b")`, or a comparison that lacks its parentheses."""
        raise _no_condition(self, other)

    def __rand__(self, other: Never) -> Never:
        """Refuse, the other way round."""
        raise _no_condition(self, other)

    def __bool__(self) -> Never:
        """Refuse: `field("exported") and ...` would drop a side in silence."""
        raise _no_condition(self)

    def __str__(self) -> str:
        """Write the path as `fields` does on the command line."""
        return ".".join(self.path)

    def __repr__(self) -> str:
        """Write it as Python."""
        return f"field({', '.join(map(repr, self.path))})"


def field(*path: str) -> Field:
    """Name an attribute, through associations and collections: `field("order-lines", "account", "code")`.

    Coupa takes hyphens and underscores alike (facts section 2); names are sent as they are given. Of a
    collection, one line that matches is enough, and the plural names it (docs 0009, 0014).

    Raises:
        CoupaConfigError: a name is empty, holds dots or brackets, or is an operator or a reserved
            parameter.
    """
    call = f"field({', '.join(map(repr, path))})"
    if not path:
        msg = "field() names no attribute; write for example field('supplier', 'name')"
        raise CoupaConfigError(msg)
    names: tuple[object, ...] = path
    for name in names:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            msg = (
                f"{call}: {name!r} is no attribute's name; give each name of the path on its own, for "
                "example field('supplier', 'name'), and operators as methods"
            )
            raise CoupaConfigError(msg)
    *before, last = path
    if before and (last in OPERATORS or last in LOOKALIKES):
        msg = (
            f"{call}: {last!r} is no attribute but how one is compared; write it as an operator, for "
            "example field('id') > 5, field('name').contains('x') or field('status').in_('new')"
        )
        raise CoupaConfigError(msg)
    if not before and is_reserved(last):
        msg = (
            f"{call}: {last!r} filters nothing, it pages or shapes the answer; give it beside the "
            f"condition, {{**condition, {last!r}: ...}}, or as the argument of that name"
        )
        raise CoupaConfigError(msg)
    return Field(tuple(map(str.__str__, path)))


def where(**filters: Value | Iterable[Value]) -> Condition:
    """Make a condition of keywords: `where(status="approved", updated_at__gt_or_eq=when)`.

    Two underscores part the names of a path and the operator, one stands for a hyphen:
    `order_lines__account__code__contains="a-c"`. `__in` and `__not_in` take a list. Without any
    keyword, everything is asked for.

    Raises:
        CoupaConfigError: as `field` and its operators; or the operator is that of another language.
    """
    asked = Condition()
    for keyword, value in filters.items():
        path, operator = _read(keyword)
        asked &= condition(path, operator, _operands(keyword, operator, value))
    return asked


def _read(keyword: str) -> tuple[tuple[str, ...], str]:
    """Take a keyword apart into a path and an operator."""
    *before, last = keyword.split("__")
    if before and last in _EQUALITY_LOOKALIKES:
        msg = f"{keyword}: equality needs no operator; write {'__'.join(before)}=..."
        raise CoupaConfigError(msg)
    alike = LOOKALIKES.get(last.rstrip("_"), last.rstrip("_"))
    if before and alike in OPERATORS and alike != last:
        msg = f"{keyword}: Coupa has no operator {last}; write {'__'.join([*before, alike])}=..."
        raise CoupaConfigError(msg)
    is_operator = bool(before) and last in OPERATORS
    names = before if is_operator else [*before, last]
    if any(name.strip("_") != name or not name for name in names):
        msg = (
            f"{keyword}: a name is empty, or begins or ends with an underscore; two of them part the "
            "names, for example supplier__name__contains, and field(...) takes any name"
        )
        raise CoupaConfigError(msg)
    path = field(*(name.replace("_", "-") for name in names)).path
    return path, last if is_operator else EQUALITY


def _operands(keyword: str, operator: str, value: object) -> Iterable[object]:
    if operator not in LISTS:
        return [value]
    if not isinstance(value, list | tuple | set | frozenset):
        msg = f"{keyword} is {value!r}; give a list of values, for example {keyword}=['a', 'b']"
        raise CoupaConfigError(msg)
    return sorted(value, key=repr) if isinstance(value, set | frozenset) else value


def _no_condition(*operands: object) -> CoupaConfigError:
    shown = " & ".join(map(repr, operands))
    return CoupaConfigError(
        f"{shown}: a field is no condition before it is compared; write for example "
        "field('exported') == True, and put each comparison in parentheses: "
        "(field('status') == 'approved') & (field('id') > 5)"
    )
