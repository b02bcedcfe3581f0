"""Blocks that a reading would leave without their own beginning or end."""

import pytest

from execution.logic.edits.alignment.hunks import group_hunks
from execution.logic.edits.doubts.certainty import blocks_differ
from execution.logic.edits.readings.torn import (
    blocks_torn,
    closes_another,
    head_taken,
    removal_leaves_block,
    unbalanced,
)
from tests.execution.logic.edits.handmade import REF, problem_of, steps_of

TWO = "first {\n  a\n}\nsecond {\n  a\n}\n"
OPEN = f"first {{\n{REF}}}\n"


@pytest.mark.parametrize(
    ("snippet", "words", "torn"),
    [
        ("first {\n  b\n}\n", "M1:0 C2:1 M3:2 K4:3 K4:4 K4:5", False),
        ("first {\n  b\n}\n", "M1:0 C2:1 S-1:2 S-1:3 S-1:4 M3:5", True),
        ("first {\n  b\n}\n", "C1:0 C2:1 S-1:2 S-1:3 S-1:4 M3:5", True),
        (f"{REF}third {{\n  b\n}}\n", "K0:0 K0:1 I1:2 I2:2 M3:2 K4:3 K4:4 K4:5", True),
        (f"{REF}third {{\n  b\n}}\n", "S-1:0 S-1:1 I1:2 I2:2 M3:2 K4:3 K4:4 K4:5", False),
        (f"{REF}third {{\n  b\n}}\n", "K0:0 K0:1 K0:2 I1:3 I2:3 I3:3 K4:3 K4:4 K4:5", False),
        (OPEN, "M1:0 K2:1 K2:2 K2:3 K2:4 M3:5", False),
        (OPEN.replace("//", "  //"), "M1:0 K2:1 M3:2 K4:3 K4:4 K4:5", False),
        (OPEN.replace("//", "  //"), "M1:0 K2:1 K2:4 M3:5", True),
        (f"{REF}first {{\n  a\n}}\n", "K0:2 K0:3 M1:0 M2:4 M3:5", True),
    ],
    ids=[
        "its own end",
        "the end of another one",
        "the end of another one below a new form of its head",
        "a new one takes an end",
        "a new one takes an end whose head goes",
        "a new one has its own end",
        "a reference covers its end",
        "a reference ends before it",
        "a reference stays within it",
        "a reference above it",
    ],
)
def test_a_closing_line_closes_what_it_closed(snippet: str, words: str, torn: bool) -> None:
    assert blocks_torn(problem_of(TWO, snippet, "", "a.js"), steps_of(words)) is torn


TESTED = "@test\ndef first():\n    go()\n"
NEW = "def new():\n    go()\n\n"


@pytest.mark.parametrize(
    ("original", "snippet", "words", "taken"),
    [
        (TESTED, f"@test\n{NEW}def first():\n", "M1:0 I2:1 I3:1 I4:1 M5:1 K6:2", True),
        (TESTED, f"@test\n{NEW}{REF}", "M1:0 I2:1 I3:1 I4:1 K5:1 K5:2", True),
        (TESTED, f"@test\n{NEW}@test\n{REF}", "M1:0 I2:1 I3:1 I4:1 I5:1 K6:1 K6:2", False),
        (TESTED, f"@test\n{NEW}@slow\n{REF}", "M1:0 I2:1 I3:1 I4:1 I5:1 K6:1 K6:2", True),
        (TESTED, f"@test\ndef new():\n{REF}", "M1:0 I2:1 S-1:1 K3:2", False),
        (TESTED, f"@test\n@slow\n{REF}", "M1:0 I2:1 K3:1 K3:2", False),
        (TESTED, f"{REF}def new():\n", "K0:0 I1:1 K2:1 K2:2", False),
        ("limit = 1\ndef first():\n", f"limit = 1\n{NEW}{REF}", "M1:0 I2:1 I3:1 I4:1 K5:1", False),
        ("  @test\ndef first():\n", f"  @test\n{NEW}{REF}", "M1:0 I2:1 I3:1 I4:1 K5:1", False),
        ("# note\nrun()\n", f"# note\n{NEW}{REF}", "M1:0 I2:1 I3:1 I4:1 K5:1", False),
        ("@test\n\ndef first():\n", f"@test\n{NEW}{REF}", "M1:0 I2:1 I3:1 I4:1 K5:1 K5:2", False),
    ],
    ids=[
        "shown",
        "hidden",
        "both have one",
        "it gets another one",
        "its definition goes",
        "one more for the same",
        "it is hidden itself",
        "a line of its own",
        "a line further in",
        "on no definition",
        "apart from the definition",
    ],
)
def test_what_stands_on_a_definition_stays_on_it(
    original: str, snippet: str, words: str, taken: bool
) -> None:
    problem = problem_of(original, snippet.replace("//", "#"), "", "a.py")
    assert head_taken(problem, steps_of(words)) is taken


