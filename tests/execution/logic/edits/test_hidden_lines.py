"""Lines that a reference hides and that new code holds: were they to move, or forgotten?"""

from collections.abc import Callable, Sequence

import pytest

from execution.logic.edits.alignment.align import Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import Hunk, group_hunks
from execution.logic.edits.doubts.repeats import (
    has_old_form_elsewhere,
    moved_beside,
    repeats_hidden,
)
from tests.execution.logic.edits.handmade import REF, problem_of, steps_of

Doubt = Callable[[Problem, Sequence[Step], Hunk], bool]
LINES = "".join(f"{name} line\n" for name in ("one", "two", "three", "four", "five", "six"))


def _asked(doubt: Doubt, original: str, snippet: str, words: str) -> bool:
    problem, steps = problem_of(original, snippet, "", "a.txt"), steps_of(words)
    (hunk,) = group_hunks(problem, steps)
    return doubt(problem, steps, hunk)


@pytest.mark.parametrize(
    ("new", "words", "hidden"),
    [
        ("new\nthree line", "M1:0 I2:1 I3:1 K4:1 K4:2 K4:3 K4:4 K4:5", True),
        ("three line\nnew", "M1:0 I2:1 I3:1 K4:1 K4:2 K4:3 K4:4 K4:5", True),
        ("new\nfour line", "M1:0 I2:1 I3:1 K4:1 K4:2 K4:3 K4:4 K4:5", False),
        ("new\nthree line", "M1:0 I2:1 I3:1 K4:1 M4:2 K4:3 K4:4 K4:5", False),
        ("new\nthree line", "K0:0 K0:1 K0:2 K0:3 I2:4 I3:4 M4:4 K4:5", True),
        ("new\ntwo line", "K0:0 K0:1 K0:2 K0:3 I2:4 I3:4 M4:4 K4:5", False),
        ("new\nnewer", "M1:0 I2:1 I3:1 K4:1 K4:2 K4:3 K4:4 K4:5", False),
        ("three line", "M1:0 I2:1 K4:1 K4:2 K4:3 K4:4 K4:5", True),
    ],
    ids=[
        "the second below",
        "the second below comes first",
        "the third below",
        "it is shown",
        "the second above",
        "the third above",
        "others",
        "it is all that is new",
    ],
)
def test_a_new_line_stands_where_a_reference_hides_it(new: str, words: str, hidden: bool) -> None:
    snippet = f"one line\n{new}\nfive line\n{REF}"
    assert _asked(repeats_hidden, LINES, snippet, words) is hidden


@pytest.mark.parametrize(
    ("line", "rest", "hidden"),
    [
        ("abcdef", "end", True),
        ("abcde)", "end", False),  # too short to tell
        ("abcdef", "abcdef", False),  # the file has it twice
        ("  abcdef", "end", False),  # further in than the new code
        ("// abcdef", "end", False),  # it stands on what follows
    ],
)
def test_which_hidden_lines_tell(line: str, rest: str, hidden: bool) -> None:
    original, snippet = f"first\n{line}\n{rest}\n", f"first\nnew\n{line}\n{REF}"
    assert _asked(repeats_hidden, original, snippet, "M1:0 I2:1 I3:1 K4:1 K4:2") is hidden


LONG = "moved line of sixteen"


@pytest.mark.parametrize(
    ("line", "far", "kept", "moved"),
    [
        (LONG, 5, "K", True),
        (LONG, 6, "K", False),
        (LONG, 0, "M", False),  # it is shown where it stands
        ("abcdefgh ijklmnop", 0, "K", True),
        ("abcdefgh ijklmno)", 0, "K", False),
    ],
)
def test_a_line_below_what_goes_comes_elsewhere(
    line: str, far: int, kept: str, moved: bool
) -> None:
    between = [f"number {number}" for number in range(far)]
    original = "\n".join(["first", "gone", *between, line, "last", ""])
    snippet = f"first\nnew\n{REF}last\n{line}\n"
    stay = " ".join(f"K3:{2 + number}" for number in range(far))
    words = f"M1:0 I2:1 S-1:1 {stay} {kept}3:{2 + far} M4:{3 + far} I5:{4 + far}"
    problem, steps = problem_of(original, snippet, "", "a.txt"), steps_of(words)
    assert moved_beside(problem, steps, group_hunks(problem, steps)[0]) is moved
    below = steps_of(words.replace("I2:1 S-1:1", "S-1:1 I2:2"))
    assert moved_beside(problem, below, group_hunks(problem, below)[0]) is moved
    other = problem_of(original, snippet.replace(line, "other line of sixteen"), "", "a.txt")
    assert not moved_beside(other, steps, group_hunks(other, steps)[0])
    twice = problem_of(f"{original}{line}\n", snippet, "", "a.txt")
    assert not moved_beside(twice, steps, group_hunks(twice, steps)[0])


@pytest.mark.parametrize(
    ("new", "gone", "elsewhere", "old"),
    [
        ("total = count(first)", "other = 1", "total = count(last)", True),
        ("total = count(first)", "total = 1", "total = count(last)", False),  # its own old form
        ("total = count(first)", "other = 1", "sum = count(last)", False),
        ("total = count(first)", "other = 1", "total = 2", False),
        ("count first", "other = 1", "count last", False),  # it gives no name
        ("def abce():", "other = 1", "def abce(a, b):", False),
        ("abcd = 12", "other = 1", "abcd = 13", True),
        ("ab = 1", "other = 1", "ab = 2", True),  # four in five pairs of letters are the same
        ("ab = 1", "other = 1", "ab=2", False),
    ],
)
def test_an_old_form_stays_elsewhere(new: str, gone: str, elsewhere: str, old: bool) -> None:
    original = f"first\n{gone}\nbetween\n{elsewhere}\nlast\n"
    snippet = f"first\n{new}\nbetween\n{REF}"
    for words in ("I2:1 S-1:1", "C2:1"):
        steps = f"M1:0 {words} M3:2 K4:3 K4:4"
        assert _asked(has_old_form_elsewhere, original, snippet, steps) is old
    assert not _asked(has_old_form_elsewhere, original, snippet, "M1:0 I2:1 K3:1 K3:2 K3:3 K3:4")
