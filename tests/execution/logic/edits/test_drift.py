"""White space that is meant, though the file has other."""

import pytest

from execution.logic.edits.text.reindent import indented_anew
from tests.execution.logic.edits.sample import place

SPACED = "<a>\n    <b>\n        one\n    </b>\n    two\n</a>\n"
TABBED = "<a>\n\t<b>\n\t\tone\n\t</b>\n\ttwo more\n</a>\n"


@pytest.mark.parametrize(
    ("ranges", "snippet", "anew"),
    [
        ([(2, 5)], TABBED, True),
        ([(2, 4), (5, 5)], TABBED, True),
        ([(2, 4)], TABBED, False),
        ([], TABBED, False),
        ([(1, 6)], SPACED, False),
        ([(2, 5)], "<a>\n\t<b>\n\t\tnew\n\tnewer\n\ttwo\n</a>\n", False),
        ([(2, 5)], "<a>\n\t<b>\n\t\tnew\n\t</b>\n\ttwo\n</a>\n", True),
    ],
    ids=["all", "in parts", "one stays", "nothing is said", "as they were", "half", "more"],
)
def test_a_file_that_is_indented_anew(
    ranges: list[tuple[int, int]], snippet: str, anew: bool
) -> None:
    assert indented_anew(SPACED.splitlines(), snippet.splitlines(), ranges) is anew


def test_nothing_indented_cannot_be_indented_anew() -> None:
    assert not indented_anew(["a", "b"], ["\ta", "b"], [(1, 2)])


@pytest.mark.parametrize(("says", "status"), [("lines 2-5", "accepted"), ("lines 2-4", "verify")])
def test_the_explanation_says_that_all_is_indented_anew(says: str, status: str) -> None:
    placed = place(TABBED, f"Type: replace\nReplace: {says}", SPACED, "a.xml")
    assert placed.status == status
    assert status == "verify" or placed.text == TABBED


NESTED = "start one\nspace {\n    class {\n        body one\n    }\n}\n"


def test_replaced_lines_may_move_where_others_are_shown_as_they_are() -> None:
    says = "Type: replace\nReplace: lines 1-2\n\nType: replace\nReplace: lines 3-5\n"
    placed = place("start two\nspace {\n  class {\n      body one\n  }\n}\n", says, NESTED, "a.js")
    assert placed.status == "accepted"


ENDS = "do one()\n  two() \nend\n\ndo three()\n  four()\nend\n"


@pytest.mark.parametrize(
    ("anchor", "new", "status"),
    [
        ("  four()", "  two()", "accepted"),
        ("  four()", "end  ", "accepted"),
        ("  four() ", "  two()", "verify"),
    ],
    ids=["without", "with", "an anchor has other blanks too"],
)
def test_new_lines_keep_the_blanks_at_their_ends(anchor: str, new: str, status: str) -> None:
    snippet = f"# ... existing code ...\ndo three()\n{anchor}\n{new}\n  five()\nend\n"
    placed = place(snippet, "Type: add\nContext: after `four()`", ENDS, "a.rb")
    assert placed.status == status
    assert status == "verify" or placed.text == ENDS.replace(
        "  four()\n", f"  four()\n{new}\n  five()\n"
    )
