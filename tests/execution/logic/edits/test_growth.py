"""New blank lines between new code and what a reference hides."""

import pytest

from execution.logic.edits.alignment.hunks import group_hunks
from execution.logic.edits.doubts.growth import odd_blanks, too_wide
from tests.execution.logic.edits.handmade import REF, problem_of, steps_of

FLAT = "one it\ntwo it\nthree it\n"
BEHIND = f"one it\nnew\n\n{REF}"
WIDER = f"one it\nnew\n\n\n{REF}"


def _odd(original: str, snippet: str, words: str, path: str = "a.ts") -> int:
    """How many new blank lines are odd."""
    problem, steps = problem_of(original, snippet, "", path), steps_of(words)
    return len(odd_blanks(problem, steps, group_hunks(problem, steps)))


@pytest.mark.parametrize(
    ("original", "snippet", "words", "odd"),
    [
        (FLAT, BEHIND, "M1:0 I2:1 I3:1 K4:1 K4:2", 0),
        ("one it\n\ntwo it\n", BEHIND, "M1:0 I2:1 I3:1 K4:1 K4:2", 1),
        ("one it\n\ntwo it\n", WIDER, "M1:0 I2:1 I3:1 I4:1 K5:1 K5:2", 2),
        ("one it\n\ntwo it\n", BEHIND, "M1:0 I2:1 I3:1 S-1:1 K4:2", 0),
        ("one it\n\n\ntwo it\n", BEHIND, "M1:0 I2:1 I3:1 S-1:1 S-1:2 K4:3", 0),
        (FLAT, BEHIND, "M1:0 S-1:1 I2:2 I3:2 K4:2", 1),
        (FLAT, BEHIND, "M1:0 C2:1 I3:2 K4:2", 1),
        ("one it\ntwo it\n\nthree it\n", BEHIND, "M1:0 S-1:1 I2:2 I3:2 S-1:2 K4:3", 0),
        ("one it\ntwo it\n\n\nend it\n", BEHIND, "M1:0 S-1:1 I2:2 I3:2 S-1:2 S-1:3 K4:4", 1),
        (FLAT, f"{REF}\nnew\ntwo it\n", "K0:0 I1:1 I2:1 M3:1 K4:2", 0),
        (FLAT, f"{REF}\nnew\nthree it\n", "K0:0 I1:1 I2:1 S-1:1 M3:2", 1),
        (FLAT, f"one it\n\nnew\ntwo it\n{REF}", "M1:0 I2:1 I3:1 M4:1 K5:2", 0),
    ],
    ids=[
        "a gap where none was",
        "a gap that grows",
        "a gap that grows by two",
        "a gap that is written anew",
        "a gap that shrinks",
        "none was below code that goes",
        "none was below code that changes",
        "the gap of code that goes",
        "a smaller one than that of code that goes",
        "a gap above where none was",
        "none was above code that goes",
        "a line is shown",
    ],
)
def test_gaps_grow_only_where_they_were(original: str, snippet: str, words: str, odd: int) -> None:
    assert _odd(original, snippet, words) == odd


@pytest.mark.parametrize(
    ("above", "below", "odd"),
    [("// about two", "two it", 1), ("about two", "two it", 0), ("about two", "// two", 0)],
)
def test_a_comment_is_not_cut_off_from_what_it_speaks_of(above: str, below: str, odd: int) -> None:
    original = f"one it\n{above}\n{below}\nlast\n"
    assert _odd(original, f"{REF}\nnew\n{below}\n", "K0:0 K0:1 I1:2 I2:2 M3:2 K4:3") == odd
    apart = original.replace(f"{above}\n", f"{above}\n\n")
    assert _odd(apart, f"{REF}\nnew\n{below}\n", "K0:0 K0:1 I1:2 S-1:2 I2:3 M3:3 K4:4") == 0
    assert _odd(original, f"{above}\nnew\n\n{REF}", "K0:0 M1:1 I2:2 I3:2 K4:2 K4:3") == 0


@pytest.mark.parametrize(
    ("original", "odd"),
    [
        (FLAT, 2),
        ("one it\ntwo it\nthree it\n\n\nlast it\n", 0),
        ("one it\ntwo it\nthree it\n\nlast it\n", 2),
        ("one it\ntwo it\nthree it\n\n\n", 0),  # the file ends in such a gap
        ("one it\ntwo it\n  a\n\n\n  b\n", 0),
    ],
)
def test_a_gap_is_no_wider_than_the_widest_of_the_file(original: str, odd: int) -> None:
    count = len(original.splitlines())
    kept = " ".join(f"K5:{line}" for line in range(1, count))
    assert _odd(original, WIDER, f"M1:0 I2:1 I3:1 I4:1 {kept}") == odd


def test_the_gap_that_a_file_begins_with_is_counted_once() -> None:
    assert _odd("\n" + FLAT, WIDER, "K0:0 M1:1 I2:2 I3:2 I4:2 K5:2 K5:3") == 2


def test_a_gap_above_the_first_line_grows() -> None:
    assert _odd("\none it\ntwo it\n", f"new\n\n{REF}", "I1:0 I2:0 K3:0 K3:1 K3:2") == 1


