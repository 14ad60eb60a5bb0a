"""Which of the names there are was probably meant: an edit distance that knows swapped letters.

Pure text; hyphens and underscores are the same, as they are to Coupa.
"""

import re
from collections.abc import Collection

_FEW = 3
_TOO_FAR = 0.5
"""Share of the letters; a name that differs in more is no likely slip."""


def plain(name: str) -> str:
    """Spell a name as Coupa's answers do, so that both spellings are one."""
    return name.replace("_", "-")


def nearest(name: str, known: Collection[str], most: int = _FEW) -> list[str]:
    """Return the likeliest names, best first: at most so many, but all that are as near as the first.

    Of equally near ones, those with the same digits come first, then those with the same letters.
    """
    typed = plain(name).lower()

    def rank(candidate: str) -> tuple[int, bool, bool, str]:
        there = plain(candidate).lower()
        return (
            distance(typed, there),
            re.findall(r"\d", typed) != re.findall(r"\d", there),
            sorted(typed) != sorted(there),
            there,
        )

    ranked = sorted((rank(candidate), candidate) for candidate in known)
    near = [
        (place, candidate)
        for place, candidate in ranked
        if place[0] <= 1 or place[0] < _TOO_FAR * max(len(typed), len(candidate))
    ]
    return [
        candidate
        for number, (place, candidate) in enumerate(near)
        if number < most or place[:3] == near[0][0][:3]
    ]


def distance(left: str, right: str) -> int:
    """Count the letters to insert, delete, replace or swap with their neighbour."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        above, row, before = before, [i], row
        for j, other in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]


def hint(name: str, known: Collection[str]) -> str:
    """Say which names are near, as the end of a sentence; nothing where none is."""
    names = nearest(name, known)
    verb = "is" if len(names) == 1 else "are"
    return f"; the nearest {verb} {', '.join(names)}" if names else ""
