"""Which name was meant: the distance against a slow and plain one, and the order of equals."""

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client.description.nearest import distance, hint, nearest

WORDS = st.text("ab-c", max_size=7)


def by_definition(left, right):
    """Count edits straight from the definition: what the last letters cost, and the rest."""

    @cache
    def cost(i, j):
        if not i or not j:
            return i + j
        ways = [cost(i - 1, j) + 1, cost(i, j - 1) + 1]
        ways.append(cost(i - 1, j - 1) + (left[i - 1] != right[j - 1]))
        if i > 1 and j > 1 and left[i - 2 : i] == right[j - 2 : j][::-1]:
            ways.append(cost(i - 2, j - 2) + 1)
        return min(ways)

    return cost(len(left), len(right))


@given(WORDS, WORDS)
def test_the_distance_is_what_its_definition_says(left, right):
    assert distance(left, right) == by_definition(left, right)


def test_swapped_letters_are_one_slip():
    assert distance("stauts", "status") == 1


def test_hyphens_underscores_and_capitals_are_no_slip():
    assert nearest("Created_At", ["created-by", "created-at"])[0] == "created-at"


def test_at_most_three_are_named_and_the_far_ones_never():
    known = ["price", "prices", "priced", "pricey", "supplier"]

    assert nearest("price", known) == ["price", "priced", "prices"]
    assert nearest("elephant", known) == []


def test_the_one_with_the_same_digits_comes_first():
    known = [f"segment-{n}" for n in range(1, 21)]

    assert nearest("segmnet-12", known)[0] == "segment-12"
    assert nearest("segment-1x", known)[0] == "segment-1"


def test_all_are_named_that_are_as_near_as_the_first():
    assert nearest("segment-x", [f"segment-{n}" for n in range(1, 7)]) == [
        f"segment-{n}" for n in range(1, 7)
    ]


def test_a_name_of_one_letter_has_neighbours():
    assert nearest("z", ["x", "y", "width"]) == ["x", "y"]


def test_a_hint_counts_grammatically():
    assert hint("pric", ["price"]) == "; the nearest is price"
    assert hint("x", ["a", "b"]) == "; the nearest are a, b"
    assert hint("elephant", ["price"]) == ""