NESTED = "one {\n  two\n}\nthree {\n  four\n  five\n}\nsix\n"


@pytest.mark.parametrize(
    ("words", "leaves"),
    [
        ("M0:0 M1:1 R2:2 R2:3 M3:4", True),
        ("M0:0 M1:1 R2:2 R2:3 R2:4 M3:5", True),
        ("K0:0 K0:1 R2:2 R2:3 K3:4", True),
        ("M0:0 M1:1 R2:2 R2:3 R2:4 R2:5 M3:6", False),
        ("M0:0 R1:1 R1:2 R1:3 M2:4", False),  # further out than the one below only
        ("M0:4 R1:5 R1:6 M2:7", False),
        ("M0:3 R1:4 M2:5", False),
        ("R0:0 M1:1 M2:2", False),  # nothing stands above
        ("M0:1 R1:2 M2:3 M3:4 M4:5", False),
        ("M0:0 M1:1 M2:2 M3:3 M4:4", False),
    ],
)
def test_a_marker_stays_within_its_block(words: str, leaves: bool) -> None:
    problem = problem_of(NESTED, "one {\n  two\n// Plandex: removed code\n  five\n", "", "a.js")
    assert removal_leaves_block(problem, steps_of(words)) is leaves


def _unbalanced(original: str, snippet: str, words: str, said: str = "") -> bool:
    problem, steps = problem_of(original, snippet, said, "a.js"), steps_of(words)
    return unbalanced(problem, steps, group_hunks(problem, steps))


@pytest.mark.parametrize(
    ("snippet", "words", "said", "torn"),
    [
        ("first {\n  a\n}\n}\n", "M1:0 M2:1 M3:2 I4:3 K5:3 K5:4 K5:5", "", True),
        ("first {\n  a\n", "M1:0 M2:1 S-1:2 K3:3 K3:4 K3:5", "", True),
        ("first {\n  a\n", "M1:0 M2:1 S-1:2 I2:3 K3:3 K3:4 K3:5", "Type: add", False),
        ("first {\n  a\n", "M1:0 M2:1 R2:2 K3:3 K3:4 K3:5", "", True),
        ("first {\n  a\n}\n", "M1:0 M2:1 S-1:2 I3:3 K4:3 K4:4 K4:5", "", False),
        ("first {\n  a\n}\n", "M1:0 M2:1 I3:2 S-1:2 K4:3 K4:4 K4:5", "", False),
        ("new {\n  b\n}\n", "C1:0 C2:1 S-1:2 I3:3 K4:3 K4:4 K4:5", "", False),
        ("new {\n  b\n}\n", "I1:0 I2:0 I3:0 K4:0 K4:1 K4:2 K4:3 K4:4 K4:5", "", False),
        ("second {\n  a\n}\n", "S-1:0 S-1:1 S-1:2 M1:3 M2:4 M3:5", "", False),
    ],
    ids=[
        "one end too many",
        "an end goes",
        "an end is left out where code is added",
        "a marker takes an end",
        "an end is written anew",
        "an end is written anew above the old one",
        "a new form of a block",
        "a new block",
        "a whole block goes",
    ],
)
def test_ends_come_and_go_in_pairs(snippet: str, words: str, said: str, torn: bool) -> None:
    assert _unbalanced(TWO, snippet, words, said) is torn


def test_a_new_block_whose_end_is_further_in_than_its_head() -> None:
    new = "call(a,\n     b\n    )\nlast\n"
    assert not _unbalanced("last\n", new, "I1:0 I2:0 I3:0 M4:0")
    # The head stays, and gets one more end.
    assert _unbalanced("call(a,\n     b)\nlast\n", new, "M1:0 C2:1 I3:2 M4:2")


def test_one_end_too_many_within_a_new_form_of_a_block() -> None:
    original = "outer {\n  a {\n    b\n  }\n}\n"
    snippet = "other {\n  a {\n    b\n  }\n  }\n}\n"
    assert _unbalanced(original, snippet, "C1:0 M2:1 M3:2 M4:3 I5:4 M6:4")


def test_the_end_of_a_branch_goes_with_its_head() -> None:
    """Its `if` stays, and gets an end of its own."""
    original = "if a {\n  b\n} else {\n  c\n}\nd\n"
    assert _unbalanced(original, "if a {\n  b\n}\nd\n", "M1:0 M2:1 C3:2 S-1:3 S-1:4 M4:5")


SHOWN = f"first {{\n  {REF}}}\n"


