"""Whether a reading gains code where the explanation says so."""

import pytest

from execution.logic.edits import place_edit
from execution.logic.edits.doubts.declared import understood
from execution.logic.edits.doubts.gained import MAX_GAPS, gains_fit, raised
from execution.logic.edits.text.description import parse_description
from execution.logic.edits.text.structure import outline
from tests.execution.logic.edits.handmade import REF, problem_of, steps_of

ENDS = "a {\n  one()\n}\nlast()\n"


def _raised(snippet: str, words: str, original: str = ENDS) -> str:
    steps = raised(problem_of(original, snippet, "Type: replace", "a.js"), steps_of(words))
    return " ".join(f"{'MCIDKRSO'[step.op]}{step.token}:{step.line}" for step in steps)


@pytest.mark.parametrize(
    ("new", "words", "expected"),
    [
        ("}\nb {\n}\n", "M1:0 S-1:1 M2:2 I3:3 I4:3 M5:3", "M1:0 S-1:1 I2:2 I3:2 M4:2 M5:3"),
        ("}\nb {\n  }\n", "M1:0 S-1:1 M2:2 I3:3 I4:3 M5:3", "M1:0 S-1:1 M2:2 I3:3 I4:3 M5:3"),
        ("}\nb {\n}\n", "M1:0 K2:1 M2:2 I3:3 I4:3 M5:3", "M1:0 K2:1 M2:2 I3:3 I4:3 M5:3"),
        ("new()\n}\n}\n", "M1:0 S-1:1 I2:2 M3:2 I4:3 M5:3", "M1:0 S-1:1 I2:2 I3:2 M4:2 M5:3"),
        ("}\nb {\n}\n", "M1:0 S-1:1 M2:2 D9:3 I3:3 I4:3 M5:3", "M1:0 S-1:1 I2:2 I3:2 M4:2 M5:3"),
        ("}\nb {\n}\n", "M1:0 S-1:1 M2:2 O9:3 I3:3 I4:3 M5:3", "M1:0 S-1:1 I2:2 I3:2 M4:2 M5:3"),
        ("}\nb {\n}\n", "S-1:0 S-1:1 M2:2 I3:3 I4:3 M5:3", "S-1:0 S-1:1 I2:2 I3:2 M4:2 M5:3"),
    ],
    ids=[
        "it ends alike",
        "it ends otherwise",
        "nothing goes above",
        "something new stands above",
        "a gap that goes stands above",
        "an empty marker stands above",
        "all above goes",
    ],
)
def test_new_code_begins_right_behind_lines_that_go(new: str, words: str, expected: str) -> None:
    assert _raised(f"a {{\n{new}last()\n", words) == expected


def test_the_first_line_of_a_file_may_go() -> None:
    found = _raised("}\nb {\n}\nlast()\n", "S-1:0 M1:1 I2:2 I3:2 M4:2", "old()\n}\nlast()\n")
    assert found == "S-1:0 I1:1 I2:1 M3:1 M4:2"


GAPS = "one\ntwo\nthree\nfour\n"


@pytest.mark.parametrize(
    ("kinds", "fits"),
    [
        ("replace", True),
        ("add replace", True),
        ("replace add", False),
        ("add add replace", False),
        ("add", False),
    ],
)
def test_a_new_gap_may_be_an_addition_or_none(kinds: str, fits: bool) -> None:
    problem = problem_of(GAPS, "one\n\ntwo\nnew\nfour\n", "Type: replace", "a.txt")
    steps = steps_of("M1:0 I2:1 M3:1 S-1:2 I4:3 M5:3")
    said = parse_description("\n".join(f"Type: {kind}" for kind in kinds.split()))
    assert gains_fit(problem, steps, said) is fits


@pytest.mark.parametrize(("count", "fits"), [(MAX_GAPS, True), (MAX_GAPS + 1, False)])
def test_many_new_gaps_are_no_additions(count: int, fits: bool) -> None:
    lines = [f"line {number}" for number in range(count + 1)]
    problem = problem_of("\n".join(lines) + "\n", "\n\n".join(lines) + "\n", "", "a.txt")
    words = " ".join(f"M{2 * n + 1}:{n} I{2 * n + 2}:{n + 1}" for n in range(count))
    steps = steps_of(f"{words} M{2 * count + 1}:{count}")
    assert gains_fit(problem, steps, parse_description("Type: add")) is fits
    assert gains_fit(problem, steps, parse_description(""))


SPACED = "one\n\ntwo\n"


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        ("Type: replace\nReplace: line 2", "add"),
        ("Type: replace\nReplace: lines 1-2", "replace"),
        ("Type: replace\nReplace: lines 2-4", "replace"),
        ("Type: replace", "replace"),
        ("Type: remove\nReplace: line 2", "remove"),
    ],
)
def test_what_replaces_a_gap_is_an_addition(says: str, kind: str) -> None:
    lines = outline(tuple(SPACED.splitlines()), "a.txt")
    assert understood(parse_description(says), lines).changes[0].type == kind


def test_a_replaced_gap_says_where_the_new_code_stands() -> None:
    original = "class A {\n  one() {\n    a()\n  }\n\n}\n\nclass B {\n  two() {\n    b()\n  }\n}\n"
    snippet = (
        f"class A {{\n  {REF}  }}\n  new() {{\n    c()\n  }}\n}}\n\n"
        f"class B {{\n  {REF}  }}\n  newer() {{\n    d()\n  }}\n}}\n"
    )
    says = "Type: replace\nReplace: line 5\n\nType: add\nContext: after `}`\n"
    placed = place_edit(original=original, snippet=snippet, description=says, path="a.js")
    assert placed.status == "accepted"
    assert placed.text == original.replace("\n\n}", "\n  new() {\n    c()\n  }\n}").replace(
        "    b()\n  }\n", "    b()\n  }\n  newer() {\n    d()\n  }\n"
    )


@pytest.mark.parametrize(("last", "fits"), [("two", True), ("three", False)])
def test_new_code_that_goes_on_behind_other_new_code_is_no_place_of_its_own(
    last: str, fits: bool
) -> None:
    snippet = f"one\nnew\ntwo\nnewer\n{last}\nfour\n"
    problem = problem_of("one\ntwo\nfour\n", snippet, "Type: replace", "a.txt")
    steps = steps_of("M1:0 I2:1 M3:1 I4:2 I5:2 M6:2")
    assert gains_fit(problem, steps, parse_description("Type: add")) is fits
