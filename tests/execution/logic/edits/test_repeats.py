"""New code that holds code of the file which stands beside it."""

from collections.abc import Callable, Sequence

import pytest

from execution.logic.edits.alignment.align import Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import Hunk, group_hunks
from execution.logic.edits.doubts.repeats import (
    has_old_form_below,
    known_beside,
    repeats_beside,
    repeats_kept,
    shows_removed,
)
from tests.execution.logic.edits.handmade import REF, doubts_of, problem_of, steps_of

Doubt = Callable[[Problem, Sequence[Step], Hunk], bool]

FLAT = "alpha one\nbeta two\ngamma three\ndelta four\n"
SNIPPET = "alpha one\n// Plandex: removed code\nbeta two\ndelta four\n"


@pytest.mark.parametrize(
    ("said", "doubtful"),
    [("", True), ("\nReplace: lines 2-3", False), ("\nReplace: lines 3-4", True)],
    ids=["not declared", "declared", "declared elsewhere"],
)
def test_it_was_meant_to_stay_unless_just_these_lines_were_to_go(said: str, doubtful: bool) -> None:
    found = doubts_of(FLAT, SNIPPET, "M1:0 R2:1 R2:2 I3:3 M4:3", f"Type: replace{said}", "a.txt")
    assert ("unused_anchor" in found) is doubtful


@pytest.mark.parametrize(
    ("said", "doubtful"),
    [("", True), ("\nReplace: line 2", False), ("\nReplace: line 4", True)],
    ids=["not declared", "declared", "declared elsewhere"],
)
def test_code_that_a_reference_keeps_stands_there_already(said: str, doubtful: bool) -> None:
    original = "alpha one\nold thing\ncall(the very same long code)\nomega four\n"
    snippet = f"alpha one\nthe very same long code,\n{REF}"
    words = "M1:0 I2:1 S-1:1 K3:2 K3:3"
    found = doubts_of(original, snippet, words, f"Type: replace{said}", "a.txt")
    assert ("unused_anchor" in found) is doubtful


def _asked(doubt: Doubt, original: str, snippet: str, words: str) -> bool:
    problem, steps = problem_of(original, snippet, "", "a.txt"), steps_of(words)
    (hunk,) = group_hunks(problem, steps)
    return doubt(problem, steps, hunk)


LINES = "".join(f"{name} line\n" for name in ("one", "two", "three", "four", "five", "six"))


@pytest.mark.parametrize(
    ("snippet", "words", "known"),
    [
        (f"one line\nnew\nfour line\ntwo line\n{REF}", "M1:0 I2:1 I3:1 M4:1 K5:2 K5:3", False),
        (f"six line\nnew\none line\n{REF}", "M1:5 I2:6 I3:6", False),
        (f"{REF}six line\nnew\nsix line\n", "K0:0 K0:1 K0:2 K0:3 K0:4 M1:5 I2:6 I3:6", False),
        (f"{REF}two line\nnew\n", "K0:0 K0:1 K0:2 K0:3 K0:4 K0:5 I1:6 I2:6", False),
        (f"{REF}three line\nnew\n", "K0:0 K0:1 K0:2 K0:3 K0:4 K0:5 I1:6 I2:6", True),
        (f"{REF}new\nthree line\n", "K0:0 K0:1 K0:2 K0:3 K0:4 K0:5 I1:6 I2:6", False),
        (f"new\nfour line\n{REF}", "I1:0 I2:0 K3:0 K3:1 K3:2 K3:3 K3:4 K3:5", True),
        (f"new\nfive line\n{REF}", "I1:0 I2:0 K3:0 K3:1 K3:2 K3:3 K3:4 K3:5", False),
        (f"four line\nnew\n{REF}", "I1:0 I2:0 K3:0 K3:1 K3:2 K3:3 K3:4 K3:5", False),
        (f"one line\n// Plandex: removed code\n{REF}", "M1:0 R2:1 K3:2 K3:3 K3:4 K3:5", False),
    ],
    ids=[
        "no reference below",
        "nothing below",
        "a line that is shown",
        "five lines above",
        "four lines above",
        "it ends so above",
        "four lines below",
        "five lines below",
        "it begins so below",
        "nothing is new",
    ],
)
def test_new_code_ends_in_a_line_that_the_reference_keeps(
    snippet: str, words: str, known: bool
) -> None:
    assert _asked(known_beside, LINES, snippet, words) is known


ABOVE, BELOW = "M1:0 M2:1 M3:2", "K{}:3 K{}:4 K{}:5"


