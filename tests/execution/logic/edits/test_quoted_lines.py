"""Lines that the explanation quotes as unchanged, and that go."""

import pytest

from execution.logic.edits.alignment.hunks import group_hunks
from execution.logic.edits.readings.agreement import agreement, names, quotes
from execution.logic.edits.text.description import parse_description
from tests.execution.logic.edits.handmade import REF, problem_of, steps_of

MARKER = "// Plandex: removed code\n"


def _lost(original: str, snippet: str, words: str, said: str, path: str = "a.txt") -> set[int]:
    problem = problem_of(original, snippet, said, path)
    steps = steps_of(words)
    agreed = agreement(problem, steps, group_hunks(problem, steps), parse_description(said))
    return set(agreed.lost)


@pytest.mark.parametrize(
    ("quote", "line", "same"),
    [
        ("a = 1", "  a = 1  ", True),
        ("a = 12", "a = 123", True),  # six characters
        ("a = 1", "a = 12", False),
        ("abcdefg", "abcdefgh", False),  # one word may be part of another
        ("b = 12", "a = b = 123", False),
        ("", "", False),
        (" ", "", False),
    ],
)
def test_a_quote_is_a_line_or_its_beginning(quote: str, line: str, same: bool) -> None:
    assert quotes(quote, line) is same


@pytest.mark.parametrize(
    ("quote", "line", "same"),
    [
        ("run", "def run(self):", True),
        ("Shop.run", "def run(self):", True),
        ("run", "def running(self):", False),
        ("run(", "def run(self):", False),
        ("limit", '"limit": 3,', True),
        ("limit", "the limit is three", False),
    ],
)
def test_a_name_stands_for_the_line_that_gives_it(quote: str, line: str, same: bool) -> None:
    assert names(quote, line) is same


@pytest.mark.parametrize(
    ("gone", "quote", "lost"),
    [
        ("beta two", "beta two", True),
        ("beta two", "beta three", False),
        ("ok", "ok", True),
        ("x", "x", False),  # a letter says too little
        ("});", "});", False),
        ("} ab", "} ab", True),
    ],
)
def test_a_quoted_line_goes(gone: str, quote: str, lost: bool) -> None:
    original = f"alpha one\n{gone}\ngamma three\ndelta four\n"
    snippet = f"alpha one\nnew\ngamma three\n{REF}"
    words = "M1:0 S-1:1 I2:2 M3:2 K4:3"
    said = f"Type: replace\nContext: after `{quote}`"
    assert _lost(original, snippet, words, said) == ({1} if lost else set())
    # What comes back in another form did not go, whatever comes besides.
    again = snippet.replace("new", f"{gone} \nmore")
    words = "M1:0 S-1:1 I2:2 I3:2 M4:2 K5:3"
    assert _lost(original, again, words, said) == set()


@pytest.mark.parametrize(
    ("between", "below", "lost"),
    [
        ("beta two\nbeta more", "gamma three", {1}),
        ("beta more\nbeta two\nbeta most", "gamma three", {2}),
        ("beta two\nbeta more", "beta two", set()),  # that one may be meant
        ("beta more\nbeta two", "beta two", set()),
        ("beta two\nbeta more", "gamma three\nbeta two", {1}),
        ("beta more\nbeta two", "gamma three\nbeta two", {2}),
        ("beta more\nbeta two\nbeta most", "gamma three\nbeta two", set()),
    ],
    ids=[
        "the only one",
        "the only one, in the middle",
        "the first, and one stands below",
        "the last, and one stands below",
        "the first, and one stands elsewhere",
        "the last, and one stands elsewhere",
        "in the middle, and one stands elsewhere",
    ],
)
def test_a_marker_may_stand_for_another_line_of_the_text(
    between: str, below: str, lost: set[int]
) -> None:
    original = f"alpha one\n{between}\n{below}\nomega\n"
    snippet = f"alpha one\n{MARKER}{below}\nomega\n"
    count, kept = between.count("\n") + 1, below.count("\n") + 2
    removed = " ".join(f"R2:{1 + n}" for n in range(count))
    matched = " ".join(f"M{3 + n}:{1 + count + n}" for n in range(kept))
    said = "Type: remove\nContext: before `beta two`"
    assert _lost(original, snippet, f"M1:0 {removed} {matched}", said) == lost


@pytest.mark.parametrize(("ranges", "lost"), [("", {1, 3}), ("\nReplace: line 2", {3})])
def test_where_changes_and_places_differ_in_number_all_quotes_count(
    ranges: str, lost: set[int]
) -> None:
    """But for a place of which just the declared lines go."""
    original = "alpha one\nbeta two\ngamma three\ndelta four\nomega five\n"
    snippet = "alpha one\nnew\ngamma three\nnewer\nomega five\n"
    words = "M1:0 S-1:1 I2:2 M3:2 S-1:3 I4:4 M5:4"
    said = f"Type: replace{ranges}\nContext: between `beta two` and `delta four`"
    assert _lost(original, snippet, words, said) == lost
    apart = said.replace("between", "after").replace(" and", "\nType: remove\nContext: before")
    one = f"Type: add\nContext: before `alpha one`\n{apart}"
    assert _lost(original, snippet, words, one) == lost
