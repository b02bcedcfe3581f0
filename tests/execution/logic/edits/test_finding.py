"""Where the old lines of a block stand, and how the new ones come to stand there."""

import pytest

from execution.logic.edits.formats.dialects import Block
from execution.logic.edits.formats.finding import MAX_PLACES, Found, Lines, places_of

FILE = "def a():\n\tone\n\ttwo\n\ndef b():\n\tone\n\tthree\nend\n"


def _found(old: str, new: str, text: str = FILE, head: str = "") -> list[Found]:
    block = Block(tuple(old.splitlines()), tuple(new.splitlines()), head)
    return places_of(block, Lines(tuple(text.splitlines())))


@pytest.mark.parametrize(
    ("old", "new", "places"),
    [
        ("\ttwo\n", "\t2\n", [(2, "\ttwo", "\t2")]),
        ("\ttwo  \n", "\t2\n", [(2, "\ttwo  ", "\t2")]),
        ("\n\ttwo\n", "\n\t2\n", [(2, "\ttwo", "\t2")]),
        ("\ttwo\n\n\n", "\t2\n\n\n", [(2, "\ttwo", "\t2")]),
        ("\n\ttwo\n", "\t2\n", []),  # that blank line is one of the file
        ("two\n", "2\n", [(2, "\ttwo", "\t2")]),
        ("two\n\n", "2\n\n\tin\n", [(2, "\ttwo|", "\t2||\t\tin")]),
        ("    two\n", "    2\n        in\n", []),  # nothing says how wide a tab is
        ("    two\n", "    2\n    \tin\n", [(2, "\ttwo", "\t2|\t\tin")]),
        ("    two\n", "    2\n\n    3\n", [(2, "\ttwo", "\t2||\t3")]),
        ("    two\n", "  2\n", []),  # further out than all that is known
        ("  def b():\n    one\n", "  def c():\n    1\n", [(4, "def b():|\tone", "def c():|\t1")]),
        (
            "def b():\n  one\n  three\n",
            "def b():\n  1\n",
            [(4, "def b():|\tone|\tthree", "def b():|\t1")],
        ),
        ("  one\n    three\n", "  1\n", [(5, "\tone|\tthree", "\t1")]),
        ("  one\n  three\n  end\n", "  1\n", []),  # one depth that is two in the file
        ("other\n", "2\n", []),
        ("\n\n", "\n\n", []),
    ],
    ids=[
        "exactly",
        "blanks at its end",
        "a blank line before both",
        "blank lines behind both",
        "a blank line before the old one",
        "another indentation",
        "a deeper line",
        "a deeper line in spaces",
        "a deeper line in tabs",
        "a gap in the new lines",
        "a line further out",
        "all of it deeper",
        "spaces for tabs",
        "two depths that are one",
        "one depth that is two",
        "nowhere",
        "blank lines that are nowhere",
    ],
)
def test_a_block_is_found(old: str, new: str, places: list[tuple[int, str, str]]) -> None:
    found = [(one.at, "|".join(one.old), "|".join(one.new)) for one in _found(old, new)]
    assert found == places


LONG = "".join(f"line {number}\n" for number in range(12))


def _context(above: int, below: int, change: str = "line 5") -> str:
    """So many lines around the change that the file does not have, and one that it has."""
    wrong = [f"wrong {number}" for number in range(above)]
    lines = [*wrong, "line 4", change, "line 6", *(f"false {number}" for number in range(below))]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("above", "below", "found"), [(1, 0, 1), (0, 1, 1), (3, 0, 1), (3, 3, 1), (4, 0, 0), (0, 4, 0)]
)
def test_up_to_three_lines_around_a_change_may_differ(above: int, below: int, found: int) -> None:
    places = _found(_context(above, below), _context(above, below, "changed"), LONG)
    assert [(one.at, one.old, one.new, one.fuzzy) for one in places] == [
        (4, ("line 4", "line 5", "line 6"), ("line 4", "changed", "line 6"), True)
    ][:found]


def test_as_few_of_them_as_can_be_are_left_out() -> None:
    text = "a\nb\nc\nb\nd\nc\n"
    (place,) = _found("x\na\nb\nc\n", "x\na\nB\nc\n", text)
    assert (place.at, place.old, place.new) == (0, ("a", "b", "c"), ("a", "B", "c"))


def test_where_nothing_goes_all_lines_around_must_be_there() -> None:
    assert _found("wrong\nline 4\n", "wrong\nline 4\nnew\n", LONG) == []
    assert _found("wrong\n\nline 4\n", "wrong\nline 4\n", LONG) == []


HEADED = "first {\n  go\n}\nsecond {\n  go\n}\n{\n  go\n\nlast {\n  go\n"


@pytest.mark.parametrize(
    ("head", "places"),
    [
        ("", [1, 4, 7, 10]),
        ("second {", [4, 7]),  # a lone brace goes on
        ("second", [4, 7]),
        ("last {", [10]),
        ("go", [1, 4, 7, 10]),  # the file has it several times
        ("third {", [1, 4, 7, 10]),
        ("}", [1, 4, 7, 10]),
    ],
)
def test_the_header_of_a_hunk_says_which_of_several_places(head: str, places: list[int]) -> None:
    assert [one.at for one in _found("  go\n", "  run\n", HEADED, head)] == places


def test_a_header_whose_block_lacks_the_lines_says_nothing() -> None:
    text = "first {\n  go\n  go\n}\nsecond {\n  run\n}\n"
    assert [one.at for one in _found("  go\n", "  run\n", text, "second {")] == [1, 2]
    # The line behind a block is not in it.
    assert [one.at for one in _found("go\n", "run\n", "first\n  x\ngo\ngo\n", "first")] == [2, 3]


@pytest.mark.parametrize(("count", "found"), [(200, 200), (201, 200)])
def test_so_many_places_are_enough(count: int, found: int) -> None:
    assert len(_found("x\n", "y\n", "x\n" * count)) == found == MAX_PLACES


def test_lines_that_would_begin_before_the_file_are_not_there() -> None:
    assert _found("a\nrare\n", "b\n", "rare\nx\na\n") == []
