"""Search/replace blocks line by line: what belongs to a block, and what makes it unreadable."""

import pytest

from execution.logic.edits.formats.dialects import (
    Block,
    dialect_of,
    has_blocks,
    parse_search_replace,
)

FILE = ("one()", "two()", "")


def _parsed(text: str, path: str = "a.js") -> list[Block] | None:
    return parse_search_replace(text.splitlines(), FILE, path)


SEARCH, DIVIDE, REPLACE = "<<<<<<< SEARCH\n", "=======\n", ">>>>>>> REPLACE\n"
BLOCK = f"{SEARCH}one()\n{DIVIDE}1\n{REPLACE}"


@pytest.mark.parametrize(
    "text",
    [
        f"{SEARCH}one()\n{SEARCH}two()\n{DIVIDE}1\n{REPLACE}",
        f"{SEARCH}one()\n{REPLACE}",
        f"{SEARCH}one()\n{DIVIDE}1\n{DIVIDE}2\n{REPLACE}",
        f"{SEARCH}one()\n{DIVIDE}1\n{SEARCH}two()\n{DIVIDE}2\n{REPLACE}",
        f"{SEARCH}one()\n{DIVIDE}1\n",
        f"{BLOCK}{SEARCH}two()\n",
        f"{BLOCK}{SEARCH}two()\n{DIVIDE}",
        f"{BLOCK}two()\n{BLOCK}",
        f"{BLOCK}code();\n{BLOCK}",
        f"{BLOCK}// ... existing code ...\n{BLOCK}",
        "one()\n",
    ],
    ids=[
        "begins again in the old part",
        "ends in the old part",
        "divides again in the new part",
        "begins again in the new part",
        "has no end",
        "the last has no new part",
        "the last is cut off at its new part",
        "a line of the file between",
        "other code between",
        "a reference between",
        "no block",
    ],
)
def test_blocks_that_cannot_be_read(text: str) -> None:
    assert _parsed(text) is None


@pytest.mark.parametrize(
    "between",
    ["", "\n", "```\n", "```js\n", "src/a.js\n", "src/a.js:\n", "And then this:\n", "**Next**\n"],
)
def test_what_may_stand_between_blocks(between: str) -> None:
    text = f"{between}{BLOCK}{between}{BLOCK}{between}"
    assert _parsed(text) == [Block(("one()",), ("1",))] * 2


def test_a_sentence_that_is_a_line_of_the_file_is_code() -> None:
    said = "Then This Is It"
    assert parse_search_replace([said, *BLOCK.splitlines()], (said,), "a.txt") is None
    assert parse_search_replace([said, *BLOCK.splitlines()], FILE, "a.txt")


@pytest.mark.parametrize(
    ("old", "new", "block"),
    [
        ("```js\none()\n```\n", "```\n1\n```\n", (("one()",), ("1",))),
        ("```js\none()\n```\n", "1\n", (("```js", "one()", "```"), ("1",))),
        ("```js\none()\n", "```\n1\n```\n", (("```js", "one()"), ("```", "1", "```"))),
        ("one()\n```\n", "1\n```\n", (("one()", "```"), ("1", "```"))),
        ("```\n", "```\n", (("```",), ("```",))),
        ("```\n```\n", "```\n1\n```\n", ((), ("1",))),
        ("```\none()\n```js\n", "```\n1\n```\n", (("```", "one()", "```js"), ("```", "1", "```"))),
        (":start_line:1\none()\n", "1\n", (("one()",), ("1",))),
        (":start_line:1\n:end_line:1\n-------\none()\n", "1\n", (("one()",), ("1",))),
        ("-------\none()\n", "1\n", (("-------", "one()"), ("1",))),
        (":start_line:1\n", "1\n", ((), ("1",))),
    ],
    ids=[
        "in fences",
        "only the old part in a fence",
        "a fence without an end",
        "a fence at the end only",
        "a fence alone",
        "fences around nothing",
        "a fence that ends as one begins",
        "a line hint",
        "two hints and a rule",
        "a rule alone",
        "a hint alone",
    ],
)
def test_hints_and_fences_are_no_lines(
    old: str, new: str, block: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    assert _parsed(f"{SEARCH}{old}{DIVIDE}{new}{REPLACE}") == [Block(*block)]


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("<search>\none()\n</search>\n<replace>\n1\n</replace>\n", ("1",)),
        ("<search>\none()\n</search> <replace>\n1\n</replace>\n", ("1",)),
        ("<search>\none()\n</search>\n<replace>\n<replace>\n1\n</replace>\n", ("1",)),
        ("<search>\none()\n</search>\n1\n<replace>\n</replace>\n", ("1", "<replace>")),
        (f"{SEARCH}one()\n{DIVIDE}<new>\n1\n{REPLACE}", ("<new>", "1")),
    ],
)
def test_the_tag_of_the_new_part_is_no_line_of_it(text: str, new: tuple[str, ...]) -> None:
    assert _parsed(text) == [Block(("one()",), new)]


@pytest.mark.parametrize(
    ("text", "original", "blocks"),
    [
        (BLOCK, "one()\n", True),
        (SEARCH, "one()\n", True),  # cut off, but it can be nothing else
        (BLOCK, f"one()\n{SEARCH}", False),  # the file may be meant to hold such lines
        ("<old>\none()\n</old>\n<new>\n1\n</new>\n", "one()\n", True),
        ("<old>\none()\n", "one()\n", False),  # it may be markup
        ("one()\n", "one()\n", False),
    ],
)
def test_a_snippet_of_blocks_is_told_by_its_lines(text: str, original: str, blocks: bool) -> None:
    assert has_blocks(text.splitlines(), original.splitlines()) is blocks
    assert (dialect_of(text.splitlines()) is not None) is (blocks or "SEARCH" in text)
