"""Explanations that say which lines go settle readings that the lines alone leave open."""

import pytest

from execution.logic.edits import Placement, place_edit
from execution.logic.edits.checks.gate import indents_alike
from execution.logic.edits.doubts.declared import fates
from execution.logic.edits.text.description import parse_description
from execution.logic.edits.text.structure import outline

REF = "// ... existing code ...\n"
FILE = (
    "class Shop {\n  open() {\n    if (this.day) {\n      this.light();\n    }\n    this.door();\n"
    "  }\n\n  close() {\n    this.door();\n    this.light();\n  }\n}\n"
)


def _place(snippet: str, description: str, original: str = FILE) -> Placement:
    return place_edit(original=original, snippet=snippet, description=description, path="a.js")


REWRITTEN = (
    "class Shop {\n  open() {\n    if (!this.day) {\n      return;\n    }\n    this.door();\n"
    "    this.light();\n  }\n\n  " + REF + "}\n"
)


def test_ranges_settle_a_body_that_was_rewritten() -> None:
    """The inner closing line belongs to the new code, though the file has one like it."""
    placement = _place(REWRITTEN, "Type: replace\nReplace: lines 3-6")
    assert placement.status == "accepted"
    assert placement.text == FILE.replace(
        "    if (this.day) {\n      this.light();\n    }\n    this.door();\n",
        "    if (!this.day) {\n      return;\n    }\n    this.door();\n    this.light();\n",
    )


def test_quoted_neighbours_settle_it_as_well() -> None:
    says = "Type: replace\nContext: between `open() {` and `}`"
    assert _place(REWRITTEN, says).text == _place(REWRITTEN, "Type: replace\nReplace: 3-6").text


@pytest.mark.parametrize(
    "says",
    [
        "Replace: lines 3-5",  # then a line of the snippet would be there twice
        "Replace: lines 4-40",  # more than the file has
        "Context: between `open() {` and `nothing`",
    ],
)
def test_what_the_snippet_contradicts_settles_nothing(says: str) -> None:
    snippet = (
        "class Shop {\n  open() {\n    this.start();\n  }\n\n  close() {\n  " + REF + "  }\n}\n"
    )
    assert _place(snippet, f"Type: replace\n{says}").status != "accepted"


def test_new_code_between_two_references_stays_a_doubt() -> None:
    """Line numbers alone would choose the place."""
    snippet = "class Shop {\n  " + REF + "\n  shut() {\n    lock();\n  }\n\n  " + REF + "}\n"
    assert _place(snippet, "Type: replace\nReplace: lines 9-12").status != "accepted"


def test_a_line_kept_unseen_beside_its_copy_was_forgotten_context() -> None:
    original = "a = 1\nb = 2\nc = 3\nd = 4\ne = 5\nf = 6\n"
    snippet = "a = 1\nb = 20\nd = 4\n" + REF
    placement = _place(snippet, "Type: replace\nReplace: line 2", original)
    assert placement.status != "accepted"


def test_lines_that_were_declared_but_not_changed_are_no_edit() -> None:
    original = "class A {\n\trun();\n\n\tstop();\n\tgo();\n\twait();\n}\n"
    snippet = "class A {\n    run();\n    " + REF + "}\n"
    placement = _place(snippet, "Type: replace\nReplace: line 2", original)
    assert placement.status != "accepted" or placement.text != original


@pytest.mark.parametrize(
    ("says", "goes", "places"),
    [
        ("Type: replace\nReplace: lines 3-6", {2, 3, 4, 5}, {6}),
        ("Type: remove\nReplace: line 8", set(), {8}),  # a blank line
        ("Type: replace\nContext: between `open() {` and `close() {`", {2, 3, 4, 5, 6}, {7, 8}),
        ("Type: add\nContext: after `close() {`", set(), {9}),
        ("Type: add\nContext: before `close() {`", set(), {7, 8}),
        ("Type: add\nContext: after `this.door();`", set(), None),  # twice in the file
    ],
)
def test_fates(says: str, goes: set[int], places: set[int] | None) -> None:
    lines = outline(tuple(FILE.splitlines()), "a.js")
    found = fates(parse_description(says), lines, quotes_count=True)
    assert found[0].goes == goes
    assert found[0].places == places


@pytest.mark.parametrize(
    "says",
    [
        "",
        "Type: overwrite",
        "Type: replace",
        "Type: replace\nReplace: lines 3-99",
        "Type: replace\nContext: between `this.door();` and `this.light();`",  # both twice
        "Type: add\n\nType: remove\nContext: somewhere",
    ],
)
def test_no_fates(says: str) -> None:
    lines = outline(tuple(FILE.splitlines()), "a.js")
    assert fates(parse_description(says), lines, quotes_count=True) == []
    assert not fates(
        parse_description("Type: replace\nContext: between `open() {` and `close() {`"),
        lines,
        quotes_count=False,
    )


def test_every_addition_needs_new_code() -> None:
    says = (
        "Change 1.\nType: add\nContext: after `close() {`\n\n"
        "Change 2.\nType: add\nContext: after `open() {`\n"
    )
    snippet = "class Shop {\n  open() {\n    this.count();\n    " + REF + "  }\n\n  " + REF + "}\n"
    assert _place(snippet, says).status != "accepted"


@pytest.mark.parametrize(
    ("shown", "alike"),
    [("\trun(1);", True), ("    run(1);", False), ("\t}", False), ("run(1);", False)],
)
def test_white_space_that_differs_is_meant_beside_lines_of_the_file(
    shown: str, alike: bool
) -> None:
    assert indents_alike([shown], ["if a {", "\trun(1);", "\t}", "}"]) is alike


def test_a_line_in_other_white_space_is_accepted_beside_them() -> None:
    original = "class A {\n\trun(1);\n\tstop(2);\n\twait(3);\n}\n"
    snippet = "class A {\n\trun(1);\n    halt(2);\n\twait(3);\n}\n"
    assert _place(snippet, "Type: replace\nReplace: line 3", original).status == "accepted"


@pytest.mark.parametrize(
    ("says", "unsaid"),
    [
        ("Type: replace\nReplace: line 3\n\nType: add\nContext: somewhere", 1),
        ("Type: add\nContext: after `close() {`\n\nType: replace\nReplace: line 3", 0),
        ("Type: add\n\nType: add\nContext: after `this.door();`", 2),
    ],
)
def test_additions_that_do_not_say_their_place(says: str, unsaid: int) -> None:
    lines = outline(tuple(FILE.splitlines()), "a.js")
    assert fates(parse_description(says), lines, quotes_count=True)[-1].unsaid == unsaid
