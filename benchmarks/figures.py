"""What a part of the benchmark brings: tables, targets that are met or missed, and what to plot. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal

__all__ = ["Report", "Target", "median", "ratio", "table", "times"]


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that this library owes, and what was measured."""

    what: str
    bound: Literal["at most", "at least"]
    limit: float
    figure: float
    spelled: str = "{:.2f} x"

    @property
    def met(self) -> bool:
        """Tell whether the figure keeps to the limit."""
        return self.figure <= self.limit if self.bound == "at most" else self.figure >= self.limit

    @property
    def row(self) -> tuple[str, str, str, str]:
        """Spell it for a table."""
        verdict = "met" if self.met else "**missed**"
        owed = f"{self.bound} {self.spelled.format(self.limit)}"
        return self.what, owed, self.spelled.format(self.figure), verdict


@dataclass(frozen=True, slots=True)
class Report:
    """A part's outcome: `text` is Markdown, `plots` are what `plots.py` draws."""

    text: str
    targets: Sequence[Target] = ()
    plots: Sequence[dict[str, Any]] = ()
    raw: dict[str, Any] = field(default_factory=dict)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Spell a Markdown table; all columns but the first are aligned right."""
    lines = [f"| {' | '.join(header)} |", "| --- |" + " ---: |" * (len(header) - 1)]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines)


def ratio(figures: Sequence[float], of: Sequence[float]) -> float:
    """Return the median of what each round's figure is of the other's in the same round."""
    return median(figure / other for figure, other in zip(figures, of, strict=True))


def times(figure: float) -> str:
    """Spell a ratio."""
    return f"{figure:.2f} x" if figure < 10 else f"{figure:.0f} x"  # noqa: PLR2004
