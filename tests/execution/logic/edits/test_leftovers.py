"""Old lines that have no new form: were they to go, or forgotten?"""

import pytest

from execution.logic.edits.alignment.align import Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import Hunk, group_hunks
from execution.logic.edits.doubts.leftovers import (
    leaves_one_over,
    leaves_out_one,
    loses_head,
    loses_used_name,
    name_lost,
)
from tests.execution.logic.edits.handmade import REF, problem_of, steps_of

FILE = "first line\nvalue one\nvalue two\nvalue three\nlast line\n"


def _read(
    original: str, snippet: str, words: str, path: str = "a.txt"
) -> tuple[Problem, list[Step], Hunk]:
    problem, steps = problem_of(original, snippet, "", path), steps_of(words)
    return problem, steps, group_hunks(problem, steps)[0]


def _left_over(original: str, new: str, words: str) -> bool:
    snippet = f"first line\n{new}last line\n"
    problem, _, hunk = _read(original, snippet, f"M1:0 {words} M5:4")
    return leaves_one_over(problem, hunk)


@pytest.mark.parametrize(
    ("new", "words", "over"),
    [
        ("value 1\nvalue 3\n", "C2:1 S-1:2 C3:3", True),
        ("value 1\nvalue 2\n", "C2:1 C3:2 S-1:3", False),
        ("value 2\nvalue 3\n", "S-1:1 C2:2 C3:3", False),
        ("value 1\nvalue 2\nvalue 3\n", "C2:1 C3:2 C4:3", False),
        ("value 3\n", "S-1:1 S-1:2 C2:3", False),
        ("value 1\nvalue 3\nmore\n", "C2:1 S-1:2 C3:3 I4:4", False),
        ("value 1\nvalue 3\n\n", "C2:1 S-1:2 C3:3 I4:4", True),
    ],
    ids=[
        "between two that have one",
        "behind them",
        "before them",
        "each has one",
        "only one has one",
        "there is new code as well",
        "there is a new gap as well",
    ],
)
def test_an_old_line_between_new_forms(new: str, words: str, over: bool) -> None:
    assert _left_over(FILE, new, words) is over


def test_a_gap_that_goes_between_new_forms_is_no_line() -> None:
    original = FILE.replace("value two", "")
    assert not _left_over(original, "value 1\nvalue 3\n", "C2:1 S-1:2 C3:3")


@pytest.mark.parametrize(
    ("new", "lost"),
    [
        ("one = 10\ntwo = 20\n", True),
        ("two = 20\nthree = 30\n", True),
        ("one = 10\nthree = 30\n", True),
        ("one = 10\nfour = 40\n", False),
        ("one = 10\nrun it\n", False),  # that line may stand for any of them
        ("one = 10\ntwo = 20\nthree = 30\n", False),
    ],
)
def test_of_named_lines_one_has_no_new_form(new: str, lost: bool) -> None:
    original = "first line\none = 1\ntwo = 2\nthree = 3\nlast line\n"
    count = new.count("\n")
    changed = [f"C{2 + number}:{1 + number}" for number in range(count)]
    words = " ".join(changed + [f"S-1:{1 + number}" for number in range(count, 3)])
    snippet = f"first line\n{new}last line\n"
    problem, _, hunk = _read(original, snippet, f"M1:0 {words} M{2 + count}:4")
    assert name_lost(problem, hunk) is lost
    assert leaves_one_over(problem, hunk) is lost


def test_names_that_go_without_new_code_are_not_forgotten() -> None:
    original = "first line\none = 1\nlast line\n"
    problem, _, hunk = _read(original, "first line\nlast line\n", "M1:0 S-1:1 M2:2")
    assert not name_lost(problem, hunk)


NESTED = "begin\n  each item:\n    take it\n    keep it\nend\n"


@pytest.mark.parametrize(
    ("new", "words", "loses"),
    [
        ("", "S-1:1 M2:2 M3:3", True),
        ("  other thing\n", "I2:1 S-1:1 M3:2 M4:3", True),
        ("  other thing:\n", "I2:1 S-1:1 M3:2 M4:3", False),  # it opens a block too
        ("  each thing\n", "I2:1 S-1:1 M3:2 M4:3", False),  # it begins as the old one does
        ("    each thing:\n", "I2:1 S-1:1 M3:2 M4:3", True),  # it stands elsewhere
        ("  other thing\n", "C2:1 M3:2 M4:3", False),  # the old one has a new form
    ],
)
def test_a_head_goes_and_its_block_stays(new: str, words: str, loses: bool) -> None:
    snippet = f"begin\n{new}    take it\n    keep it\nend\n"
    last = 4 + bool(new)
    assert loses_head(*_read(NESTED, snippet, f"M1:0 {words} M{last}:4")) is loses


