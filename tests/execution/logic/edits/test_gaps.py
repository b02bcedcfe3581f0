"""Gaps that the snippet shows and the result would not have."""

import pytest

from tests.execution.logic.edits.handmade import REF, doubts_of

GAPPED = "alpha one\n\ngamma three\ndelta four\n"


@pytest.mark.parametrize(
    ("shown", "words", "doubtful"),
    [
        ("\n\n", "D3:1 M4:1 K5:2 K5:3", True),
        ("\n", "M3:1 K4:2 K4:3", False),
        ("\n", "D3:1 K4:1 K4:2 K4:3", False),
    ],
    ids=["one of two stays", "one of one", "the reference keeps it"],
)
def test_a_gap_beside_new_code_is_as_wide_as_shown(shown: str, words: str, doubtful: bool) -> None:
    snippet = f"alpha one\nnew\n{shown}{REF}"
    found = doubts_of(GAPPED, snippet, f"M1:0 I2:1 {words}", "Type: add", "a.txt")
    assert found == (["ambiguous_blank_lines"] if doubtful else [])


def test_a_gap_above_a_removal_is_lost_behind_a_reference_too() -> None:
    original = "  alpha one\n  beta two\ngamma three\ndelta four\n"
    snippet = "  # ... existing code ...\n\n# Plandex: removed code\ndelta four\n"
    words = "K0:0 K0:1 D1:2 R2:2 M3:3"
    found = doubts_of(original, snippet, words, "Type: remove", "a.py")
    assert found == ["ambiguous_blank_lines"]
    kept = original.replace("two\n", "two\n\n")
    words = "K0:0 K0:1 M1:2 R2:3 M3:4"
    assert doubts_of(kept, snippet, words, "Type: remove", "a.py") == []


@pytest.mark.parametrize(("new", "doubtful"), [("\n\n  new\n", True), ("  new\n", False)])
def test_one_of_two_places_has_a_wide_gap(new: str, doubtful: bool) -> None:
    original = "box {\n  one\n  two\n}\n\n\nlast\n"
    snippet = f"box {{\n  first\n  one\n  {REF}{new}}}\n"
    fresh = "I5:3 I6:3 I7:3 M8:3" if doubtful else "I5:3 M6:3"
    rest = "K9:4 K9:5 K9:6" if doubtful else "K7:4 K7:5 K7:6"
    words = f"M1:0 I2:1 M3:1 K4:2 {fresh} {rest}"
    found = doubts_of(original, snippet, words, "Type: add", "a.js")
    assert ("ambiguous_blank_lines" in found) is doubtful


@pytest.mark.parametrize(
    ("above", "words", "doubtful"),
    [
        ("\n", "K0:0 C1:1 M2:2", True),
        ("\n", "K0:0 S-1:1 I1:2 M2:2", True),
        ("\n", "K0:0 M1:1 C2:2", False),
        ("", "C1:0 M2:1", False),
    ],
    ids=["its first line changes", "its first line goes", "another line", "no gap"],
)
def test_code_below_the_gap_that_a_file_begins_with(above: str, words: str, doubtful: bool) -> None:
    snippet = "alpha 1\nbeta two\n" if "M2" in words else "alpha one\nbeta 2\n"
    found = doubts_of(f"{above}alpha one\nbeta two\n", snippet, words, "Type: replace", "a.txt")
    assert ("ambiguous_blank_lines" in found) is doubtful


@pytest.mark.parametrize(
    ("words", "doubtful"),
    [
        ("M1:0 I2:1 I3:1 K4:1 K4:2", True),
        ("M1:0 I2:1 D3:1 K4:1 K4:2", True),
        ("M1:0 I2:1 I3:1 M4:1 K5:2", False),
    ],
    ids=["by two", "by one of two shown", "between two lines that are shown"],
)
def test_a_gap_grows_where_nothing_is_new(words: str, doubtful: bool) -> None:
    rest = REF if "K4" in words else f"beta two\n{REF}"
    found = doubts_of(
        "alpha one\nbeta two\ngamma three\n", f"alpha one\n\n\n{rest}", words, "", "a.txt"
    )
    assert ("ambiguous_blank_lines" in found) is doubtful


@pytest.mark.parametrize(
    ("shown", "words", "lost"),
    [
        ("{}\n", "R2:1 D3:2 M4:2", True),
        ("\n{}", "D2:1 R3:1 M4:2", True),
        ("{}", "R2:1 M3:2", False),
        ("{}\n", "R2:1 I3:2 M4:2", False),
    ],
    ids=["below", "above", "no gap", "the gap is new"],
)
def test_a_gap_beside_a_removal_is_lost(shown: str, words: str, lost: bool) -> None:
    snippet = f"alpha one\n{shown.format('# Plandex: removed code' + chr(10))}gamma three\n"
    original = "alpha one\nbeta two\ngamma three\n"
    found = doubts_of(original, snippet, f"M1:0 {words}", "Type: remove", "a.py")
    assert ("ambiguous_blank_lines" in found) is lost
