"""Every case is fed whole, in pieces, one character at a time and cut at every place."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execution.logic.reply_grammar import CLOSE_TAG, STOP_TAG
from execution.logic.reply_parser import Fed, Operation, OperationKind, ReplyStream, rewrite_text
from execution.logic.stages import Stage
from tests.execution.logic.steps import is_linear

DATA = Path(__file__).parents[2] / "data" / "reply_cases.jsonl"
CASES: list[dict[str, Any]] = [json.loads(line) for line in DATA.read_text().splitlines()]
MISSING = 'Text\n\n- a.go:\n<PlandexBlock lang="go" path="a.go">\npack'


@dataclass
class Outcome:
    text: str = ""
    operations: list[Operation] = field(default_factory=list)
    raw: str = ""
    opened: list[str] = field(default_factory=list)

    def add(self, fed: Fed) -> None:
        self.text += fed.text
        self.operations += fed.operations
        if fed.opened_path is not None:
            self.opened.append(fed.opened_path)


def feed_all(stream: ReplyStream, chunks: Iterable[str]) -> Outcome:
    outcome = Outcome()
    for chunk in chunks:
        fed = stream.feed(chunk)
        outcome.add(fed)
        while fed.opened_path is not None:
            fed = stream.feed("")
            outcome.add(fed)
        if fed.stopped:
            break
    outcome.add(stream.finish())
    outcome.raw = stream.raw
    return outcome


def run(stage: str, chunks: Iterable[str]) -> Outcome:
    return feed_all(ReplyStream(stage=Stage(stage)), chunks)


def pieces(reply: str, size: int) -> list[str]:
    return [reply[i : i + size] for i in range(0, len(reply), size)]


def plain(operations: Iterable[Operation]) -> list[dict[str, str]]:
    """Operations without the chunk counts, which do depend on the chunking."""
    shapes = []
    for operation in operations:
        shape = {"type": operation.kind.value, "path": operation.path}
        if operation.kind is OperationKind.FILE:
            shape |= {"content": operation.content, "description": operation.description}
        if operation.kind is OperationKind.MOVE:
            shape["destination"] = operation.destination
        shapes.append(shape)
    return shapes


def chunkings(case: dict[str, Any]) -> Iterator[list[str]]:
    reply = case["reply"]
    if "chunks" in case:
        yield case["chunks"]
    yield [reply]
    for size in (1, 2, 3, 5, 7, 13):
        yield pieces(reply, size)
    for cut in range(1, len(reply)):
        yield [reply[:cut], reply[cut:]]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case_gives_the_same_for_every_chunking(case: dict[str, Any]) -> None:
    for chunks in chunkings(case):
        outcome = run(case["stage"], chunks)
        assert plain(outcome.operations) == case["ops"], chunks
        assert outcome.text == case["text"], chunks
        assert outcome.raw == case["reply"].split(STOP_TAG)[0], chunks


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_nothing_undecided_is_streamed(case: dict[str, Any]) -> None:
    stream = ReplyStream(stage=Stage(case["stage"]))
    shown = ""
    for character in case["reply"]:
        shown += stream.feed(character).text
        assert case["text"].startswith(shown)
        assert case["text"].startswith(
            rewrite_text(Stage(case["stage"]), stream.raw, complete=False)
        )


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_stored_reply_is_rewritten_as_it_was_streamed(case: dict[str, Any]) -> None:
    assert rewrite_text(Stage(case["stage"]), case["reply"]) == case["text"]


def test_operation_is_reported_with_its_closing_tag() -> None:
    stream = ReplyStream(stage=Stage.IMPLEMENTATION)
    stream.feed('- a.py:\n<PlandexBlock lang="py" path="a.py">\n')
    assert stream.feed("x\n</PlandexBlock").operations == ()
    assert [o.content for o in stream.feed(">").operations] == ["x\n"]
    assert stream.feed("\nmore\n").operations == ()


def test_operation_closed_behind_code_is_reported_with_the_newline() -> None:
    stream = ReplyStream(stage=Stage.IMPLEMENTATION)
    stream.feed('<PlandexBlock lang="py" path="a.py">\n')
    assert stream.feed("x</PlandexBlock> ").operations == ()
    assert [o.content for o in stream.feed("\n").operations] == ["x\n"]


def test_closing_tag_quoted_in_code_does_not_close() -> None:
    reply = f'<PlandexBlock lang="py" path="a.py">\nEND = "{CLOSE_TAG}"\n{CLOSE_TAG}\n'
    outcome = run("implementation", [reply])
    assert [o.content for o in outcome.operations] == [f'END = "{CLOSE_TAG}"\n']
    assert outcome.text == f'```py\nEND = "{CLOSE_TAG}"\n```\n'


def test_text_glued_to_a_closing_tag_starts_a_line_of_its_own() -> None:
    reply = f'<PlandexBlock lang="py" path="a.py">\nx\n{CLOSE_TAG} **Add f** has been completed.'
    outcome = run("implementation", pieces(reply, 1))
    assert [o.content for o in outcome.operations] == ["x\n"]
    assert outcome.text == "```py\nx\n``` **Add f** has been completed.".replace("``` ", "```\n ")


def test_carriage_returns_stay_in_the_content_only() -> None:
    reply = '- a.py:\r\n<PlandexBlock lang="py" path="a.py">\r\nx\r\n</PlandexBlock>\r\nEnd.\r\n'
    for size in (1, 2, 100):
        outcome = run("implementation", pieces(reply, size))
        assert [o.content for o in outcome.operations] == ["x\r\n"]
        assert outcome.text == "- a.py:\r\n```py\nx\r\n```\nEnd.\r\n"


def test_greater_than_sign_inside_an_attribute() -> None:
    reply = '<PlandexBlock lang="c" path="a>b.c">\nx\n</PlandexBlock>\n'
    for size in (1, 100):
        outcome = run("implementation", pieces(reply, size))
        assert [o.path for o in outcome.operations] == ["a>b.c"]


def test_opening_tag_without_its_end_opens_at_the_newline() -> None:
    reply = '<PlandexBlock lang="c path="a.c">\nx\n</PlandexBlock>\n'
    for size in (1, 100):
        outcome = run("implementation", pieces(reply, size))
        assert [(o.path, o.content) for o in outcome.operations] == [("a.c", "x\n")]


def test_runs_of_backticks_are_escaped_in_threes() -> None:
    reply = '<PlandexBlock lang="md" path="a.md">\n````` `` ```\n``</PlandexBlock>\n'
    for size in (1, 2, 3, 4, 100):
        outcome = run("implementation", pieces(reply, size))
        assert outcome.text == "```md\n\\`\\`\\``` `` \\`\\`\\`\n``\n```\n"
        assert outcome.operations[0].content == "````` `` ```\n``\n"


def test_chunks_received_while_a_block_is_open_are_counted() -> None:
    chunks = ['<PlandexBlock path="a.py">\n', "a\n", "b\n", f"{CLOSE_TAG}\n", "after"]
    assert [o.num_tokens for o in run("implementation", chunks).operations] == [3]


def test_text_after_the_stop_is_neither_parsed_nor_stored() -> None:
    stream = ReplyStream(stage=Stage.IMPLEMENTATION)
    assert stream.feed("Done.\n<PlandexFi").text == "Done.\n"
    fed = stream.feed("nish/>\n- a.py:\n")
    assert fed.stopped
    assert stream.feed("more") == Fed(stopped=True)
    assert stream.finish().text == ""
    assert stream.raw == "Done.\n"


def test_stop_ends_a_block_that_is_open() -> None:
    outcome = run("implementation", ['<PlandexBlock path="a.py">\nx\n<PlandexFinish/>'])
    assert outcome.operations == []
    assert outcome.text == "```\nx\n"


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_missing_file_pauses_after_the_opening_line(size: int) -> None:
    stream = ReplyStream(stage=Stage.IMPLEMENTATION)
    shown = ""
    for chunk in pieces(MISSING, size):
        fed = stream.feed(chunk)
        shown += fed.text
        if fed.opened_path:
            break
    assert fed.opened_path == "a.go"
    assert shown == "Text\n\n- a.go:\n```go\n"
    assert stream.kept_for_resume() == MISSING.removesuffix("pack")
    assert stream.kept_for_skip() == "Text\n"


@pytest.mark.parametrize("size", [1, 1000])
def test_missing_file_without_a_label(size: int) -> None:
    reply = MISSING.replace("- a.go:\n", "")
    stream = ReplyStream(stage=Stage.IMPLEMENTATION)
    for chunk in pieces(reply, size):
        if stream.feed(chunk).opened_path:
            break
    assert stream.kept_for_resume() == 'Text\n\n<PlandexBlock lang="go" path="a.go">\n'
    assert stream.kept_for_skip() == "Text\n"


def test_missing_file_with_code_on_the_tag_line() -> None:
    stream = ReplyStream(stage=Stage.IMPLEMENTATION)
    fed = stream.feed('<PlandexBlock lang="go" path="a.go"> package main\n')
    assert (fed.opened_path, fed.text) == ("a.go", "```go\n ")
    assert stream.kept_for_resume() == '<PlandexBlock lang="go" path="a.go">\n'
    assert stream.kept_for_skip() == ""


def test_missing_file_in_a_later_block_is_cut_at_its_own_label() -> None:
    first = '- b.go:\n<PlandexBlock lang="go" path="b.go">\nx\n</PlandexBlock>\n\n'
    stream = ReplyStream(stage=Stage.IMPLEMENTATION)
    assert stream.feed(first + MISSING).opened_path == "b.go"
    assert stream.feed("").opened_path == "a.go"
    assert stream.kept_for_skip() == first + "Text\n"


def test_resume_goes_on_inside_the_block() -> None:
    stream = ReplyStream(stage=Stage.IMPLEMENTATION, seed=MISSING.removesuffix("pack"))
    outcome = feed_all(stream, ["package main\n", "</PlandexBlock>\n"])
    assert outcome.text == "package main\n```\n"
    assert [(o.path, o.content) for o in outcome.operations] == [("a.go", "package main\n")]
    assert outcome.opened == []
    assert outcome.raw == MISSING.removesuffix("pack") + "package main\n</PlandexBlock>\n"


def test_resume_does_not_report_earlier_operations_again() -> None:
    first = '- b.go:\n<PlandexBlock lang="go" path="b.go">\nx\n</PlandexBlock>\n\n'
    stream = ReplyStream(stage=Stage.IMPLEMENTATION, seed=first + MISSING.removesuffix("pack"))
    outcome = feed_all(stream, ["y\n</PlandexBlock>\n"])
    assert [o.path for o in outcome.operations] == ["a.go"]


ALPHABET = st.lists(
    st.sampled_from(
        [
            "<PlandexBlock",
            ' lang="py"',
            ' path="a.py"',
            ">",
            "</PlandexBlock>",
            "<EndPlandexFileOps/>",
            "### Move Files",
            "### Remove Files",
            "- `a` → `b`",
            "- app/a.py:",
            "**b.py**",
            "\n",
            "\n\n",
            " ",
            "\r\n",
            "`",
            "```",
            "<",
            "</Pl",
            '"',
            "word",
            "é🙂",
        ]
    ),
    max_size=40,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(
    reply=ALPHABET, cuts=st.lists(st.integers(0, 300), max_size=12), stage=st.sampled_from(Stage)
)
def test_any_chunking_of_any_text_gives_the_same(reply: str, cuts: list[int], stage: Stage) -> None:
    places = sorted({min(cut, len(reply)) for cut in cuts} | {0, len(reply)})
    chunks = [reply[a:b] for a, b in pairwise(places)]
    whole, cut, single = run(stage, [reply]), run(stage, chunks), run(stage, reply)
    assert whole.text == cut.text == single.text
    assert whole.opened == cut.opened == single.opened
    assert plain(whole.operations) == plain(cut.operations) == plain(single.operations)
    assert whole.raw == cut.raw == single.raw == reply


@settings(max_examples=300, deadline=None)
@given(reply=ALPHABET, cut=st.integers(0, 300))
def test_reading_a_kept_start_again_leads_to_the_same_end(reply: str, cut: int) -> None:
    stream = ReplyStream(stage=Stage.IMPLEMENTATION)
    fed = stream.feed(reply)
    if fed.opened_path is None:
        return
    kept = stream.kept_for_resume()
    resumed = feed_all(ReplyStream(stage=Stage.IMPLEMENTATION, seed=kept), [f"x\n{CLOSE_TAG}\n"])
    assert [(o.path, o.content) for o in resumed.operations] == [(fed.opened_path, "x\n")]


HOSTILE = {
    "angles": "<" * 20_000,
    "half closing tags": '<PlandexBlock path="a">\n' + "x</Plandex" * 2_000,
    "closing tags in code": '<PlandexBlock path="a">\n' + "x</PlandexBlock>" * 1_500,
    "blanks": " " * 20_000,
    "blanks after a tag": '<PlandexBlock path="a">' + " " * 20_000,
    "blanks after an end": "<EndPlandexFileOps/>" + " " * 20_000,
    "one endless tag": '<PlandexBlock path="' + "a" * 20_000,
    "backticks": '<PlandexBlock path="a">\n' + "`" * 20_000,
    "many blocks": '<PlandexBlock path="a">\n</PlandexBlock>\n' * 500,
    "labels": "- a.py:\n" * 2_500,
    "section lines": "### Remove Files\n" + "- a.py\n" * 2_500,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("size", [1, 1_000_000])
def test_hostile_text_takes_linear_work(name: str, size: int) -> None:
    assert is_linear(lambda text: run("implementation", pieces(text, size)), HOSTILE[name])
