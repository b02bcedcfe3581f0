"""What speaks against a reading in which just the declared lines go."""

import pytest

from execution.logic.edits.readings.rivals import Rival
from tests.execution.logic.edits.handmade import REF, told_of

FLAT = "alpha one\nbeta two\ngamma three\ndelta four\n"
LINE_2 = "Type: replace\nReplace: line 2"
REPLACED = f"alpha one\nnew\ngamma three\n{REF}", "M1:0 S-1:1 I2:2 M3:2 K4:3"


def test_a_declared_change_is_certain() -> None:
    assert told_of(FLAT, REPLACED, LINE_2) == []


def test_other_readings_are_a_doubt() -> None:
    assert told_of(FLAT, REPLACED, LINE_2, rivals=(Rival(0, ()),)) == ["ambiguous_location"]
    assert told_of(FLAT, REPLACED, LINE_2, crowded=True) == ["ambiguous_location"]
    assert told_of(FLAT, REPLACED, LINE_2, blanks=True) == ["ambiguous_blank_lines"]


BLOCK = "alpha one {\n  beta two\n  gamma three\n}\nomega\n"
INNER = f"alpha one {{\n  {REF}  new\n{REF}"


@pytest.mark.parametrize(
    ("original", "snippet", "words", "doubtful"),
    [
        (FLAT, f"{REF}new\n{REF}", "K0:0 I1:1 K2:1 K2:2 K2:3", True),
        (FLAT, f"{REF}new\n{REF}", "K0:0 S-1:1 I1:2 K2:2 K2:3", True),
        (FLAT, f"{REF}new\ngamma three\n", "K0:0 S-1:1 I1:2 M2:2 K3:3", False),
        (FLAT, f"alpha one\nnew\n{REF}", "M1:0 S-1:1 I2:2 K3:2 K3:3", False),
        (FLAT, REF, "K0:0 S-1:1 K0:2 K0:3", False),
        (BLOCK, INNER, "M1:0 K2:1 K2:2 I3:3 K4:3 K4:4", False),
        (BLOCK, INNER, "M1:0 K2:1 I3:2 K4:2 K4:3 K4:4", True),
    ],
    ids=[
        "added",
        "replaced",
        "a line below",
        "a line above",
        "nothing is new",
        "at the end of a block",
        "within a block",
    ],
)
def test_new_code_between_two_references(
    original: str, snippet: str, words: str, doubtful: bool
) -> None:
    assert ("no_anchor" in told_of(original, (snippet, words), LINE_2, "a.js")) is doubtful


@pytest.mark.parametrize(
    ("original", "snippet", "words", "said"),
    [
        (FLAT, f"alpha one\nnew\n\n{REF}", "M1:0 S-1:1 I2:2 I3:2 K4:2 K4:3", LINE_2),
        (
            FLAT.replace("gamma three", ""),
            f"alpha one\nnew\n{REF}",
            "M1:0 S-1:1 I2:2 K3:2 K3:3",
            "Type: replace\nReplace: lines 2-3",
        ),
        (
            "\nalpha one\nbeta two\n",
            "new\nbeta two\n",
            "S-1:0 S-1:1 I1:2 M2:2",
            "Type: replace\nReplace: line 2",
        ),
        (FLAT, f"alpha one\n\nnew\n\n{REF}", "M1:0 D2:1 I3:1 D4:1 K5:1 K5:2 K5:3", "Type: add"),
    ],
    ids=["a new gap", "the range ends in a gap that stays", "the file begins so", "a gap is lost"],
)
def test_gaps_that_nobody_declared(original: str, snippet: str, words: str, said: str) -> None:
    assert "ambiguous_blank_lines" in told_of(original, (snippet, words), said)


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("beta two\nnew\n", "K0:0 K0:1 I1:2 I2:2 M3:2 K4:3"),
        ("other\n", "K0:0 K0:1 I1:2 M2:2 K3:3"),
    ],
)
def test_new_code_begins_as_what_a_reference_keeps(new: str, words: str) -> None:
    said = "Type: add\nContext: after `beta two`"
    found = told_of(FLAT, (f"{REF}{new}gamma three\n", words), said)
    assert ("unused_anchor" in found) is new.startswith("beta")


def test_new_code_repeats_lines_that_are_shown() -> None:
    snippet = f"alpha one\nbeta two\nalpha one\nbeta two\nnew\n{REF}"
    words = "M1:0 M2:1 I3:2 I4:2 I5:2 K6:2 K6:3"
    said = "Type: add\nContext: after `beta two`"
    assert "unused_anchor" in told_of(FLAT, (snippet, words), said)


def test_new_code_ends_in_a_comment_above_a_gap() -> None:
    original = FLAT.replace("beta", "\nbeta")
    said = "Type: add\nContext: after `alpha one`"
    for new, doubtful in (("// it says", True), ("it does", False)):
        snippet = f"alpha one\n{new}\n\n{REF}"
        found = told_of(original, (snippet, "M1:0 I2:1 M3:1 K4:2 K4:3 K4:4"), said)
        assert ("open_header" in found) is doubtful


