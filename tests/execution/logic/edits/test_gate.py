"""The checks on a text, one by one."""

import pytest

from execution.logic.edits import Replacement, ReplayFailed
from execution.logic.edits.checks.balance import brackets_torn
from execution.logic.edits.checks.gate import (
    elisions_added,
    indentation_differs,
    indents_alike,
    is_subsequence,
    keeps_original,
    markers_left,
    storable,
    text_reasons,
)
from execution.logic.edits.checks.syntax import new_errors, syntax_errors
from execution.logic.edits.text.description import Description, parse_description
from tests.execution.logic.edits.sample import FILE, REF

NONE = Description((), ())
MOSTLY = [f"    {name}" for name in "abcdefghi"]


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        (["a"], ["a", "# ... existing code ..."], True),
        (["a"], ["a", "<!-- ... existing code ... -->"], True),
        (["a"], ["a", "// Plandex: removed code"], True),
        (["# ... existing code ..."], ["  # ... existing code ..."], False),
        (["# ... existing code ..."], ["# ... existing code ..."] * 2, True),
        (["a"], ['x = "# ... existing code ..."'], False),
    ],
)
def test_markers_left(old: list[str], new: list[str], left: bool) -> None:
    assert markers_left(old, new) is left


@pytest.mark.parametrize(
    ("line", "added"),
    [
        ("// keep everything below", True),
        ("// Keep the old methods as is.", True),
        ("// Keep in sync with the definition in a.sh.", False),
        ("# rest of the code stays the same", True),
        ("// remaining methods unchanged", True),
        ("# ... other imports ...", True),
        ("# keep the rest", True),
        ("# rest api", False),
        ("value = 1", False),
    ],
)
def test_elisions(line: str, added: bool) -> None:
    assert elisions_added([], [line]) is added
    assert not elisions_added([line], [line])


def test_subsequence() -> None:
    assert is_subsequence(["a", "c"], ["a", "b", "c"])
    assert is_subsequence(["it's"], ["it’s  "])
    assert not is_subsequence(["c", "a"], ["a", "b", "c"])
    assert not is_subsequence(["a", "a"], ["a"])


def test_keeps_original() -> None:
    assert keeps_original(["a", "", "b"], ["a", "b", "c"])
    assert keeps_original(['"a": 1'], ['"a": 1,'])
    assert not keeps_original(["a", "b"], ["a"])
    assert not keeps_original(["a", "b"], ["b", "a"])


def test_brackets() -> None:
    assert brackets_torn("x.vue", "a {\n}\n", "a {\n")
    assert not brackets_torn("x.vue", "a {\n}\n", "a {\n}\nb()\n")
    assert not brackets_torn("x.py", 'a = "("\n', 'a = "(("\n')
    # One within a string is none; an odd quote that hides one does not count either.
    assert not brackets_torn("x.vue", "a()\n", 'a()\nb = "("\n')
    assert not brackets_torn("x.vue", "a(it)\n", "a(it)\nb ('c)\nd('e)\n")
    # One behind a backslash is a letter of a pattern.
    assert not brackets_torn("x.pl", "a\n", "a =~ /\\(b/\n")
    # In prose they need not pair, in the code of a fence they do.
    assert not brackets_torn("x.md", "a\n", "a (\n1)\n2)\n")
    assert brackets_torn("x.md", "```\na()\n```\n", "```\na(\n```\n")
    assert brackets_torn("x.py", "a = 1\n", "a = (\n")
    # A clean parse says more than a count: this one stands in a comment.
    assert not brackets_torn("x.py", "a = 1\n", "a = 1  # :)\n")


