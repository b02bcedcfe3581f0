"""Declared line ranges held against a reading."""

import pytest

from execution.logic.edits.alignment.hunks import group_hunks
from execution.logic.edits.doubts.ranges import gap_kept_in_range, hidden_in_range, range_doubts
from execution.logic.edits.text.description import parse_description
from tests.execution.logic.edits.handmade import REF, problem_of, steps_of

FILE = "".join(f"line {number} of it\n" for number in range(1, 15))
SEVENTH = f"{REF}line 6 of it\nnew\nline 8 of it\n{REF}"
READ = (
    "K0:0 K0:1 K0:2 K0:3 K0:4 M1:5 S-1:6 I2:7 M3:7 K4:8 K4:9 K4:10 K4:11 K4:12 K4:13"  # line 7 goes
)


def _doubts(said: str, words: str = READ, snippet: str = SEVENTH, text: str = FILE) -> list[str]:
    problem, steps = problem_of(text, snippet, said, "a.txt"), steps_of(words)
    return list(range_doubts(problem, group_hunks(problem, steps), parse_description(said)))


@pytest.mark.parametrize(
    ("says", "reasons"),
    [
        ("", []),
        ("Replace: line 7", []),
        ("Replace: lines 6-8", []),
        ("Replace: line 10", []),  # numbers are counted by the model
        ("Replace: line 11", ["range_mismatch"]),
        ("Replace: line 4", []),
        ("Replace: line 3", ["range_mismatch"]),
        ("Replace: lines 1-4", []),
        ("Replace: lines 7, 14", ["range_mismatch"]),
        ("Replace: lines 7, 9", []),
    ],
)
def test_what_goes_is_near_the_declared_lines(says: str, reasons: list[str]) -> None:
    assert _doubts(f"Type: replace\n{says}") == reasons


TWO = SEVENTH.replace("line 8 of it\n", "line 9 of it\n")
TWO_READ = "K0:0 K0:1 K0:2 K0:3 K0:4 M1:5 {} I2:8 M3:8 K4:9 K4:10 K4:11 K4:12 K4:13"


@pytest.mark.parametrize(
    ("gone", "says", "reasons"),
    [
        ("S-1:6 S-1:7", "7-8", []),
        ("S-1:6 S-1:7", "7-9", []),  # not all of them go: the numbers are estimates
        ("S-1:6 S-1:7", "7", ["outside_range"]),
        ("S-1:6 S-1:7", "8", ["outside_range"]),
        ("S-1:6 S-1:7", "6-7", []),
        ("S-1:6 R2:7", "7", ["outside_range"]),
    ],
)
def test_a_line_beyond_all_declared_ones_may_be_forgotten(
    gone: str, says: str, reasons: list[str]
) -> None:
    said = f"Type: replace\nReplace: lines {says}"
    assert _doubts(said, TWO_READ.format(gone), TWO) == reasons


@pytest.mark.parametrize(
    ("how", "reasons"),
    [("similar", ["outside_range"]), ("name", ["outside_range"]), ("separator", [])],
)
def test_a_line_that_gets_a_comma_did_not_go(how: str, reasons: list[str]) -> None:
    said = "Type: replace\nReplace: line 7"
    snippet = f"{REF}line 6 of it\nnew\nline 8 of it,\nline 9 of it\n{REF}"
    words = "K0:0 K0:1 K0:2 K0:3 K0:4 M1:5 S-1:6 I2:7 C3:7 M4:8 K5:9 K5:10 K5:11 K5:12 K5:13"
    problem, steps = problem_of(FILE, snippet, said, "a.txt"), steps_of(words, how)
    found = range_doubts(problem, group_hunks(problem, steps), parse_description(said))
    assert list(found) == reasons


@pytest.mark.parametrize(("last", "reasons"), [(10, []), (11, ["outside_range"])])
def test_what_goes_far_from_the_declared_lines_is_a_doubt(last: int, reasons: list[str]) -> None:
    gone = " ".join(f"S-1:{line}" for line in range(6, last))
    rest = " ".join(f"K4:{line}" for line in range(last + 1, 14))
    words = f"K0:0 K0:1 K0:2 K0:3 K0:4 M1:5 {gone} I2:{last} M3:{last} {rest}"
    snippet = SEVENTH.replace("line 8 of it", f"line {last + 1} of it")
    # One declared line stays, so that the numbers are estimates.
    assert _doubts("Type: replace\nReplace: lines 6-7", words, snippet) == reasons


