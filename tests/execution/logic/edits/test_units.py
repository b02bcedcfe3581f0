"""New code as a unit, and what is held against a reading because of how it is told."""

import pytest

from execution.logic.edits.readings.units import in_units
from tests.execution.logic.edits.handmade import REF, problem_of, steps_of, structural, told_of

LIST = "<ul>\n  <li>\n    one\n  </li>\n  <li>\n    two\n  </li>\n</ul>\n"


def _in_units(original: str, snippet: str, words: str) -> str:
    steps = in_units(problem_of(original, snippet, "Type: replace", "a.html"), steps_of(words))
    return " ".join(f"{'MCIDKRSO'[step.op]}{step.token}:{step.line}" for step in steps)


@pytest.mark.parametrize(
    ("snippet", "words", "expected"),
    [
        (
            "<ul>\n  <li>\n    new\n  </li>\n  <li>\n    one\n",
            "M1:0 M2:1 I3:2 I4:2 I5:2 M6:2",
            "M1:0 I2:1 I3:1 I4:1 M5:1 M6:2",
        ),
        (
            "    one\n  </li>\n  <li>\n    new\n  </li>\n  <li>\n",
            "M1:2 I2:3 I3:3 I4:3 M5:3 M6:4",
            "M1:2 M2:3 I3:4 I4:4 I5:4 M6:4",
        ),
        (
            "    one\n  </li>\n  <li>\n    new\n  </li>\n  <li>\n",
            "M1:2 M2:3 I3:4 I4:4 I5:4 M6:4",
            "M1:2 M2:3 I3:4 I4:4 I5:4 M6:4",
        ),
        (
            "<ul>\n  <li>\n    new\n  </li>\n  <b>\n    one\n",
            "M1:0 M2:1 I3:2 I4:2 I5:2 M6:2",
            "M1:0 M2:1 I3:2 I4:2 I5:2 M6:2",
        ),
    ],
    ids=["it begins further up", "it begins further down", "it is one", "it ends otherwise"],
)
def test_new_code_is_a_unit(snippet: str, words: str, expected: str) -> None:
    assert _in_units(LIST, snippet, words) == expected


def test_new_code_at_the_top_is_a_unit() -> None:
    snippet = "</li>\n<li>\n</li>\n<p>\n"
    assert _in_units("</li>\n<p>\n", snippet, "I1:0 I2:0 M3:0 M4:1") == "M1:0 I2:1 I3:1 M4:1"


@pytest.mark.parametrize(("above", "begins"), [(199, True), (200, False)])
def test_it_begins_up_to_so_many_lines_further_up(above: int, begins: bool) -> None:
    lines = ["<p>", *(f"  line {number}" for number in range(500))]
    text = "\n".join([*lines, ""])
    count = len(lines)
    shown = [f"M{1 + n}:{n}" for n in range(above)]
    fresh = [f"I{1 + above + n}:{above}" for n in range(count)]
    rest = [f"M{1 + count + n}:{n}" for n in range(above, count)]
    found = _in_units(text, text + text, " ".join([*shown, *fresh, *rest]))
    assert found.startswith("I1:0 ") is begins


@pytest.mark.parametrize("between", ["D9:2", "O9:2"])
def test_a_gap_that_goes_or_an_empty_marker_parts_no_unit(between: str) -> None:
    snippet = "<ul>\n  <li>\n    new\n  </li>\n  <li>\n    one\n"
    words = f"M1:0 M2:1 I3:2 {between} I4:2 I5:2 M6:2"
    assert _in_units(LIST, snippet, words) == "M1:0 I2:1 I3:1 I4:1 M5:1 M6:2"


def test_lines_that_a_reference_covers_are_not_new() -> None:
    assert _in_units(LIST, "  <li>\n    new\n", "K0:0 K0:1 I2:2 I1:2 M3:2") == (
        "K0:0 K0:1 I2:2 I1:2 M3:2"
    )


@pytest.mark.parametrize(
    ("last", "torn"), [("  <li>", False), ("  <b>", True)], ids=["a unit", "none"]
)
def test_a_text_that_is_whole_tears_nothing(last: str, torn: bool) -> None:
    snippet = f"<ul>\n  <li>\n    new\n  </li>\n{last}\n    one\n  </li>\n{REF}"
    words = "M0:0 M1:1 I2:2 I3:2 I4:2 M5:2 M6:3 K7:4 K7:5 K7:6 K7:7"
    assert ("block_mismatch" in structural(LIST, snippet, words, "", "a.html")) is torn


@pytest.mark.parametrize(
    ("says", "leaves"),
    [
        ("Type: remove\nReplace: lines 3-4", False),
        ("Type: remove\nReplace: lines 3-5", True),
        ("Type: remove\nReplace: line 3", True),
        ("Type: replace\nReplace: lines 3-4", True),
        ("Type: remove", True),
    ],
)
def test_a_removal_leaves_its_block_where_that_is_declared(says: str, leaves: bool) -> None:
    original = "a {\n  one()\n#if x\n#if y\n  two()\n}\n"
    snippet = f"a {{\n  one()\n// Plandex: removed code\n  two()\n{REF}"
    found = structural(original, snippet, "M0:0 M1:1 R2:2 R2:3 M3:4 K4:5", says, "a.x")
    assert ("block_mismatch" in found) is leaves


FLAT = "alpha one\nbeta two\ngamma three\ndelta four\n"


@pytest.mark.parametrize(
    ("new", "off"),
    [("beta two\nnew", True), ("new\nbeta two", True), ("new\nnewer", False)],
)
def test_a_range_whose_line_comes_back_is_off(new: str, off: bool) -> None:
    case = f"alpha one\n{new}\ngamma three\n{REF}", "M1:0 S-1:1 I2:2 I3:2 M4:2 K5:3"
    assert ("range_mismatch" in told_of(FLAT, case, "Type: replace\nReplace: line 2")) is off


def test_one_range_of_two_is_off() -> None:
    case = (
        "alpha one\nbeta two\nnew\ngamma three\nnewer\n",
        "M1:0 S-1:1 I2:2 I3:2 M4:2 S-1:3 I5:4",
    )
    says = "Type: replace\nReplace: line 2\nType: replace\nReplace: line 4"
    assert "range_mismatch" in told_of(FLAT, case, says)
