"""Readings by an explanation that does not say where all of the new code stands."""

import pytest

from tests.execution.logic.edits.handmade import REF, told_of

FLAT = "alpha one\nbeta two\ngamma three\ndelta four\n"
LINE_2 = "Type: replace\nReplace: line 2"
REPLACED = f"alpha one\nnew\ngamma three\n{REF}", "M1:0 S-1:1 I2:2 M3:2 K4:3"


def test_where_places_are_not_said_kinds_and_places_agree() -> None:
    """Unless the explanation speaks of lines that go only."""
    two = "Type: replace\nReplace: line 2\nType: {}\nReplace: line 3"
    case = f"alpha one\nnew\ndelta four\n{REF}", "M1:0 S-1:1 I2:2 S-1:2 M3:3"
    assert told_of(FLAT, case, two.format("remove"), loose=True) == []
    both = f"alpha one\nnew\n{REF}", "M1:0 S-1:1 S-1:2 I2:3 K3:3"
    assert told_of(FLAT, both, "Type: replace\nReplace: lines 2-3", loose=True) == []
    said = "Type: replace\nReplace: line 2\nType: add\nContext: somewhere"
    assert told_of(FLAT, REPLACED, said, loose=True) == ["nothing_replaced"]
    added = f"alpha one\nnew\ngamma three\nnewer\n{REF}", "M1:0 S-1:1 I2:2 M3:2 I4:3 K5:3"
    assert told_of(FLAT, added, said, loose=True) == []


def test_where_places_are_not_said_anchors_are_anchors() -> None:
    original = "omega zero\n" + FLAT
    case = f"alpha one\nnew\nomega zero\n{REF}", "K0:0 M1:1 S-1:2 I2:3 I3:3 K4:3 K4:4"
    said = "Type: replace\nReplace: line 3"
    assert "unused_anchor" in told_of(original, case, said, loose=True)


def test_where_places_are_not_said_references_are_written() -> None:
    case = "alpha one\nnew\n", "M1:0 S-1:1 I2:2 K3:2 K3:3"
    assert "no_anchor" not in told_of(FLAT, case, LINE_2)
    assert "no_anchor" in told_of(FLAT, case, LINE_2, loose=True)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        (LINE_2, False),
        (f"{LINE_2}\nType: add", False),  # the one place of which nothing is said is what is left
        (f"{LINE_2}\nType: add\nType: add", True),
        ("Type: add", True),
    ],
)
def test_only_one_place_is_found_by_exclusion(said: str, asked: bool) -> None:
    """Else the reading has to be sound by itself: here a marker removes nothing."""
    snippet = "alpha one\nnew\ngamma three\n// Plandex: removed code\ndelta four\n"
    gone = "S-1:1" if "Replace" in said else "M1:1"
    found = told_of(FLAT, (snippet, f"M1:0 {gone} I2:2 M3:2 M5:3"), said, loose=True)
    assert ("nothing_removed" in found) is asked


@pytest.mark.parametrize(("end", "open_end"), [("", True), ("END\n", False)])
def test_new_code_ends_with_its_block_where_places_are_not_said(end: str, open_end: bool) -> None:
    original = "FUNCTION one\nBEGIN\n  first\n  last\nEND\nrest\n"
    new = f"FUNCTION two\nBEGIN\n  other\n{end}"
    case = f"  last\nEND\n{new}{REF}", "K0:0 K0:1 K0:2 M1:3 M2:4 I3:5 I4:5 I5:5 I6:5 K7:5"
    if not end:
        case = case[0], case[1].replace(" I6:5 K7:5", " K6:5")
    found = told_of(original, case, "Type: add\nType: add", "a.sql", loose=True)
    assert ("block_mismatch" in found) is open_end


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ("Type: replace\nReplace: line 2\nType: add", False),
        ("Type: add\nType: replace\nReplace: line 2", True),
        ("Type: remove\nReplace: line 2\nType: replace\nReplace: line 2\nType: add", False),
        ("Type: replace\nReplace: line 2\nType: add\nType: append", True),
        ("Type: replace\nReplace: line 2", True),
        ("Type: add\nType: prepend\nType: append\nType: replace\nReplace: line 2", True),
    ],
)
def test_as_many_places_gain_code_as_are_said_to(said: str, missing: bool) -> None:
    added = f"alpha one\nnew\ngamma three\nnewer\n{REF}", "M1:0 S-1:1 I2:2 M3:2 I4:3 K5:3"
    assert ("nothing_replaced" in told_of(FLAT, added, said, loose=True)) is missing


BLOCK = "first {\n  a\n  }\n}\nlast()\n"


@pytest.mark.parametrize(
    ("new", "kept", "goes_on"),
    [
        ("new {\n  c {\n  }\n}\n", "M", True),
        ("new {\n  c {\n  }\n}\n", "K", False),
        ("new {\n  c {\n  }\n}\n", "MK", False),
        ("new {\n  c {\n  }\n}\n", "KM", False),
        ("  }\n}\n", "M", True),
        ("}\n", "M", False),
        ("new {\n}\n", "M", False),
        ("new {\n  c {\n  }\n}\nmore()\n", "M", False),
    ],
    ids=[
        "it ends as the lines above it",
        "those are hidden",
        "the last of them is hidden",
        "the first of them is hidden",
        "it is those lines",
        "it is the last of them",
        "it ends as the last of them",
        "it ends otherwise",
    ],
)
def test_new_code_may_be_the_rest_of_the_place_above(new: str, kept: str, goes_on: bool) -> None:
    """Then it needs no change of its own."""
    count = new.count("\n")
    fresh = " ".join(f"I{5 + number}:4" for number in range(count))
    case = (
        f"first {{\n  b\n  }}\n}}\n{new}last()\n",
        f"M1:0 S-1:1 I2:2 {kept[0]}3:2 {kept[-1]}4:3 {fresh} M{5 + count}:4",
    )
    found = told_of(BLOCK, case, "Type: replace\nReplace: line 2", "a.js", loose=True)
    assert ("nothing_replaced" in found) is not goes_on


def test_one_end_is_not_the_rest_of_two() -> None:
    original = "first\n  a\nend\nend\nlast\n"
    case = "first\n  b\nend\nend\nend\nlast\n", "M1:0 S-1:1 I2:2 M3:2 M4:3 I5:4 M6:4"
    said = "Type: replace\nReplace: line 2"
    assert "nothing_replaced" in told_of(original, case, said, "a.rb", loose=True)


def test_a_second_addition_has_a_place_of_its_own() -> None:
    case = f"alpha one\nnew\nbeta two\nnewer\n{REF}", "M1:0 I2:1 M3:1 I4:2 K5:2 K5:3"
    for said, missing in (("Type: add\nType: add", False), ("Type: add", True)):
        assert ("nothing_replaced" in told_of(FLAT, case, said, loose=True)) is missing
