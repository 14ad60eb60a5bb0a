"""Examines a Coupa instance from outside: what works, what is wrong, and facts for its `profile`."""

from .examination import MOST_RESOURCES, RESOURCES, arguments, examine
from .findings import Finding, Report, Verdict

__all__ = [
    "MOST_RESOURCES",
    "RESOURCES",
    "Finding",
    "Report",
    "Verdict",
    "arguments",
    "examine",
]
