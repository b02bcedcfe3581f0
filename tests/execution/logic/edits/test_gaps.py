"""Gaps that the snippet shows and the result would not have."""

import pytest

from tests.execution.logic.edits.handmade import REF, doubts_of

GAPPED = "alpha one\n\ngamma three\ndelta four\n"


@pytest.mark.parametrize(
    ("shown", "words", "doubtful"),
    [
        ("\n\n", "D3:1 M4:1 K5:2 K5:3", True),
        ("\n", "M3:1 K4:2 K4:3", False),
        ("\n", "D3:1 K4:1 K4:2 K4:3", False),
    ],
    ids=["one of two stays", "one of one", "the reference keeps it"],
)
def test_a_gap_beside_new_code_is_as_wide_as_shown(shown: str, words: str, doubtful: bool) -> None:
    snippet = f"alpha one\nnew\n{shown}{REF}"
    found = doubts_of(GAPPED, snippet, f"M1:0 I2:1 {words}", "Type: add", "a.txt")
    assert found == (["ambiguous_blank_lines"] if doubtful else [])


def test_a_gap_above_a_removal_is_lost_behind_a_reference_too() -> None:
    original = "  alpha one\n  beta two\ngamma three\ndelta four\n"
    snippet = "  # ... existing code ...\n\n# Plandex: removed code\ndelta four\n"
    words = "K0:0 K0:1 D1:2 R2:2 M3:3"
    found = doubts_of(original, snippet, words, "Type: remove", "a.py")
    assert found == ["ambiguous_blank_lines"]
    kept = original.replace("two\n", "two\n\n")
    words = "K0:0 K0:1 M1:2 R2:3 M3:4"
    assert doubts_of(kept, snippet, words, "Type: remove", "a.py") == []
