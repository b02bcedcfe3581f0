"""Old lines in new blocks, below a reference whose end nothing holds."""

import pytest

from execution.logic.edits.alignment.hunks import group_hunks
from execution.logic.edits.doubts.owners import changes_owner
from tests.execution.logic.edits.handmade import doubts_of, problem_of, steps_of

ORIGINAL = (
    "class First {\n  one() {\n  }\n  last() {\n    done()\n  }\n}\n\nclass Third {\n  end()\n}\n"
)
SNIPPET = (
    "class First {\n  // ... existing code ...\n}\n\nclass Second {\n  two() {\n  }\n  last() {\n"
    "    done()\n  }\n}\n\nclass Third {\n  end()\n}\n"
)
# The reference ends before `last`, which the new class takes.
TAKEN = "M0:0 K1:1 K1:2 I2:3 I3:3 I4:3 I5:3 I6:3 M7:3 M8:4 M9:5 M10:6 M11:7 M12:8 M13:9 M14:10"


def test_a_new_block_does_not_take_lines_of_one_that_stays() -> None:
    assert "block_mismatch" in doubts_of(ORIGINAL, SNIPPET, TAKEN, "Type: add", "a.js")


def test_a_changed_head_keeps_its_block() -> None:
    renamed = SNIPPET.replace("class First", "class Former")
    words = TAKEN.replace("M0:0", "C0:0")
    found = doubts_of(ORIGINAL, renamed, words, "Type: replace", "a.js", "name")
    assert "block_mismatch" in found


@pytest.mark.parametrize("words", ["M0:0 K1:1 K1:2 M2:3 M3:4", "M0:0 K1:1 I2:2 M3:3 M4:4"])
def test_lines_that_stay_in_their_block_are_certain(words: str) -> None:
    original = "first {\n  alpha one\n  beta two\n  gamma three\n}\n"
    new = "" if "I2" not in words else "  delta new\n"
    snippet = f"first {{\n  // ... existing code ...\n{new}  gamma three\n}}\n"
    found = doubts_of(original, snippet, words, "Type: add", "a.js")
    assert "block_mismatch" not in found


FLAT = "def a():\n    one\n    two\n"
SHOWN = "def a():\n    # ... existing code ...\ndef b():\n    two\n"
BLOCKS = "class A {\n  one() {\n  }\n}\n"
CLOSED = "class A {\n  // ... existing code ...\n}\nclass B {\n  two() {\n  }\n}\n"


@pytest.mark.parametrize(
    ("original", "snippet", "words", "changes"),
    [
        (FLAT, SHOWN, "M1:0 K2:1 I3:2 M4:2", True),
        (FLAT, SHOWN, "C1:0 K2:1 I3:2 M4:2", True),
        (FLAT, SHOWN[len("def a():\n    ") :], "K0:0 K0:1 I1:2 M2:2", True),
        (FLAT, SHOWN, "S-1:0 K2:1 I3:2 M4:2", False),
        (FLAT, SHOWN.replace("# ... existing code ...", "one"), "M1:0 M2:1 I3:2 M4:2", False),
        (FLAT, SHOWN, "M1:0 K2:1 I3:2 I4:2 K5:2", False),
        (FLAT, SHOWN, "M1:0 K2:1 K2:2 I3:3 I4:3", False),
        (BLOCKS, CLOSED, "M1:0 K2:1 I3:2 I4:2 I5:2 M6:2 M7:3", False),
    ],
    ids=[
        "its block stays",
        "the head of its block has a new form",
        "its block is hidden",
        "its block goes",
        "all lines above are shown",
        "a reference hides it",
        "the new block is last",
        "a line that closes",
    ],
)
def test_the_line_below_new_code_gets_into_its_block(
    original: str, snippet: str, words: str, changes: bool
) -> None:
    problem = problem_of(original, snippet, "", "a.py" if original == FLAT else "a.js")
    steps = steps_of(words)
    assert changes_owner(problem, steps, group_hunks(problem, steps)) is changes
