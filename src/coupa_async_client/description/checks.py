"""Whether a question fits Coupa's description: attributes, operators and values, before it is sent.

What Coupa does with a name it does not know is not documented (facts section 2): it may read
everything, or nothing. Spelling the question is left to `query`.
"""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, Protocol

from coupa_async_client.errors import CoupaConfigError

from .model import Attribute, Description, Resource, Type, member
from .nearest import hint, plain

OnMisfit = Literal["raise", "warn"]

_TEXT = frozenset({"contains", "starts_with", "ends_with"})
_RANGE = frozenset({"gt", "lt", "gt_or_eq", "lt_or_eq"})
OPERATORS = _TEXT | _RANGE | {"eq", "not_eq", "in", "not_in", "blank"}
_WHOLE_VALUES = frozenset({"eq", "not_eq", "in", "not_in"})
_UNFIT: Mapping[Type, frozenset[str]] = {
    "datetime": _TEXT | {"blank"},
    "date": _TEXT,
    "time": _TEXT,
    "boolean": _TEXT | _RANGE,
    "object": OPERATORS - {"blank"},
}
"""Operators that a type does not take (doc 0007; doc 0014 lets `blank` pass for datetimes)."""

_BOOLEANS = ("true", "false")
_MANY = 20
_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("limit", "offset", "order-by", "filter", "fields", "exported"), ()),
    "dir": ("asc", "desc"),
    "return-object": ("limited", "shallow", "none"),
}
"""What every GET takes, whatever its resource declares, with the values allowed (docs 0008, 0014)."""

_UNDECLARED = {
    ("attachments", "attachable-type"),  # doc 0109
    ("budget_lines", "owner-is-approver"),  # doc 0039
    ("coupa_pay/statements", "status"),  # doc 0162: not in the payload, and a filter all the same
    ("purchase_orders", "show-deleted-lines"),  # doc 0024
}


class Term(Protocol):
    """One filter or parameter of a question, taken apart.

    `path` are the names, `operator` is "" or "eq" for equality, `key` how the question spells it.
    """

    @property
    def path(self) -> tuple[str, ...]:
        """The names from the resource's attribute inwards."""
        ...

    @property
    def operator(self) -> str:
        """One of Coupa's operators (doc 0007)."""
        ...

    @property
    def values(self) -> tuple[str, ...]:
        """What it compares with; several for lists."""
        ...

    @property
    def key(self) -> str:
        """The parameter's name, such as `supplier[name][contains]`."""
        ...


def check(
    description: Description,
    resource: str,
    *,
    terms: Iterable[Term] = (),
    fields: Iterable[tuple[str, ...]] = (),
    order_by: str | None = None,
    projected_by: str = "fields",
    on_misfit: OnMisfit = "raise",
) -> None:
    """Refuse a question that does not fit the description, or warn of it.

    Fields of an instance's own pass under `custom-fields`, at any level; where they sit among
    Coupa's own attributes, `Description.extended` makes them known.

    Args:
        description: what there is.
        resource: the path that is asked, such as `invoices`.
        terms: filters and other parameters, taken apart.
        fields: the paths that a projection asks for.
        order_by: the attribute to order by; also found among the terms.
        projected_by: what to call the projection in messages.
        on_misfit: "warn" lets the question pass, for instances that know more than their description.

    Raises:
        CoupaConfigError: names all that does not fit, and what is nearest.

    Warns:
        UserWarning: the same, with "warn".
    """
    if on_misfit not in ("raise", "warn"):
        msg = f'on_misfit is {on_misfit!r}; it is "raise" or "warn"'
        raise CoupaConfigError(msg)
    found = list(misfits(description, resource, terms, fields, order_by, projected_by=projected_by))
    if not found:
        return
    if on_misfit == "warn":
        warnings.warn("; ".join(found), stacklevel=2)
        return
    own = f"description.extended({{{resource!r}: [...]}})"
    msg = (
        f"{'; '.join(found)} (fields of your own become known by {own}; "
        'on_misfit="warn", or no description, asks all the same)'
    )
    raise CoupaConfigError(msg)