def test_a_gap_in_a_range_need_not_go() -> None:
    text = FILE.replace("line 8 of it", "")
    said = "Type: replace\nReplace: lines 7-8"
    assert _doubts(said, TWO_READ.format("S-1:6 S-1:7"), TWO, text) == []
    words = "K0:0 K0:1 K0:2 K0:3 K0:4 M1:5 S-1:6 S-1:7 S-1:8 I2:9 M3:9 K4:10 K4:11 K4:12 K4:13"
    snippet = SEVENTH.replace("line 8", "line 10")
    assert _doubts(said, words, snippet, text) == ["outside_range"]


def test_a_range_may_end_behind_the_file() -> None:
    snippet = f"{REF}line 13 of it\nnew\n"
    kept = " ".join(f"K0:{line}" for line in range(12))
    said = "Type: replace\nReplace: lines 14-15"
    assert _doubts(said, f"{kept} M1:12 S-1:13 I2:14", snippet) == []


@pytest.mark.parametrize(
    ("says", "hidden"),
    [
        ("Replace: line 7", False),
        ("Replace: lines 5-7", True),
        ("Replace: line 5", True),
        ("Replace: lines 6-8", False),
        ("Replace: lines 8-9", True),
        ("Replace: line 9", True),
        ("Context: between `line 6 of it` and `line 8 of it`", False),
        ("Context: between `line 6 of it` and `line 10 of it`", True),  # the second is hidden
        ("Context: between `line 4 of it` and `line 8 of it`", True),  # the first is
        ("Context: between `line 5 of it` and `line 7 of it`", False),  # shown lines are between
        ("Context: before `line 9 of it`", False),
        ("", False),
    ],
)
def test_a_reference_keeps_lines_that_are_said_to_go(says: str, hidden: bool) -> None:
    said = f"Type: replace\n{says}"
    problem = problem_of(FILE, SEVENTH, said, "a.txt")
    assert hidden_in_range(problem, steps_of(READ), parse_description(said)) is hidden


def test_between_two_shown_lines_a_reference_may_stand() -> None:
    """What it keeps is not said to go, if both quoted lines are there to see."""
    snippet = f"{REF}line 6 of it\n{REF}line 8 of it\n{REF}"
    said = "Type: replace\nContext: between `line 6 of it` and `line 8 of it`"
    problem = problem_of(FILE, snippet, said, "a.txt")
    words = READ.replace("S-1:6 I2:7", "K2:6")
    assert not hidden_in_range(problem, steps_of(words), parse_description(said))
    said = "Type: replace\nReplace: line 7"
    assert hidden_in_range(problem, steps_of(words), parse_description(said))


@pytest.mark.parametrize(
    ("says", "kept"),
    [("7-8", True), ("8-9", True), ("8", True), ("7", False), ("7-9", False), ("6-7", False)],
)
def test_a_range_ends_in_a_gap_that_stays(says: str, kept: bool) -> None:
    said = f"Type: replace\nReplace: lines {says}"
    words = READ.replace("M3:7", "K4:7")
    text = FILE.replace("line 8 of it", "")
    problem = problem_of(text, SEVENTH, said, "a.txt")
    assert gap_kept_in_range(problem, steps_of(words), parse_description(said)) is kept
    # A line of code at that edge is another thing, and so is a gap that is shown.
    whole = problem_of(FILE, SEVENTH, said, "a.txt")
    assert not gap_kept_in_range(whole, steps_of(words), parse_description(said))
    shown = READ.replace("K4:8", "M4:8")
    assert not gap_kept_in_range(problem, steps_of(shown), parse_description(said))


@pytest.mark.parametrize(
    ("above", "gap", "below", "kept"),
    [("K", "M", "M", True), ("M", "M", "K", True), ("M", "M", "M", False), ("M", "K", "M", True)],
)
def test_a_gap_that_is_shown_beside_a_reference_stays_too(
    above: str, gap: str, below: str, kept: bool
) -> None:
    said = "Type: replace\nReplace: lines 8-9"
    text = FILE.replace("line 8 of it", "")
    words = READ.replace("S-1:6 I2:7 M3:7 K4:8", f"{above}1:6 {gap}3:7 {below}4:8")
    problem = problem_of(text, SEVENTH, said, "a.txt")
    assert gap_kept_in_range(problem, steps_of(words), parse_description(said)) is kept