@pytest.mark.parametrize(
    ("snippet", "words", "another"),
    [
        (f"{SHOWN}new()\n", "M1:0 K2:1 K2:2 K2:3 K2:4 M3:5 I4:6", True),
        (f"{SHOWN}\nnew()\n", "M1:0 K2:1 K2:2 K2:3 K2:4 M3:5 I4:6 I5:6", True),
        (f"{SHOWN}new()\n", "M1:0 K2:1 M3:2 I4:3 K5:3 K5:4 K5:5", False),
        (SHOWN, "M1:0 K2:1 K2:2 K2:3 K2:4 M3:5", False),
        (f"{SHOWN}new()\n", "I1:0 K2:0 K2:1 K2:2 K2:3 K2:4 M3:5 I4:6", False),
        (f"first {{\n  {REF}  a\nnew()\n", "M1:0 K2:1 K2:2 K2:3 M3:4 I4:5 K5:5", False),
        (f"{SHOWN}new()\n", "C1:0 K2:1 K2:2 K2:3 K2:4 M3:5 I4:6", True),
        (f"{SHOWN}new()\n", "M1:0 K2:1 K2:2 K2:3 K2:4 I3:5 I4:5 M5:5", False),
    ],
    ids=[
        "new code follows",
        "new code follows a gap",
        "its own end",
        "no new code",
        "a new head",
        "no closing line",
        "a new form of the head",
        "a new end",
    ],
)
def test_new_code_behind_the_end_of_another_block(snippet: str, words: str, another: bool) -> None:
    problem, steps = problem_of(TWO, snippet, "", "a.js"), steps_of(words)
    assert closes_another(problem, steps) is another
    assert blocks_differ(problem, steps, group_hunks(problem, steps)) is another


def test_new_code_behind_the_end_of_the_block_around() -> None:
    original = "outer {\n  inner {\n    a\n  }\n}\n"
    problem = problem_of(original, f"inner {{\n  {REF}}}\nnew()\n", "", "a.js")
    assert closes_another(problem, steps_of("K0:0 M1:1 K2:2 K2:3 M3:4 I4:5"))
    assert not closes_another(problem, steps_of("K0:0 M1:1 K2:2 M3:3 I4:4 K5:4"))


def test_new_code_in_the_place_of_a_line_behind_the_end_of_another_block() -> None:
    problem = problem_of(f"{TWO}third()\n", f"{SHOWN}new()\n", "", "a.js")
    words = "M1:0 K2:1 K2:2 K2:3 K2:4 M3:5 S-1:6 I4:7"
    assert closes_another(problem, steps_of(words))


NEW_ONE = "first {\n  a\n}\nnew {\n  b\n"


@pytest.mark.parametrize(
    ("original", "snippet", "words"),
    [
        (TWO, NEW_ONE + "\n}\n", "M1:0 M2:1 I3:2 I4:2 I5:2 D6:2 M7:2 K8:3 K8:4 K8:5"),
        (TWO, NEW_ONE + REF, "M1:0 M2:1 I3:2 I4:2 I5:2 O6:2 K6:2 K6:3 K6:4 K6:5"),
        ("first {\n  a\n\n}\n", NEW_ONE + "\n}\n", "M1:0 M2:1 I3:2 I4:2 I5:2 M6:2 M7:3"),
        ("}\nlast\n", "}\nnew {\n}\nlast\n", "I1:0 I2:0 M3:0 M4:1"),
    ],
    ids=[
        "a gap that goes between",
        "a reference keeps the old end",
        "a gap that stays between",
        "at the top",
    ],
)
def test_the_old_end_may_follow_at_a_distance(original: str, snippet: str, words: str) -> None:
    assert not _unbalanced(original, snippet, words)


@pytest.mark.parametrize(
    ("snippet", "words", "torn"),
    [
        ("first {\n  a\n}\nnew {\n  b\n}\n", "M1:0 M2:1 I3:2 I4:2 I5:2 M6:2 K7:3", False),
        ("first {\n  a\n},\nnew {\n  b\n}\n", "M1:0 M2:1 I3:2 I4:2 I5:2 M6:2 K7:3", False),
        ("first {\n  a\n\n}\nnew {\n  b\n}\n", "M1:0 M2:1 I3:2 I4:2 I5:2 I6:2 M7:2", False),
        ("first {\n  a\n  c\n}\nnew {\n  b\n}\n", "M1:0 M2:1 I3:2 I4:2 I5:2 I6:2 M7:2", True),
        ("first {\n  a\n])\nnew {\n  b\n}\n", "M1:0 M2:1 I3:2 I4:2 I5:2 M6:2 K7:3", True),
        ("first {\n  a\n}\nnew {\n  b\n}\n", "M1:0 I3:1 M2:1 I4:2 I5:2 M6:2 K7:3", True),
    ],
    ids=[
        "the old end comes first",
        "it gets a comma",
        "behind a gap",
        "behind other code",
        "another end",
        "a line that stays between",
    ],
)
def test_new_code_may_begin_with_the_end_above_it(snippet: str, words: str, torn: bool) -> None:
    """The text is the same as if the old line stood first and the new one below."""
    assert _unbalanced(TWO, snippet, words) is torn
    assert blocks_torn(problem_of(TWO, snippet, "", "a.js"), steps_of(words)) is torn
