"""Lines that hold new code in place, and references that stand for something."""

import pytest

from execution.logic.edits.doubts.anchors import (
    adjacent_markers,
    empty_reference,
    implied_beside_new,
    sandwiched,
    unused_anchor,
)
from execution.logic.edits.text.description import parse_description
from tests.execution.logic.edits.handmade import REF, problem_of, steps_of

FLAT = "alpha one\nbeta two\ngamma three\n"
MARKER = "// Plandex: removed code\n"
BLOCK = "alpha {\n  beta two\n}\ngamma three\n"


@pytest.mark.parametrize(
    ("original", "snippet", "words", "empty"),
    [
        (FLAT, f"alpha one\n{REF}beta two\n", "M1:0 M3:1 K4:2", True),
        (FLAT, f"alpha one\n{REF}gamma three\n", "M1:0 K2:1 M3:2", False),
        (FLAT, f"alpha one\nnew\n{REF}beta two\n", "M1:0 I2:1 M4:1 K5:2", True),
        (FLAT, f"{REF}alpha one\nnew\n", "M1:0 I2:1 K3:1 K3:2", False),
        (FLAT, f"{REF}new\nalpha one\n", "I1:0 M2:0 K3:1 K3:2", True),
        (FLAT, f"{MARKER}{REF}beta two\n", "R0:0 M2:1 K3:2", True),
        (FLAT, f"gamma three\n{REF}", "K0:0 K0:1 M1:2", False),
        (FLAT, f"gamma three\nnew\n{REF}", "K0:0 K0:1 M1:2 I2:3", True),
        (FLAT, f"gamma three\nnew\n\n{REF}", "K0:0 K0:1 M1:2 I2:3 D3:3", True),
        ("alpha one\n\nbeta two\n", f"alpha one\n{REF}beta two\n", "M1:0 K2:1 M3:2", True),
        (BLOCK, f"alpha {{\n  new\n  {REF}}}\n", "M1:0 I2:1 K3:1 M4:2 K5:3", False),
        (BLOCK, f"alpha {{\n  new\n  {REF}", "M1:0 S-1:1 I2:2 K3:2 K3:3", True),
        (BLOCK, f"alpha {{\n  new\n{REF}", "M1:0 S-1:1 I2:2 K3:2 K3:3", False),
        (BLOCK, f"alpha {{\n  beta two\n  {REF}", "M1:0 M2:1 K3:2 K3:3", False),
        (BLOCK, f"  {REF}gamma three\n", "K0:0 K0:1 K0:2 M1:3", False),
    ],
    ids=[
        "between neighbours",
        "between others",
        "beside new code",
        "at the beginning, beside a line",
        "at the beginning, beside new code",
        "behind a removal",
        "at the end, beside a line",
        "at the end, beside new code",
        "at the end, behind a gap",
        "only a gap",
        "at its depth",
        "behind new code, further out than its depth",
        "behind new code, at the margin",
        "behind a line, further out",
        "at the beginning, further out",
    ],
)
def test_a_reference_stands_for_code_at_its_depth(
    original: str, snippet: str, words: str, empty: bool
) -> None:
    assert empty_reference(problem_of(original, snippet, "", "a.js"), steps_of(words)) is empty


def test_a_marker_that_is_a_line_of_the_file_may_stand_for_nothing() -> None:
    original = f"zeta\n{REF}eta\n{FLAT}"
    problem = problem_of(original, f"alpha one\n{REF}beta two\n", "", "a.js")
    assert problem.tokens[2].dual
    assert not empty_reference(problem, steps_of("K0:0 K0:1 K0:2 M1:3 M3:4 K4:5"))


@pytest.mark.parametrize(
    ("snippet", "words", "unused"),
    [
        (f"alpha one\ngamma three\n{REF}", "M1:0 I2:1 K3:1 K3:2", True),
        (f"alpha one\n{REF}alpha one\n", "M1:0 K2:1 K2:2 I3:3", True),
        (f"alpha one\nnew\n{REF}", "M1:0 I2:1 K3:1 K3:2", False),
        ("alpha one\ngamma three\nbeta two\n", "M1:0 I2:1 M3:1 K4:2", False),
        (f"alpha one\ngamma three\n{REF}", "M1:0 K3:1 M2:2", False),
    ],
    ids=[
        "above a reference",
        "below a reference",
        "a new line",
        "beside no reference",
        "an anchor that is used",
    ],
)
def test_a_known_line_beside_a_reference_is_an_anchor(
    snippet: str, words: str, unused: bool
) -> None:
    assert unused_anchor(problem_of(FLAT, snippet, "", "a.js"), steps_of(words)) is unused


@pytest.mark.parametrize(
    ("line", "above", "below", "unused"),
    [
        ("ok", "", REF, True),
        ("ok", REF, "", True),
        ("x", "", REF, True),  # the next reference goes on from there
        ("x", REF, "", False),  # such a line is written again
        ("}", "", REF, False),
    ],
)
def test_what_a_short_line_holds(line: str, above: str, below: str, unused: bool) -> None:
    original = f"first it\nsecond it\n{line}\nlast it\n"
    snippet = f"first it\n{above}{line}\n{below}last it\n"
    steps = "K2:1 K2:2 I3:3 M4:3" if above else "I2:1 K3:1 K3:2 M4:3"
    problem = problem_of(original, snippet, "", "a.js")
    assert unused_anchor(problem, steps_of(f"M1:0 {steps}")) is unused


