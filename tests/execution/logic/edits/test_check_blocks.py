"""Texts of a model for search/replace blocks that fit several places."""

import pytest

from execution.logic.edits import check_candidate

FILE = "first()\ngo()\nsecond()\ngo()\nlast()\n"
BLOCK = "<<<<<<< SEARCH\ngo()\n=======\nrun()\nstop()\n>>>>>>> REPLACE\n"
RIGHT = "first()\ngo()\nsecond()\nrun()\nstop()\nlast()\n"


@pytest.mark.parametrize(
    ("candidate", "reasons"),
    [
        (RIGHT, ()),
        ("first()\nrun()\nstop()\nsecond()\ngo()\nlast()\n", ()),
        (RIGHT.replace("run()\n", "\n\nrun()\n"), ()),  # gaps are the model's
        (RIGHT.replace("last()\n", ""), ("lines_lost",)),
        (RIGHT.replace("first()\ngo()\n", "first()\n"), ("lines_lost",)),
        (RIGHT.replace("last", "more()\nlast"), ("not_the_edit",)),
        (RIGHT.replace("last", "run()\nlast"), ("not_the_edit",)),
        (RIGHT.replace("first", "other"), ("lines_lost", "not_the_edit")),
        (RIGHT.replace("stop()\n", ""), ("literal_lost",)),
        (FILE.replace("last", "run()\nstop()\nlast"), ()),  # the old line may stay
        (FILE, ("nothing_changed",)),
    ],
    ids=[
        "the second place",
        "the first place",
        "a gap",
        "another line goes",
        "the old line goes twice",
        "another line comes",
        "a new line comes twice",
        "another line changes",
        "a new line is missing",
        "only new lines",
        "nothing",
    ],
)
def test_only_lines_of_the_blocks_go_and_come(candidate: str, reasons: tuple[str, ...]) -> None:
    checked = check_candidate(
        original=FILE, snippet=BLOCK, description="", path="a.txt", candidate=candidate
    )
    assert checked.reasons == reasons
    assert checked.status == ("refused" if reasons else "accepted")