@pytest.mark.parametrize(
    ("path", "mark"), [("a.md", "```"), ("a.sql", "$$"), ("a.txt", None), ("b.py", None)]
)
def test_quoted_bodies_end(path: str, mark: str | None) -> None:
    for quote in ("```", "$$"):
        original = f"say it\n{quote}\na = 1\n{quote}\n"
        assert brackets_torn(path, original, f"{original}{quote}\n") is (quote == mark)
        assert not brackets_torn(path, original, original * 2)
    assert brackets_torn("a.sql", "do $$ a $$;\n", "do $$ a;\n")
    assert not brackets_torn("a.sh", "run\n", "run $$\n")


def test_storable() -> None:
    assert storable("a\n" * 50, "a\n" * 49 + "b\n")


def _reasons(candidate: str, description: str = "", whole: bool = False) -> list[str]:
    return text_reasons(
        original=FILE,
        candidate=candidate,
        literals=(),
        description=parse_description(description),
        path="a.py",
        whole=whole,
    )


def test_large_deletion_needs_a_declaration() -> None:
    short = FILE[: FILE.index("def first")]
    assert "large_deletion" in _reasons(short, "Type: replace")
    assert "large_deletion" not in _reasons(short, "Type: replace\nReplace: lines 6-20")
    assert "large_deletion" not in _reasons(short, "Type: remove")
    assert "large_deletion" not in _reasons(short, whole=True)


def test_a_definition_comes_twice_only_if_written_twice() -> None:
    again = "\n\ndef second(b):\n    return b\n"
    assert "duplicate_definition" in _reasons(FILE + again)
    assert "duplicate_definition" not in _reasons(FILE + again.replace("second", "fourth"))
    twice = "def second(b):\n    return 1\n\n\n" * 2
    reasons = text_reasons(
        original=FILE,
        candidate=FILE + again,
        literals=twice.split("\n"),
        description=NONE,
        path="a.py",
    )
    assert "duplicate_definition" not in reasons


def test_an_insertion_keeps_the_original() -> None:
    assert "original_lost" in _reasons(FILE.replace("LIMIT = 10\n", ""), "Type: add")
    assert "original_lost" not in _reasons(FILE + "x = 1\n", "Type: add")


@pytest.mark.parametrize(
    ("candidate", "literals", "path", "reason"),
    [
        (FILE + REF, [], "a.py", "marker_left"),
        (FILE, ["missing = 1"], "a.py", "literal_lost"),
        (FILE + "# rest of the code unchanged\n", [], "a.py", "elision_comment"),
        (FILE + "x = (\n", [], "a.py", "new_syntax_error"),
        (FILE + "{\n", [], "a.vue", "unbalanced"),
    ],
)
def test_what_speaks_against_a_text(
    candidate: str, literals: list[str], path: str, reason: str
) -> None:
    def reasons(text: str, wanted: list[str]) -> list[str]:
        return text_reasons(
            original=FILE, candidate=text, literals=wanted, description=NONE, path=path
        )

    assert reason in reasons(candidate, literals)
    assert reasons(FILE, ["import os"]) == []


def test_a_text_that_cannot_be_stored_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(old: str, new: str) -> list[Replacement]:
        raise ReplayFailed("no")

    monkeypatch.setattr("execution.logic.edits.checks.gate.replacements_between", fails)
    assert "not_storable" in _reasons(FILE + "x = 1\n")


@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [
        (["a", "    b"], ["a", "    b", "\tc"], True),
        (["a", "\tb"], ["a", "\tb", "    c"], True),
        (["a", "    b"], ["a", "    b", "    c"], False),
        (["a", "    b", "\tc"], ["a", "    b", "\td"], False),
        (["a", "b"], ["a", "b", "\tc"], False),
        # Nine of ten lines are indented by spaces: a tab in a new one is drift.
        ([*MOSTLY, "\tz"], [*MOSTLY, "\tz", "\tnew"], True),
        ([*MOSTLY[1:], "\tz"], [*MOSTLY[1:], "\tz", "\tnew"], False),
        ([*MOSTLY, "\tz"], [*MOSTLY, "\tz", "\tnew", "    new"], False),
        ([*MOSTLY, "\tz"], [*MOSTLY, "\tz", "new"], False),
    ],
)
def test_indentation_of_new_lines(old: list[str], new: list[str], differs: bool) -> None:
    assert indentation_differs(old, new) is differs
    reasons = text_reasons(
        original="\n".join(old) + "\n",
        candidate="\n".join(new) + "\n",
        literals=(),
        description=NONE,
        path="a.txt",
    )
    assert ("indentation_differs" in reasons) is differs


