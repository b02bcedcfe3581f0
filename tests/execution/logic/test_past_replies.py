"""Replies of the past without the files that a request shows anyway."""

import pytest
from hypothesis import given, settings

from execution.logic.past_replies import condensed
from execution.logic.prompts.render import render
from execution.logic.reply_parser import ReplyStream
from execution.logic.stages import Stage
from execution.services.ending import complete_operations
from tests.execution.logic.steps import is_linear
from tests.execution.logic.test_reply_parser import ALPHABET
from tests.execution.runs.replies import block, creating, section

NOTE = render("past_block", path="a.py")


def test_a_block_with_its_label_becomes_a_note() -> None:
    reply = "First.\n\n" + block("a.py", "x = 1\n\ny = 2\n") + "Last.\n"
    assert condensed(reply, {"a.py"}) == f"First.\n\n{NOTE}\n\nLast.\n"


def test_other_blocks_stay_as_they_are() -> None:
    reply = creating("a.py", "1\n") + creating("b.py", "2\n") + section("Remove Files", "`c.py`")
    assert condensed(reply, {"a.py", "c.py"}) == (
        f"**Creating `a.py`**\nType: new file\nSummary: a new file\n\n{NOTE}\n\n"
        + creating("b.py", "2\n")
        + section("Remove Files", "`c.py`")
    )


@pytest.mark.parametrize(
    "reply",
    [
        "No block, but <PlandexBlock> in prose.\n",
        '<PlandexBlock lang="python" path="a.py">\nit was cut here',
        block("b.py", '<PlandexBlock lang="python" path="a.py">\n'),
        "",
    ],
)
def test_what_holds_no_complete_block_of_the_file_stays(reply: str) -> None:
    assert condensed(reply, {"a.py"}) == reply


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ('<PlandexBlock lang="py" path="a.py">\nx\n</PlandexBlock>', f"{NOTE}\n"),
        ('<PlandexBlock lang="py" path="a.py">x</PlandexBlock>\nEnd', f"{NOTE}\nEnd"),
        ('Text\n<PlandexBlock path="a.py">\nx\n  </PlandexBlock>  \nEnd', f"Text\n{NOTE}\nEnd"),
        (block("a.py", "1\n") + block("a.py", "2\n"), f"{NOTE}\n\n{NOTE}\n\n"),
    ],
)
def test_all_forms_of_a_block(reply: str, expected: str) -> None:
    assert condensed(reply, {"a.py"}) == expected


def test_a_note_is_no_operation() -> None:
    stream = ReplyStream(stage=Stage.IMPLEMENTATION)
    fed = stream.feed(condensed(block("a.py", "1\n"), {"a.py"}))
    assert (fed.operations, fed.opened_path) == ((), None)
    assert stream.finish().operations == ()


@settings(max_examples=200, deadline=None)
@given(reply=ALPHABET)
def test_of_any_reply_only_blocks_of_shown_files_are_left_out(reply: str) -> None:
    assert condensed(reply, {"no such file"}) == reply
    kept = condensed(reply, {"a.py"})
    paths = [operation.path for operation in complete_operations(reply)]
    assert kept.count(NOTE) == paths.count("a.py")
    if "a.py" not in paths:
        assert kept == reply


def test_long_replies_take_linear_work() -> None:
    assert is_linear(lambda text: condensed(text, {"a.py"}), block("a.py", "x = 1\n" * 20) * 200)
