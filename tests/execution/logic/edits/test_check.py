"""Which texts of a model pass for the result of an edit."""

import pytest

from execution.logic.edits import check_candidate
from tests.execution.logic.edits.sample import FILE, REF


@pytest.mark.parametrize(
    ("candidate", "status"),
    [
        (FILE.replace("LIMIT = 10\n", "LIMIT = 10\nDEPTH = 2\n"), "accepted"),
        (FILE.replace("LIMIT = 10\n", "DEPTH = 2\n"), "refused"),
        (FILE.replace("LIMIT = 10\n", "LIMIT = 10\nDEPTH = 3\n"), "refused"),
        (FILE.replace("    return y\n", "") + "DEPTH = 2\n", "refused"),
        (FILE, "refused"),
        (REF + "LIMIT = 10\nDEPTH = 2\n", "refused"),
        ("a\0b", "refused"),
    ],
)
def test_a_certain_edit_allows_one_text(candidate: str, status: str) -> None:
    checked = check_candidate(
        original=FILE,
        snippet=REF + "LIMIT = 10\nDEPTH = 2\n\n" + REF,
        description="Type: add",
        path="a.py",
        candidate=candidate,
    )
    assert checked.status == status


@pytest.mark.parametrize("line", ["import os", "LIMIT = 10"])
def test_added_code_takes_no_line_not_even_the_first(line: str) -> None:
    candidate = FILE.replace(line, "import sys")
    snippet = candidate[: candidate.index("def first")] + REF
    checked = check_candidate(
        original=FILE, snippet=snippet, description="Type: add", path="a.py", candidate=candidate
    )
    assert "original_lost" in checked.reasons


@pytest.mark.parametrize("place", ["first", "second", "third"])
def test_an_open_edit_allows_each_sensible_place(place: str) -> None:
    new = "def new():\n    return 0\n\n\n"
    head = f"def {place}("
    checked = check_candidate(
        original=FILE,
        snippet=REF + "\n" + new + REF,
        description="Type: add",
        path="a.py",
        candidate=FILE.replace(head, new + head),
    )
    assert checked.status != "refused"


def test_the_texts_of_a_model_take_the_form_of_the_file() -> None:
    original = "\ufeffa = 1\r\nb = 2"
    checked = check_candidate(
        original=original,
        snippet="a = 1\n# ... existing code ...\nc = 3\n# ... existing code ...\n",
        description="",
        path="a.py",
        candidate="a = 1\nc = 3\nb = 2\n",
    )
    assert checked.text == "\ufeffa = 1\r\nc = 3\r\nb = 2"


def test_added_code_may_lengthen_a_line_of_the_file() -> None:
    checked = check_candidate(
        original=FILE,
        snippet="LIMIT = 10  # rows\n" + REF + "\nEND = 1\n",
        description="Type: add",
        path="a.py",
        candidate=FILE.replace("LIMIT = 10\n", "LIMIT = 10  # rows\n") + "\n\nEND = 1\n",
    )
    assert checked.status != "refused", checked.reasons


def test_no_line_goes_where_one_is_lengthened() -> None:
    marker = "# Plandex: removed code\n"
    checked = check_candidate(
        original=FILE,
        snippet=f"LIMIT = 10  # rows\n{REF}    total = b\n{marker}    return total\n{REF}",
        description="Type: add",
        path="a.py",
        candidate=FILE.replace("10\n", "10  # rows\n").replace(
            "    for item in range(b):\n        total += item\n", ""
        ),
    )
    assert "original_lost" in checked.reasons


@pytest.mark.parametrize(
    ("original", "candidate", "status", "reasons"),
    [
        ("", "a = 1\n", "accepted", ()),
        ("", "a = 2\n", "refused", ("not_the_edit",)),
        ("\0", "a = 1\n", "refused", ("binary",)),
    ],
    ids=["a new file", "another new file", "no text"],
)
def test_where_nothing_is_to_be_placed_one_text_passes(
    original: str, candidate: str, status: str, reasons: tuple[str, ...]
) -> None:
    checked = check_candidate(
        original=original, snippet="a = 1\n", description="", path="a.py", candidate=candidate
    )
    assert (checked.status, checked.reasons) == (status, reasons)


def test_a_text_without_an_anchor_is_only_likely() -> None:
    checked = check_candidate(
        original=FILE,
        snippet=REF + "DEPTH = 2\n" + REF,
        description="Type: add",
        path="a.py",
        candidate=FILE.replace("LIMIT = 10\n", "LIMIT = 10\nDEPTH = 2\n"),
    )
    assert (checked.status, checked.reasons) == ("verify", ("no_anchor",))


MIXED = "a = 1\r\nb = 2\nc = 3\r\n"


@pytest.mark.parametrize(
    ("original", "candidate", "status"),
    [
        ("a = 1\r\nb = 2\r\n", "a = 1\nnew = 0\nb = 2\n", "accepted"),
        ("a = 1\r\nb = 2\r\n", "a = 1\r\nnew = 0\r\nb = 2\r\n", "accepted"),
        (MIXED, "a = 1\r\nnew = 0\r\nb = 2\nc = 3\r\n", "accepted"),
        (MIXED, "a = 1\r\nnew = 1\r\nb = 2\nc = 3\r\n", "refused"),
    ],
    ids=["in plain line ends", "in those of the file", "in mixed ones", "another line"],
)
def test_the_text_of_a_certain_edit_passes_in_either_form(
    original: str, candidate: str, status: str
) -> None:
    checked = check_candidate(
        original=original,
        snippet=f"a = 1\nnew = 0\nb = 2\n{REF if 'c' in original else ''}",
        description="Type: add",
        path="a.py",
        candidate=candidate,
    )
    assert (checked.status, checked.reasons) == (
        status,
        () if status == "accepted" else ("not_the_edit",),
    )


@pytest.mark.parametrize(
    ("marker", "candidate", "lost"),
    [
        ("# Plandex: removed code\n", "a = 1\nc = 3\nd = 4\n", True),
        ("", "a = 1\nc = 3\nd = 4\n", True),
        (REF, "a = 1\nb = 2\nc = 3\nd = 4\n", False),
    ],
    ids=["a marker takes a line", "a line is left out", "all stay"],
)
def test_no_line_goes_where_code_is_added(marker: str, candidate: str, lost: bool) -> None:
    checked = check_candidate(
        original="a = 1\nb = 2\nc = 3\n",
        snippet=f"a = 1\n{marker}c = 3\nd = 4\n",
        description="Type: add",
        path="a.py",
        candidate=candidate,
    )
    assert ("original_lost" in checked.reasons) is lost