@pytest.mark.parametrize(("first", "large"), [(5, False), (6, True)])
def test_lines_that_go_at_both_ends_are_counted_together(first: int, large: bool) -> None:
    lines = [f"line {number}" for number in range(20)]
    reasons = text_reasons(
        original="\n".join(lines) + "\n",
        candidate="\n".join(lines[first:15]) + "\n",
        literals=(),
        description=parse_description("Type: replace"),
        path="a.txt",
    )
    assert ("large_deletion" in reasons) is large


@pytest.mark.parametrize(
    ("size", "gone", "kind", "large"),
    [
        (12, 9, "Type: replace", False),  # a small file
        (13, 9, "Type: replace", True),
        (20, 10, "Type: replace", False),  # just half of it
        (20, 11, "Type: replace", True),
        (20, 11, "Type: replace\nReplace: lines 10-20", False),
        (20, 11, "Type: replace\nReplace: lines 10-19", True),
        (20, 11, "Type: replace\nType: add\nType: append\nType: prepend", True),
        (20, 11, "Type: remove", False),
    ],
)
def test_how_much_may_go(size: int, gone: int, kind: str, large: bool) -> None:
    lines = [f"line {number}" for number in range(size)]
    reasons = text_reasons(
        original="\n".join(lines) + "\n",
        candidate="\n".join(lines[: size - gone]) + "\n",
        literals=(),
        description=parse_description(kind),
        path="a.txt",
    )
    assert ("large_deletion" in reasons) is large


@pytest.mark.parametrize(
    ("candidate", "wrong"),
    [
        ("def a():\n    x = 1\n      y = 2\n", True),
        ("def a():\n    x = 1\n  y = 2\n", True),
        ("def a():\n    x = 1\n    y = '\\d'\n", False),
    ],
)
def test_a_line_of_python_is_no_deeper_than_its_block(candidate: str, wrong: bool) -> None:
    assert bool(new_errors("a.py", "def a():\n    x = 1\n", candidate)) is wrong
    assert not new_errors("a.js", "a()\n", "a()\n  b()\n")
    assert not new_errors("a.py", candidate, f"{candidate}z = 3\n")


@pytest.mark.parametrize(
    ("literals", "alike"),
    [
        (["    abc"], True),
        (["\tabc"], False),
        (["    ab"], False),  # it says too little
        (["abc"], False),  # not indented
        (["    other"], False),
    ],
)
def test_a_snippet_shows_the_indentation_of_the_file(literals: list[str], alike: bool) -> None:
    assert indents_alike(literals, ["abc", "    abc", "    ab"]) is alike


@pytest.mark.parametrize(("path", "doubled"), [("A.java", False), ("a.js", True)])
def test_signatures_count_where_names_are_overloaded(path: str, doubled: bool) -> None:
    one = "class A {\n  function f(a) {\n  }\n}\n"
    two = one.replace("  }\n}", "  }\n  function f(a, b) {\n  }\n}")
    reasons = text_reasons(original=one, candidate=two, literals=(), description=NONE, path=path)
    assert ("duplicate_definition" in reasons) is doubled


@pytest.mark.parametrize(("depth", "checked"), [(900, True), (1001, False)])
def test_tags_are_checked_to_a_depth(depth: int, checked: bool) -> None:
    text = "<div>" * depth + "<br/>" + "</div>" * depth
    assert (syntax_errors("a.html", text) is not None) == checked