@pytest.mark.parametrize(
    ("new", "repeats"),
    [
        ("one line\ntwo line\nthree line", True),
        ("two line\nthree line", True),
        ("one line\nthree line\nnew", True),  # the one between was forgotten
        ("one line\ntwo line", False),  # not up to the new code
        ("three line\nnew", False),  # one line may come again
        ("three line", False),
        ("new\ntwo line\nthree line", False),
        ("three line\ntwo line", False),
        ("one line\n\nthree line", True),  # gaps do not count
        ("four line\nfive line\nsix line", True),
        ("four line\nfive line", True),
        ("new\nfour line\nsix line", True),
        ("five line\nsix line", False),
        ("new\nfour line", False),
        ("four line\nfive line\nnew", False),
    ],
)
def test_new_code_repeats_what_stands_beside_it(new: str, repeats: bool) -> None:
    count = new.count("\n") + 1
    snippet = f"one line\ntwo line\nthree line\n{new}\n{REF}"
    fresh = " ".join(f"I{4 + number}:3" for number in range(count))
    words = f"{ABOVE} {fresh} {BELOW.replace('{}', str(4 + count))}"
    assert _asked(repeats_beside, LINES, snippet, words) is repeats


@pytest.mark.parametrize(("word", "repeats"), [("abcd", True), ("abc", False)])
def test_lines_of_four_letters_tell(word: str, repeats: bool) -> None:
    original = f"{word}\nlonger\nend\n"
    snippet = f"{word}\nlonger\n{word}\nlonger\n{REF}"
    assert _asked(repeats_beside, original, snippet, "M1:0 M2:1 I3:2 I4:2 K5:2") is repeats


@pytest.mark.parametrize(
    ("name", "words", "old"),
    [
        ("abce", "I2:1 S-1:1 K3:2 K3:3 K3:4", True),  # four fifths of the pairs are the same
        ("abcxyz", "I2:1 S-1:1 K3:2 K3:3 K3:4", False),
        ("abce", "S-1:1 I2:2 K3:2 K3:3 K3:4", True),
        ("abce", "I2:1 S-1:1 M3:2 K4:3 K4:4", False),
    ],
)
def test_the_line_that_a_reference_keeps_is_the_old_form(name: str, words: str, old: bool) -> None:
    original = "first\ngone\ndef abcd():\nlater it\nend\n"
    shown = "" if "K3:2" in words else "def abcd():\n"
    snippet = f"first\ndef {name}():\n{shown}{REF}"
    assert _asked(has_old_form_below, original, snippet, f"M1:0 {words}") is old


@pytest.mark.parametrize(("shown", "old"), [(0, True), (2, True), (3, False)])
def test_an_old_form_stands_near(shown: int, old: bool) -> None:
    between = [f"number {number}" for number in range(3)]
    original = "\n".join(["first", "gone", *between[:shown], "def abcd():", "end", ""])
    snippet = "\n".join(["first", "def abce():", *between[:shown], REF])
    kept = " ".join(f"M{3 + number}:{2 + number}" for number in range(shown))
    words = f"M1:0 I2:1 S-1:1 {kept} K{3 + shown}:{2 + shown} K{3 + shown}:{3 + shown}"
    assert _asked(has_old_form_below, original, snippet, words) is old


@pytest.mark.parametrize(
    ("line", "shows"), [("abcdef", True), ("  abcdef", True), ("abcde)", False), ("other", False)]
)
def test_a_line_of_six_letters_tells_what_a_marker_takes(line: str, shows: bool) -> None:
    problem = problem_of(
        "first\n  abcdef\n  abcde)\nend\n",
        f"first\n// Plandex: removed code\n{line}\nend\n",
        "",
        "a.txt",
    )
    (hunk,) = group_hunks(problem, steps_of("M1:0 R2:1 R2:2 I3:3 M4:3"))
    assert shows_removed(problem, hunk) is shows


CALL = "call(the very long codes)"


@pytest.mark.parametrize(
    ("new", "gone", "far", "repeats"),
    [
        ("the very long codes", "old", 0, True),  # sixteen letters
        ("the very long code", "old", 0, False),
        ("the very long codes,", "old", 3, True),
        ("the very long codes,", "old", 4, False),
        ("the very long codes", "the very long codes()", 0, False),  # the new form of that line
        ("other code that is as long", "old", 0, False),
    ],
)
def test_new_code_holds_code_that_a_reference_keeps(
    new: str, gone: str, far: int, repeats: bool
) -> None:
    kept = [f"number {number}" for number in range(far)]
    original = "\n".join(["first", gone, *kept, CALL, "end", ""])
    words = "M1:0 I2:1 S-1:1 " + " ".join(f"K3:{2 + number}" for number in range(far + 2))
    assert _asked(repeats_kept, original, f"first\n{new}\n{REF}", words) is repeats


def test_new_code_may_repeat_code_where_nothing_goes() -> None:
    original, snippet = f"first\n{CALL}\nend\n", f"first\nthe very long codes\n{REF}"
    assert not _asked(repeats_kept, original, snippet, "M1:0 I2:1 K3:1 K3:2")


def test_the_new_form_of_one_of_two_lines_repeats_nothing() -> None:
    original = f"first\nold\nthe very long codes()\n{CALL}\nend\n"
    snippet = f"first\nthe very long codes\n{REF}"
    words = "M1:0 I2:1 S-1:1 S-1:2 K3:3 K3:4"
    assert not _asked(repeats_kept, original, snippet, words)
    assert _asked(repeats_kept, original.replace("codes()", "code()"), snippet, words)
