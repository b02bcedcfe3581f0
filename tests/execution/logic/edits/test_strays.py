"""Lines that a text loses outside the ranges that were declared."""

import pytest

from execution.logic.edits.aligned import strays
from execution.logic.edits.placement import Edit, edit_of

FILE = "alpha one\nbeta two\n\ngamma three\n"


@pytest.mark.parametrize(
    ("text", "says", "stray"),
    [
        (FILE.replace("beta", "new"), "Replace: line 2", False),
        (FILE.replace("alpha", "new"), "Replace: line 2", True),
        (FILE.replace("alpha", "new").replace("beta", "newer"), "Replace: line 2", True),
        (FILE.replace("\n\n", "\n"), "Replace: line 2", False),
        (FILE + "delta four\n", "Replace: line 2", False),
        (FILE.replace("alpha", "new"), "", False),
        (None, "Replace: line 2", False),
    ],
    ids=[
        "the declared one",
        "another one",
        "both",
        "a gap",
        "nothing goes",
        "none is declared",
        "there is no text",
    ],
)
def test_lines_go_that_were_not_declared(text: str | None, says: str, stray: bool) -> None:
    description = f"Type: replace\n{says}"
    edit = edit_of(original=FILE, snippet="new\n", description=description, path="a.txt")
    assert isinstance(edit, Edit)
    assert strays(edit, text) is stray
