"""New code that holds a line which the removal marker beside it takes."""

import pytest

from tests.execution.logic.edits.handmade import doubts_of

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
