"""New code that holds code of the file which stands beside it."""

import pytest

from tests.execution.logic.edits.handmade import REF, doubts_of

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