def misfits(
    description: Description,
    resource: str,
    terms: Iterable[Term] = (),
    fields: Iterable[tuple[str, ...]] = (),
    order_by: str | None = None,
    *,
    projected_by: str = "fields",
) -> Iterator[str]:
    """Say in one line each what does not fit."""
    try:
        of = description.resource(resource)
    except CoupaConfigError as error:
        yield str(error)
        return
    for term in terms:
        name = plain(term.path[0])
        if len(term.path) == 1 and name == "order-by":
            yield from _order_misfit(description, of, *term.values[:1])
        elif problem := _term_misfit(description, of, term):
            yield f"filter {term.key!r}: {problem}"
    for path in fields:
        if isinstance(found := _found(description, of, path), str):
            yield f"{projected_by}, {'.'.join(path)}: {found}"
    if order_by is not None:
        yield from _order_misfit(description, of, order_by)


def operators_for(attribute: Attribute) -> list[str]:
    """Return the operators that an attribute takes besides plain equality."""
    return sorted(OPERATORS - _UNFIT.get(attribute.type, frozenset()) - {"eq"})


def values_of(attribute: Attribute) -> tuple[str, ...]:
    """Return the values that an attribute may be compared with; empty where any will do."""
    return _BOOLEANS if attribute.type == "boolean" else attribute.values


def _found(description: Description, of: Resource, path: tuple[str, ...]) -> Attribute | str | None:
    """Return the attribute at a path, None where nothing is known there, or what is wrong."""
    try:
        return description.attribute(of.name, path)
    except CoupaConfigError as error:
        return str(error)


def _order_misfit(description: Description, of: Resource, name: str = "") -> Iterator[str]:
    found = _found(description, of, (name,))
    if isinstance(found, str):
        yield f"order_by: {found}"
    elif found and (found.type == "object" or found.collection):
        yield f"order_by: {name!r} holds more than one value; order by a plain attribute of {of.name}"


def _term_misfit(description: Description, of: Resource, term: Term) -> str | None:
    operator = term.operator or "eq"
    if operator not in OPERATORS:
        return f"Coupa has no operator {operator!r}; it has {', '.join(sorted(OPERATORS - {'eq'}))}"
    if len(term.path) == 1 and member(description.attributes(of.name), term.path[0]) is None:
        name = plain(term.path[0])
        declared = {**_PARAMETERS, **{plain(own): took for own, took in of.parameters.items()}}
        if (of.name, name) in _UNDECLARED:
            return None
        if name in declared:
            return _value_misfit(name, term.values, declared[name])
    found = _found(description, of, term.path)
    if isinstance(found, str):
        return None if _ends_in_id(description, of, term.path) else found
    return None if found is None else _attribute_misfit(found, operator, term.values)


def _ends_in_id(description: Description, of: Resource, path: tuple[str, ...]) -> bool:
    """Tell whether a name is that of an association and `-id`: doc 0009 has `from_currency_id`."""
    *above, last = path
    stem = plain(last).removesuffix("-id")
    found = stem != plain(last) and _found(description, of, (*above, stem))
    return isinstance(found, Attribute) and found.type == "object" and not found.collection


def _attribute_misfit(attribute: Attribute, operator: str, given: Iterable[str]) -> str | None:
    unfit = _UNFIT.get(attribute.type, frozenset())
    if operator == "blank" and operator not in unfit:
        return _value_misfit("[blank]", given, _BOOLEANS)
    if operator in unfit and attribute.type == "object":
        return (
            f"{attribute.name!r} holds other attributes; name one of them, such as "
            f"{attribute.name}[id]"
        )
    if operator in unfit:
        fit = ", ".join(sorted(OPERATORS - unfit - {"eq"}))
        return (
            f"{operator!r} is not for a {attribute.type}; {attribute.name!r} takes equality, {fit}"
        )
    if operator not in _WHOLE_VALUES:
        return None
    if attribute.type == "any":  # labels, where Coupa declares numbers: either may be meant
        given = (value for value in given if not value.isdigit())
    return _value_misfit(attribute.name, given, values_of(attribute))


def _value_misfit(name: str, given: Iterable[str], allowed: tuple[str, ...]) -> str | None:
    wrong = next((value for value in given if allowed and value not in allowed), None)
    if wrong is None:
        return None
    choice = hint(wrong, allowed) or f"; it is one of {', '.join(allowed[:_MANY])}"
    return f"{name!r} is never {wrong!r}{choice}"