def test_one_new_line_is_no_wide_gap_behind_code_that_a_marker_takes() -> None:
    original = "one it\ngone it\n\nlast it\n"
    snippet = f"{REF}// Plandex: removed code\n\n\nnew\nlast it\n"
    assert _odd(original, snippet, "K0:0 R1:1 M2:2 I3:3 I4:3 M5:3") == 0


LIST = "import a\n\n\nbegin it\n"


@pytest.mark.parametrize(("new", "odd"), [("begin now", 1), ("import b", 0)])
def test_a_gap_that_shrinks_parts_nothing_that_goes_on(new: str, odd: int) -> None:
    snippet = f"import a\n{new}\n\n{REF}"
    assert _odd(LIST, snippet, "M1:0 I2:1 S-1:1 K4:2 K4:3") == odd


@pytest.mark.parametrize(
    ("new", "odd"),
    [
        ("new\nimport z", 1),  # any new line goes on the list above
        ("import z\nnew", 1),
        ("new\n  import z", 0),  # not one further in
        ("new\nother", 0),
    ],
)
def test_lines_of_one_list_are_not_parted_above(new: str, odd: int) -> None:
    original, snippet = "import a\nthen it\nend it\n", f"{REF}\n{new}\nthen it\n{REF}"
    assert _odd(original, snippet, "K0:0 I1:1 I2:1 I3:1 M4:1 K5:2") == odd


@pytest.mark.parametrize(
    ("new", "odd"), [("new\nimport z", 1), ("import z\nnew", 0), ("new\n  import z", 0)]
)
def test_lines_of_one_list_are_not_parted_below(new: str, odd: int) -> None:
    """There only the last new line is beside the list."""
    original, snippet = "start it\nimport a\nend it\n", f"start it\n{new}\n\n{REF}"
    assert _odd(original, snippet, "M1:0 I2:1 I3:1 I4:1 K5:1 K5:2") == odd


BOX = "box {\n  one\n  two\n}\n\n\nlast\n"
WIDE = "box {\n  one\n  two\n\n\n  three\n}\n"


@pytest.mark.parametrize(
    ("original", "gap", "words", "wide"),
    [
        (BOX, 2, "M1:0 K2:1 I3:2 I4:2 I5:2 M6:2", True),
        (BOX, 1, "M1:0 K2:1 I3:2 I4:2 M5:2", False),
        (WIDE, 2, "M1:0 K2:1 I3:2 I4:2 I5:2 M6:2", False),
        (WIDE, 3, "M1:0 K2:1 I3:2 I4:2 I5:2 I6:2 M7:2", True),
        (BOX.replace("one\n", "one\n\n"), 1, "M1:0 K2:1 K2:2 I3:3 I4:3 M5:3", True),
        (BOX, 2, "M1:0 K2:1 D3:2 I4:2 I5:2 M6:2", False),
        (BOX, 3, "M1:0 K2:1 D3:2 I4:2 I5:2 I6:2 M7:2", True),
        (BOX, 3, "M1:0 K2:1 I3:2 D4:2 I5:2 I6:2 M7:2", True),
        (BOX, 2, "M1:0 K2:1 I3:2 O6:2 I4:2 I5:2 M6:2", True),
        (BOX.replace("one\n", "one\n\n\n"), 0, "M1:0 K2:1 S-1:2 S-1:3 I3:4 M4:4", False),
    ],
    ids=[
        "two lines",
        "one line",
        "as wide as another one",
        "wider than all others",
        "one that is kept and one that is new",
        "one of two",
        "two of three",
        "the outer two of three",
        "a marker between",
        "lines that go",
    ],
)
def test_how_far_new_code_stands_from_the_code_of_its_block(
    original: str, gap: int, words: str, wide: bool
) -> None:
    blanks = "\n" * gap
    problem = problem_of(original, f"box {{\n  {REF}{blanks}  new\n  two\n", "", "a.js")
    steps = steps_of(words)
    (hunk,) = group_hunks(problem, steps)
    assert too_wide(problem, steps, hunk) is wide


def test_a_block_may_be_indented_by_one() -> None:
    problem = problem_of("a {\n one\n two\n}\n", f"a {{\n {REF}\n\n new\n two\n", "", "a.js")
    steps = steps_of("M1:0 K2:1 I3:2 I4:2 I5:2 M6:2")
    assert too_wide(problem, steps, group_hunks(problem, steps)[0])


def test_at_the_margin_width_says_nothing() -> None:
    problem = problem_of(FLAT, f"{REF}\n\nnew\ntwo it\n", "", "a.js")
    steps = steps_of("K0:0 I1:1 I2:1 I3:1 M4:1 K5:2")
    assert not too_wide(problem, steps, group_hunks(problem, steps)[0])


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ("box {\n  one\n\n\n  new\n  two\n", "M1:0 M2:1 I3:2 I4:2 I5:2 M6:2"),
        (f"box {{\n  {REF}\n\n  // Plandex: removed code\n}}\n", "M1:0 K2:1 D3:2 D4:2 R5:2 M6:3"),
    ],
    ids=["below a line that is shown", "nothing is new"],
)
def test_elsewhere_width_says_nothing(snippet: str, words: str) -> None:
    problem, steps = problem_of(BOX, snippet, "", "a.js"), steps_of(words)
    assert not too_wide(problem, steps, group_hunks(problem, steps)[0])