def test_a_head_goes_with_its_block() -> None:
    snippet = "begin\n  other thing\nend\n"
    assert not loses_head(*_read(NESTED, snippet, "M1:0 I2:1 S-1:1 S-1:2 S-1:3 M3:4"))


@pytest.mark.parametrize(
    ("gone", "used", "loses"),
    [
        ("total = 1", "print(total)", True),
        ("total = 1", "print(totals)", False),
        ("total = 1", "total = 2", False),  # it has another one
        ("sum1 = 1", "print(sum1)", True),
        ("sum = 1", "print(sum)", False),  # three letters stand for many things
        ("a.total = 1", "print(a.total)", False),
        ("'total': 1,", "print(total)", True),
        ("#define N 3", "int a[N];", True),
        ("# define N 3", "int a[M];", False),
        ("plain words", "plain words again", False),
    ],
)
def test_a_name_goes_that_is_used(gone: str, used: str, loses: bool) -> None:
    original = f"first line\n{gone}\nlast line\n{used}\n"
    snippet = f"first line\nnew thing\nlast line\n{REF}"
    for going in ("I2:1 S-1:1", "C2:1"):
        words = f"M1:0 {going} M3:2 K4:3"
        assert loses_used_name(*_read(original, snippet, words)) is loses


def test_names_go_that_are_used_apart() -> None:
    original = "first line\ntotal = 1\nother = 2\nlast line\nprint(total)\nprint(other)\n"
    words = "M1:0 S-1:1 S-1:2 I2:3 M3:3 K4:4 K4:5"
    assert loses_used_name(*_read(original, f"first line\nnew\nlast line\n{REF}", words))


def test_a_name_that_a_new_line_gives_is_there() -> None:
    original = "first line\ntotal = 1\nlast line\nprint(total)\n"
    snippet = f"first line\ntotal = 2\nlast line\n{REF}"
    words = "M1:0 I2:1 S-1:1 M3:2 K4:3"
    assert not loses_used_name(*_read(original, snippet, words))


OLD = "the value one\nthe value two\nthe value six\n"


@pytest.mark.parametrize(
    ("old", "new", "left_out"),
    [
        (OLD, "the value 1\nthe value 6\n", True),
        (OLD, "the value 2\n", True),
        (OLD, "the value 1\nthe value 2\nthe value 6\n", False),
        (OLD, "the value 1\nquite other\n", False),
        (OLD, "quite other\n", False),
        (OLD, "", False),
        (OLD, "the value one\nquite other\n", True),
        (OLD, "the value one\nquite other\nmore of it\n", False),
        (OLD, "the value one\nquite other\nthe value six\n", False),
        (OLD, "quite other\nthe value six\nmore of it\nand more\n", True),
        ("abcde\nquite other\n", "abcdf\n", True),  # three quarters of the pairs are the same
        ("abcde\nquite other\n", "abcff\n", False),
        ("quite other\nabcde\n", "abcdf\n", True),
        ("abcdefghi\nquite other\nthird thing\n", "abcdefgh\nabcdefg\n", False),  # of one line
    ],
)
def test_one_new_form_too_few(old: str, new: str, left_out: bool) -> None:
    original, snippet = f"first line\n{old}last line\n", f"first line\n{new}last line\n"
    gone = " ".join(f"S-1:{1 + number}" for number in range(old.count("\n")))
    at = 1 + old.count("\n")
    fresh = " ".join(f"I{2 + number}:{at}" for number in range(new.count("\n")))
    words = f"M1:0 {gone} {fresh} M{2 + new.count(chr(10))}:{at}"
    problem, _, hunk = _read(original, snippet, words)
    assert leaves_out_one(problem, hunk) is left_out


@pytest.mark.parametrize(("count", "left_out"), [(40, True), (41, False)])
def test_so_many_lines_are_compared(count: int, left_out: bool) -> None:
    old = "".join(f"the value of number {n}\n" for n in range(count + 1))
    new = "".join(f"the value of number {n}!\n" for n in range(count))
    gone = " ".join(f"S-1:{1 + n}" for n in range(count + 1))
    fresh = " ".join(f"I{2 + n}:{count + 2}" for n in range(count))
    words = f"M1:0 {gone} {fresh} M{count + 2}:{count + 2}"
    texts = f"first line\n{old}last line\n", f"first line\n{new}last line\n"
    problem, _, hunk = _read(*texts, words)
    assert leaves_out_one(problem, hunk) is left_out
