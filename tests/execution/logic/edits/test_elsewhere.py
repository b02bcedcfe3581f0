"""Lines that stand once more in what the references beside them cover."""

import pytest

from execution.logic.edits.readings.elsewhere import fits_elsewhere
from tests.execution.logic.edits.handmade import REF, problem_of, steps_of

FILE = "a one\nb two\nc three\na one\nb two\nd four\n"
REST = "K{0}:2 K{0}:3 K{0}:4 K{0}:5"


@pytest.mark.parametrize(
    ("shown", "words", "fits"),
    [
        ("a one\nb two\n", "M1:0 M2:1 " + REST.format(3), False),
        ("a one\nb two\n\n", "M1:0 M2:1 I3:2 " + REST.format(4), False),
        ("a one\nb two\nnew\n", "M1:0 M2:1 I3:2 " + REST.format(4), True),
        ("a one\nnew\n", "M1:0 C2:1 " + REST.format(3), True),
        ("a one\n", "M1:0 S-1:1 " + REST.format(2), True),
        ("a one\n// Plandex: removed code\n", "M1:0 R2:1 " + REST.format(3), True),
        ("new\nb two\n", "S-1:0 I1:1 M2:1 " + REST.format(3), True),
        ("new\nb two\n", "I1:0 K0:0 M2:1 " + REST.format(3), False),
        ("a one\nnew\n", "M1:0 S-1:1 S-1:2 I2:3 K3:3 K3:4 K3:5", False),
        ("new\n", "S-1:0 I1:1 K2:1 " + REST.format(2), False),
    ],
    ids=[
        "nothing changes",
        "only a gap is new",
        "new code",
        "a new form",
        "a line goes",
        "a marker takes a line",
        "the first line goes",
        "new code in another stretch",
        "the third line is another one",
        "no line is shown",
    ],
)
def test_a_stretch_that_changes_stands_there_once_more(shown: str, words: str, fits: bool) -> None:
    problem = problem_of(FILE, f"{shown}{REF}", "", "a.txt")
    assert fits_elsewhere(problem, steps_of(words)) is fits


def test_it_may_stand_above() -> None:
    problem = problem_of(FILE, f"{REF}a one\nb two\nnew\nd four\n", "", "a.txt")
    words = "K0:0 K0:1 K0:2 M1:3 M2:4 I3:5 M4:5"
    assert not fits_elsewhere(problem, steps_of(words))  # the last line is another one
    assert fits_elsewhere(problem, steps_of(words.replace("M4:5", "K4:5")))


@pytest.mark.parametrize(
    ("original", "fits"),
    [
        ("a one\n\nb two\nc three\na one\nb two\n", True),  # gaps do not count
        ("a one\nb two\nc three\n\na one\n\nb two\n", True),
        ("a one\nb two\na one\nb two\n", True),
        ("a one\nb two\nc three\na one\nx\nb two\n", False),
        ("a one\nb two\nc three\na one\n", False),
        ("a one\nb two\nc three\nb two\n", False),
        ("a one\nb two\nc three\nfirst:\n  a one\n  b two\n", False),
    ],
)
def test_it_stands_there_line_by_line(original: str, fits: bool) -> None:
    snippet = f"a one\nb two\nnew\n{REF}"
    lines = original.splitlines()
    second = lines.index("b two")
    words = "M1:0 " + ("S-1:1 " if second == 2 else "") + f"M2:{second} I3:{second + 1} "
    words += " ".join(f"K4:{line}" for line in range(second + 1, len(lines)))
    problem = problem_of(original, snippet, "", "a.txt")
    assert fits_elsewhere(problem, steps_of(words)) is fits


def test_a_place_in_another_block_is_another_place() -> None:
    original = "def a():\n    go\n    run\ndef b():\n    go\n    run\nend\n"
    snippet = "def a():\n    go\n    run\n    new\n# ... existing code ...\n"
    words = "M1:0 M2:1 M3:2 I4:3 K5:3 K5:4 K5:5 K5:6"
    assert not fits_elsewhere(problem_of(original, snippet, "", "a.py"), steps_of(words))
    bare = "    go\n    run\n    new\n# ... existing code ...\n"
    words = "K0:0 M1:1 M2:2 I3:3 K4:3 K4:4 K4:5 K4:6"
    assert fits_elsewhere(problem_of(original, bare, "", "a.py"), steps_of(words))


def test_what_markers_and_gaps_in_a_row_cover_stands_together() -> None:
    problem = problem_of(FILE, f"a one\nb two\nnew\n{REF}", "", "a.txt")
    for between in ("O5:3 K5:3 K5:4 K5:5", "D5:3 K4:3 K4:4 K4:5"):
        words = f"M1:0 M2:1 I3:2 O4:2 K4:2 {between}"
        assert fits_elsewhere(problem, steps_of(words))
