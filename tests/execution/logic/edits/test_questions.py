"""What the model is asked: fixed text first, then the case and the doubts."""

from execution.logic.edits import Placement, repair_question, whole_file_question
from execution.logic.edits.checks.gate import FATAL
from execution.logic.edits.model.questions import _REASONS, numbered

PLACED = Placement("verify", "one\ntwo\nnew\n", ("ambiguous_location",))


def _ask(placement: Placement = PLACED, *, earlier: list[str] | None = None) -> str:
    return repair_question(
        path="a.py",
        original="one\ntwo\n",
        snippet="two\nnew\n",
        description="Type: add",
        placement=placement,
        earlier=earlier or [],
    )


def test_the_case_is_in_the_question() -> None:
    question = _ask(earlier=["Line 3 of the file reads differently."])
    for part in (
        "Path: a.py",
        "pdx-1: one\npdx-2: two",
        "pdx-new-1: two\npdx-new-2: new",
        "Type: add",
        "+new",
        "more than one place",
        "Line 3 of the file reads differently.",
        "<PlandexReplacements>",
    ):
        assert part in question


def test_the_fixed_text_comes_first() -> None:
    first, second = _ask(), _ask(Placement("refused", None, ("block_not_found",)))
    head = first.index("Path: a.py")
    assert head > 500
    assert first[:head] == second[:head]
    assert "There is no merge yet" in second


def test_numbering_loses_and_adds_nothing() -> None:
    assert numbered("a\n\nb") == "pdx-1: a\npdx-2: \npdx-3: b"
    assert numbered("a\n") == "pdx-1: a"


def test_whole_file_question_holds_plain_texts() -> None:
    question = whole_file_question(
        path="a.py", original="one\r\ntwo\r\n", snippet="two\nnew\n", description="Type: add"
    )
    assert "File:\n\none\ntwo\n" in question
    assert "Update:\n\ntwo\nnew\n" in question
    assert question.index("<PlandexWholeFile>") < question.index("Path: a.py")


def test_long_diffs_are_cut() -> None:
    text = "".join(f"line {n}\n" for n in range(900))
    assert "(the diff goes on)" in _ask(Placement("verify", text, ()))


def test_fatal_reasons_have_words() -> None:
    assert FATAL - {"not_storable"} <= set(_REASONS)
