"""Lines that come back in another form, beside a reference that may hide others."""

import pytest

from tests.execution.logic.edits.handmade import REF, doubts_of


@pytest.mark.parametrize(("new", "alike"), [("abcdf", True), ("abcff", False)])
def test_a_likeness_of_three_quarters_says_what_goes(new: str, alike: bool) -> None:
    """Four pairs of letters each, of which three or two are the same."""
    found = doubts_of(
        "first line\nsecond line\nabcde\n",
        f"first line\n{REF}{new}\n",
        "M1:0 K2:1 C3:2",
        "Type: replace",
        "a.txt",
    )
    assert ("similar_line" in found) is not alike


@pytest.mark.parametrize(
    ("words", "doubtful"), [("S-1:1 I2:2 K3:2 K3:3", True), ("I2:1 K3:1 K3:2 K3:3", False)]
)
def test_the_old_form_of_a_new_line_stays_where_another_line_goes(
    words: str, doubtful: bool
) -> None:
    original = "first line\nsecond line\ndef abcd():\nlast line\n"
    snippet = f"first line\ndef abce():\n{REF}"
    found = doubts_of(original, snippet, f"M1:0 {words}", "Type: replace", "a.txt")
    assert ("similar_line" in found) is doubtful


@pytest.mark.parametrize(("blanks", "drifts"), [("", False), ("  ", True)])
def test_a_line_drifts_at_one_of_several_places(blanks: str, drifts: bool) -> None:
    original = "first line\nsecond line\nthird line\nlast line\n"
    snippet = f"first line\nsecond line{blanks}\nthird line\nnew\nlast line\n"
    words = "M1:0 C2:1 M3:2 I4:3 M5:3"
    found = doubts_of(original, snippet, words, "Type: replace", "a.txt", "separator")
    assert ("indentation_differs" in found) is drifts


@pytest.mark.parametrize(("kind", "missing"), [("add", False), ("remove", True), ("replace", True)])
def test_where_code_is_to_go_some_goes(kind: str, missing: bool) -> None:
    snippet = f"first line\nnew\nsecond line\n{REF}"
    found = doubts_of(
        "first line\nsecond line\nlast line\n",
        snippet,
        "M1:0 I2:1 M3:1 K4:2",
        f"Type: {kind}",
        "a.txt",
    )
    assert ("nothing_replaced" in found) is missing
