"""Gaps that the snippet shows and the result would not have."""

import pytest

from execution.logic.edits.alignment.hunks import group_hunks
from execution.logic.edits.doubts.gaps import gap_doubt
from tests.execution.logic.edits.handmade import REF, doubts_of, problem_of, steps_of

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


def test_a_gap_does_not_grow_where_code_goes() -> None:
    """It stands in the place of the old one."""
    original = "alpha one\n\nbeta two\ngamma three\n"
    words = "K0:0 I1:1 S-1:1 S-1:2 M2:3"
    assert (
        doubts_of(original, f"{REF}\ngamma three\n", words, "Type: remove", "a.txt").count(
            "ambiguous_blank_lines"
        )
        == 0
    )


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


def _gap(original: str, snippet: str, words: str, path: str = "a.js") -> bool:
    problem, steps = problem_of(original, snippet, "", path), steps_of(words)
    return gap_doubt(problem, steps, group_hunks(problem, steps))


APART = "alpha one\n\nbeta two\nlast three\n"


@pytest.mark.parametrize(
    ("snippet", "words", "goes"),
    [
        (f"alpha one\nnew\n{REF}", "M1:0 I2:1 S-1:1 K3:2 K3:3", True),
        (f"alpha one\nnew\n{REF}", "M1:0 S-1:1 I2:2 K3:2 K3:3", True),
        (f"alpha one\nnew\n\n{REF}", "M1:0 I2:1 I3:1 S-1:1 K4:2 K4:3", False),
        (f"alpha one\nnew\n\n{REF}", "M1:0 I2:1 S-1:1 I3:2 K4:2 K4:3", False),
        (f"\nalpha one\nnew\n{REF}", "I1:0 M2:0 I3:1 S-1:1 K4:2 K4:3", True),
        (f"alpha one\nnew\n{REF}", "M1:0 I2:1 K3:1 K3:2 K3:3", False),
        (f"alpha one\nnew\nbeta two\n{REF}", "M1:0 I2:1 S-1:1 M3:2 K4:3", False),
        (f"alpha one\nnew\n{REF}", "M1:0 I2:1 S-1:1 S-1:2 K3:3", False),
        (f"{REF}new\nbeta two\n{REF}", "K0:0 I1:1 S-1:1 M2:2 K3:3", True),
    ],
    ids=[
        "below",
        "above",
        "written anew",
        "written anew behind it",
        "another gap is new",
        "kept",
        "all lines are shown",
        "code goes too",
        "beside",
    ],
)
def test_a_gap_goes_where_code_is_only_added(snippet: str, words: str, goes: bool) -> None:
    assert _gap(APART, snippet, words) is goes


SIGNS = "//\n// alpha one\n//\nbeta two\n"


@pytest.mark.parametrize(
    ("sign", "new", "doubled"),
    [("//", "//", True), ("// a", "// a", False), ("}", "}", False), ("", "", False)],
)
def test_a_sign_is_not_doubled(sign: str, new: str, doubled: bool) -> None:
    original = f"first\n{sign or 'x'}\nbeta two\nlast\n"
    snippet = f"first\nnew\n{new or 'y'}\n{sign or 'x'}\nbeta two\n{REF}"
    assert _gap(original, snippet, "M1:0 I2:1 I3:1 M4:1 M5:2 K6:3") is doubled
    assert not _gap(original, snippet, "M1:0 I2:1 I3:1 I4:1 M5:2 K6:3")


@pytest.mark.parametrize(
    ("shown", "words", "narrow"),
    [
        ("\n\n", "D2:1 D3:1 K4:1 K4:2", True),
        ("\n", "D2:1 K3:1 K3:2", False),
        ("\n\n", "M2:1 D3:2 K4:2 K4:3", False),
        ("\n\n\n", "M2:1 D3:2 D4:2 K5:2 K5:3", True),
    ],
)
def test_a_gap_between_a_line_and_a_reference_is_as_wide_as_shown(
    shown: str, words: str, narrow: bool
) -> None:
    original = APART if "M2" in words else APART.replace("\n\n", "\n")
    assert _gap(original, f"alpha one\n{shown}{REF}", f"M1:0 {words}") is narrow


@pytest.mark.parametrize(
    ("original", "snippet", "words", "unclear"),
    [
        ("\nalpha one\nbeta two\n", "new\nalpha one\n", "I1:0 K0:0 M2:1 K3:2", True),
        ("\nalpha one\nbeta two\n", "\nnew\nalpha one\n", "M1:0 I2:1 M3:1 M4:2", False),
        ("\nalpha one\nbeta two\n", "\nnew\nalpha one\n", "I1:0 I2:0 S-1:0 M3:1", True),
        ("\nalpha one\nbeta two\n", f"{REF}beta two\nnew\n", "K0:0 K0:1 M1:2 I2:3", False),
        ("alpha one\nbeta two\n", "new\nalpha one\nbeta two\n", "I1:0 M2:0 M3:1", False),
        ("alpha one\nbeta two\n", "\nnew\nalpha one\nbeta two\n", "I1:0 I2:0 M3:0 M4:1", False),
        ("\n\nalpha one\n", "\n\nnew\nalpha one\n", "M1:0 M2:1 I3:2 M4:2", False),
        ("\n\nalpha one\n", "\n\nnew\nalpha one\n", "M1:0 I2:1 I3:1 S-1:1 M4:2", True),
        ("\n\nalpha one\n", "\nnew\n\nalpha one\n", "M1:0 I2:1 M3:1 M4:2", True),
    ],
)
def test_other_code_comes_first(original: str, snippet: str, words: str, unclear: bool) -> None:
    assert _gap(original, snippet, words) is unclear