def test_a_reference_that_stands_for_nothing() -> None:
    snippet = f"alpha one\nnew\n{REF}gamma three\n"
    assert "empty_reference" in told_of(FLAT, (snippet, "M1:0 S-1:1 I2:2 M4:2 K5:3"), LINE_2)


RANGE = "Replace: lines 2-4"
CLOSED = "first {\n  go\n}\nsecond()\nlast()\n"
NAMED = "first()\none = 1\ntwo = 2\nthree = 3\nlast()\n"
USED = "first()\ntotal = 1\nmore = 2\nthird()\nlast(total)\n"
FORMS = "first()\nold()\nolder()\noldest()\ndef abcd():\n"
HEADS = "first:\n  if one:\n  if two:\n    if three:\n      go()\n"


@pytest.mark.parametrize(
    ("original", "snippet", "words", "above", "below", "reason"),
    [
        (
            CLOSED,
            "first {\nnew()\nlast()\n",
            "M1:0 S-1:1 S-1:2 S-1:3 I2:4 M3:4",
            "first {",
            "last()",
            "block_mismatch",
        ),
        (
            NAMED,
            "first()\none = 10\ntwo = 20\nlast()\n",
            "M1:0 S-1:1 S-1:2 S-1:3 I2:4 I3:4 M4:4",
            "first()",
            "last()",
            "lines_dropped",
        ),
        (
            USED,
            f"first()\nnew()\n{REF}",
            "M1:0 S-1:1 S-1:2 S-1:3 I2:4 K3:4",
            "first()",
            "last(total)",
            "definition_lost",
        ),
        (
            FORMS,
            f"first()\ndef abce():\n{REF}",
            "M1:0 S-1:1 S-1:2 S-1:3 I2:4 K3:4",
            "first()",
            "def abcd():",
            "similar_line",
        ),
        (
            HEADS,
            "first:\nnew()\n      go()\n",
            "M1:0 S-1:1 S-1:2 S-1:3 I2:4 M3:4",
            "first:",
            "go()",
            "block_mismatch",
        ),
    ],
    ids=[
        "the end of a block goes",
        "a name goes",
        "a used name goes",
        "an old form stays",
        "a head",
    ],
)
def test_what_quotes_leave_open_a_range_settles(
    original: str, snippet: str, words: str, above: str, below: str, reason: str
) -> None:
    quoted = f"Type: replace\nContext: between `{above}` and `{below}`"
    assert reason in told_of(original, (snippet, words), quoted, "a.js")
    assert reason not in told_of(original, (snippet, words), f"Type: replace\n{RANGE}", "a.js")


def test_old_lines_do_not_get_into_a_new_block() -> None:
    original = "def a():\n    one\n    two\n"
    snippet = "def a():\n    # ... existing code ...\ndef b():\n    two\n"
    said = "Type: add\nContext: before `two`"
    found = told_of(original, (snippet, "M1:0 K2:1 I3:2 M4:2"), said, "a.py")
    assert "block_mismatch" in found


@pytest.mark.parametrize(
    ("said", "words", "missing"),
    [
        ("Type: replace\nReplace: line 2\nType: add\nContext: after `gamma three`", "", True),
        ("Type: replace\nReplace: line 2\nType: add\nContext: after `alpha one`", "", True),
        ("Type: remove\nReplace: line 2\nType: add\nContext: after `beta two`", "", False),
    ],
)
def test_each_declared_place_gains_code(said: str, words: str, missing: bool) -> None:
    assert ("nothing_replaced" in told_of(FLAT, REPLACED, said)) is missing


def test_a_blank_line_is_no_new_code() -> None:
    said = "Type: remove\nReplace: line 2\nType: add\nContext: after `alpha one`"
    for new, missing in (("", True), ("new", False)):
        case = f"alpha one\n{new}\ngamma three\n{REF}", "M1:0 I2:1 S-1:1 M3:2 K4:3"
        assert ("nothing_replaced" in told_of(FLAT, case, said)) is missing


PLAIN = "alpha one\nplain\nbeta two\n", "M1:0 I2:1 M3:1"
ADDED = "Type: add\nContext: after `alpha one`\nType: add\nContext: after `{}`"


@pytest.mark.parametrize(
    ("snippet", "words", "after", "reason"),
    [
        (
            f"{REF}gamma three\nnew\ndelta four\n",
            "K4:2 I5:3 I6:3 M7:3",
            "gamma three",
            "unused_anchor",
        ),
        (f"gamma three\n// says\n\n{REF}", "M4:2 I5:3 M6:3 K7:4", "gamma three", "open_header"),
    ],
    ids=["a line that a reference keeps", "a comment above a gap"],
)
def test_a_doubt_about_one_of_two_places(snippet: str, words: str, after: str, reason: str) -> None:
    original = FLAT if reason == "unused_anchor" else FLAT.replace("delta", "\ndelta")
    case = PLAIN[0] + snippet, f"{PLAIN[1]} {words}"
    assert reason in told_of(original, case, ADDED.format(after), "a.js")