@pytest.mark.parametrize(
    ("snippet", "words", "beside"),
    [
        ("alpha one\nnew\n", "M1:0 I2:1 K3:1 K3:2", True),
        ("alpha one\nbeta 2\n", "M1:0 C2:1 K3:2", True),
        (f"alpha one\nnew\n{REF}", "M1:0 I2:1 K3:1 K3:2", False),
        ("gamma three\nnew\n", "K0:0 K0:1 M1:2 I2:3", False),
        ("new\ngamma three\n", "K0:0 K0:1 I1:2 M2:2", True),
        ("new\n\ngamma three\n", "K0:0 K0:1 I1:2 I2:2 M3:2", True),
        ("new\nalpha one\n", "I1:0 M2:0 K3:1 K3:2", False),
        ("beta two\nnew\ngamma three\n", "K0:0 M1:1 I2:2 M3:2", False),
    ],
)
def test_nobody_set_new_code_apart_from_the_rest(snippet: str, words: str, beside: bool) -> None:
    problem = problem_of(FLAT, snippet, "", "a.txt")
    assert implied_beside_new(problem, steps_of(words)) is beside


TWICE = "alpha one\nmark it\nbeta two\nmark it\n}\n}\n"


@pytest.mark.parametrize(
    ("snippet", "words", "said", "between"),
    [
        ("new\nmark it\nnewer\n", "I1:1 M2:1 I3:2", "", True),
        ("new\n\nmark it\n\nnewer\n", "I1:1 I2:1 M3:1 D4:2 I5:2", "", True),
        ("new\nmark it\nbeta two\nnewer\n", "I1:1 M2:1 M3:2 I4:3", "", False),
        ("new\nbeta two\nnewer\n", "I1:2 M2:2 I3:3", "", False),
        ("new\n}\nnewer\n", "I1:4 M2:4 I3:5", "", False),
        ("new\nmark it\n", "I1:1 M2:1", "", False),
        ("mark it\nnew\n", "M1:1 I2:2", "", False),
        ("beta 2\nmark it\nnew\n", "C1:2 M2:3 I3:4", "", True),
        ("new\nmark it\nbeta 2\n", "I1:1 M2:1 C3:2", "", True),
        ("beta 2\nmark it\nnew\n", "C1:2 M2:3 I3:4", "Type: replace\nReplace: line 3", False),
        (f"new\nmark it\n{REF}newer\n", "I1:1 M2:1 O3:2 I4:2", "", False),
        (f"new\n{REF}mark it\nnewer\n", "I1:1 K2:2 M3:3 I4:4", "", False),
        ("new\nnewer\n", "I1:1 I2:1", "", False),
    ],
    ids=[
        "a line of several",
        "with gaps",
        "one that is unique beside it",
        "one that is unique",
        "a closing line",
        "nothing new below",
        "nothing new above",
        "a changed line above",
        "a changed line below",
        "a declared line above",
        "a marker is passed below",
        "a reference above",
        "no line",
    ],
)
def test_common_lines_between_new_ones_may_be_new_themselves(
    snippet: str, words: str, said: str, between: bool
) -> None:
    problem = problem_of(TWICE, snippet, said, "a.js")
    assert sandwiched(problem, steps_of(words), parse_description(said)) is between


@pytest.mark.parametrize(
    ("snippet", "adjacent"),
    [
        (f"alpha\n{REF}{MARKER}omega\n", True),
        (f"alpha\n{MARKER}{REF}omega\n", True),
        (f"alpha\n{REF}\n\n{MARKER}omega\n", True),
        (f"alpha\n  {REF}{MARKER}omega\n", False),  # the depth says where it ends
        (f"alpha\n{MARKER}  {REF}omega\n", True),
        (f"alpha\n{REF}beta\n{MARKER}omega\n", False),
        (f"alpha\n{MARKER}{MARKER}omega\n", True),
        (f"alpha\n  {MARKER}{MARKER}omega\n", True),
        (f"alpha\n{REF}omega\n", False),
        (f"{MARKER}omega\n", False),
    ],
)
def test_markers_beside_each_other(snippet: str, adjacent: bool) -> None:
    assert adjacent_markers(problem_of("alpha\nbeta\nomega\n", snippet, "", "a.js")) is adjacent


@pytest.mark.parametrize(
    ("words", "unused"),
    [
        ("M1:0 I2:1 K3:1 K3:2", True),
        ("M1:0 I2:1 M3:1 K4:2", False),  # the references beside it cover no such line
        ("K0:0 K0:1 K0:2 I2:3", True),
        ("K0:0 K0:1 M1:2 I2:3", True),  # it stands just above
    ],
)
def test_an_anchor_could_have_been_one(words: str, unused: bool) -> None:
    problem = problem_of(FLAT, f"alpha one\ngamma three\n{REF}", "", "a.js")
    assert unused_anchor(problem, steps_of(words)) is unused
