"""White space that is meant, though the file has other."""

import pytest

from execution.logic.edits.aligned import build_problem
from execution.logic.edits.drift import blanks_taken, in_own_ends, variants_of
from execution.logic.edits.placement import Edit, edit_of
from execution.logic.edits.text.reindent import indented_anew
from tests.execution.logic.edits.handmade import steps_of
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


def _edit(original: str, snippet: str, says: str, path: str) -> Edit:
    edit = edit_of(original=original, snippet=snippet, description=says, path=path)
    assert isinstance(edit, Edit)
    return edit


@pytest.mark.parametrize("op", ["C", "I"])
def test_a_new_form_keeps_the_blanks_at_its_end_as_well(op: str) -> None:
    snippet = "# ... existing code ...\ndo three()\n  two()\nend\n"
    edit = _edit(ENDS, snippet, "Type: replace", "a.rb")
    problem = build_problem(edit, edit.lines)
    assert problem.tokens[2].text == "  two() "
    steps = steps_of(f"K0:0 K0:1 K0:2 M1:4 {op}2:5 M3:6")
    assert blanks_taken(edit, problem, steps)
    own = in_own_ends(edit, problem, steps)
    assert own.tokens[2].text == "  two()"
    assert not blanks_taken(edit, own, steps)


IN_TABS = "a {\n\tone;\n\ttwo;\n\tthree;\n}\nrest\n"
IN_SPACES = "a {\n    one;\n    new;\n    three;\n}\n"


@pytest.mark.parametrize(
    ("snippet", "says", "sure"),
    [
        (IN_SPACES, "Type: replace\nReplace: line 3", [False, False]),
        (IN_SPACES.replace("    three;\n", ""), "Type: replace\nReplace: lines 2-4", [False, True]),
        (IN_SPACES.replace("    three;\n", ""), "Type: replace", [True, False]),
    ],
    ids=["a line that stays has tabs", "only lines that go have them", "nothing is said to go"],
)
def test_spaces_are_meant_where_no_line_that_stays_has_tabs(
    snippet: str, says: str, sure: list[bool]
) -> None:
    found = variants_of(_edit(IN_TABS, snippet, says, "a.js"))
    assert [one.sure for one in found] == sure
    assert found[-1].lines == tuple(snippet.splitlines())
