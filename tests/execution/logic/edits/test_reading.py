"""The parts of reading a snippet: markers, explanations, structure, alignment."""

import random
from pathlib import Path

import pytest

from execution.logic.edits.aligned import build_problem
from execution.logic.edits.alignment.align import Segment
from execution.logic.edits.alignment.costs import INFINITE, Problem
from execution.logic.edits.alignment.tables import FREE
from execution.logic.edits.checks.syntax import new_errors, syntax_errors
from execution.logic.edits.placement import Edit
from execution.logic.edits.text.description import parse_description, parse_ranges
from execution.logic.edits.text.languages import grammar_name
from execution.logic.edits.text.lines import join_lines, like_original, split_text
from execution.logic.edits.text.markers import Kind, looks_like_marker, marker_kind, tokenize
from execution.logic.edits.text.names import defined_name, line_name
from execution.logic.edits.text.snippets import clean_snippet
from execution.logic.edits.text.structure import UNKNOWN, outline


@pytest.mark.parametrize(
    ("line", "path", "kind"),
    [
        ("# ... existing code ...", "a.py", Kind.REFERENCE),
        ("    // ... existing code ...", "a.py", Kind.REFERENCE),
        ("/* ... existing code ... */", "a.css", Kind.REFERENCE),
        ("// ... existing code ...", "a.css", Kind.REFERENCE),
        ("{/* ... existing code ... */}", "a.tsx", Kind.REFERENCE),
        ("<!-- ... existing code ... -->", "a.html", Kind.REFERENCE),
        ("-- ... existing code ...", "a.sql", Kind.REFERENCE),
        ("// … existing code …", "a.go", Kind.REFERENCE),
        ("// ...", "a.js", Kind.REFERENCE),
        ("# rest of the function ...", "a.py", Kind.REFERENCE),
        ("# ... other imports ...", "a.py", Kind.REFERENCE),
        ("# ... existing code ...", "a.go", Kind.REFERENCE),
        ("# Plandex: removed code", "a.py", Kind.REMOVAL),
        ("// Plandex: removed the old check", "a.go", Kind.REMOVAL),
        ("# Plandex: removed code", "a.md", None),
        ("...", "a.py", None),
        ("x = f(...)", "a.py", None),
        ('MARKER = "# ... existing code ..."', "a.py", None),
        ("  end: This is the end of the list...", "a.yml", None),
        ("# wait for it ...", "a.py", None),
        ("# the rest of the story", "a.py", None),
        ("## ... rest of the docs ...", "a.md", None),
        ("", "a.py", None),
    ],
)
def test_markers(line: str, path: str, kind: Kind | None) -> None:
    assert marker_kind(line, path) is kind


def test_references_in_a_row_are_one() -> None:
    lines = ("a", "        # ...", "", "    # ...", "# ...", "b")
    tokens = tokenize(lines, "a.py", ())
    assert [token.kind for token in tokens] == [Kind.LITERAL, Kind.REFERENCE, Kind.LITERAL]
    assert (tokens[1].start_indent, tokens[1].indent) == (8, 0)


def test_a_marker_between_its_neighbours_in_the_file_is_content() -> None:
    lines = ("x", "# ... existing code ...", "y")
    assert [t.kind for t in tokenize(lines, "a.py", lines)] == [Kind.LITERAL] * 3
    moved = tokenize(lines, "a.py", ("p", "# ... existing code ...", "q"))
    assert (moved[1].kind, moved[1].dual) == (Kind.REFERENCE, True)


def test_a_removal_leaves_one_gap() -> None:
    lines = ("a", "", "# Plandex: removed code", "", "b")
    kinds = [token.kind for token in tokenize(lines, "a.py", ())]
    assert kinds == [Kind.LITERAL, Kind.BLANK, Kind.REMOVAL, Kind.LITERAL]


def test_strange_comments_are_no_markers() -> None:
    assert not looks_like_marker('print("... existing code ...")')
    assert looks_like_marker("% ... existing code ...")


@pytest.mark.parametrize(
    ("text", "types", "ranges"),
    [
        ("Type: add", ["add"], []),
        ("**Type:** replace\nReplace: lines 10-20, 30", ["replace"], [(10, 20), (30, 30)]),
        ("Type: replace\nReplace: line 7.", ["replace"], [(7, 7)]),
        ("Type: remove\nReplace: lines 3-4 and 9", ["remove"], [(3, 4), (9, 9)]),
        ("Type: replace\nReplace: 2024-01-05", ["replace"], []),
        ("Type: replace\nReplace: lines 020-030", ["replace"], [(20, 30)]),
        ("Type: replace\nReplace: lines 9-3", ["replace"], []),
        ("Remove support for version 2 on 2024-01-05", [], []),
        ("Type: remove\nSummary: remove support for Python 2", ["remove"], []),
        (
            "Change 1.\nType: add\n\nChange 2.\nType: replace\nReplace: line 4",
            ["add", "replace"],
            [(4, 4)],
        ),
        ("- Type: `prepend`", ["prepend"], []),
        ("Typ: ersetzen\nZeilen 3-4", [], []),
        ("Replace: line 4", [], []),
    ],
)
def test_descriptions(text: str, types: list[str], ranges: list[tuple[int, int]]) -> None:
    description = parse_description(text)
    assert [change.type for change in description.changes] == types
    assert list(description.ranges) == ranges


def test_kinds_of_descriptions() -> None:
    assert parse_description("Type: add\nType: append").pure_insert
    assert not parse_description("Type: add\nType: replace").pure_insert
    assert not parse_description("").pure_insert
    assert parse_description("Type: overwrite").overwrite
    assert parse_ranges("none") == ()


@pytest.mark.parametrize(
    ("text", "lines", "eol", "final"),
    [
        ("a\nb\n", ("a", "b"), "\n", True),
        ("a\r\nb\r\n", ("a", "b"), "\r\n", True),
        ("a\r\nb", ("a", "b"), "\r\n", False),
        ("a\n\nb", ("a", "", "b"), "\n", False),
        ("a\u2028b\x0cc\n", ("a\u2028b\x0cc",), "\n", True),
        ("", (), "\n", False),
        ("\n", ("",), "\n", True),
    ],
)
def test_texts(text: str, lines: tuple[str, ...], eol: str, final: bool) -> None:
    parts = split_text(text)
    assert (parts.lines, parts.eol, parts.final_newline) == (lines, eol, final)
    assert join_lines(parts, list(lines), list(range(len(lines)))) == text


def test_mixed_line_ends_stay_where_they_were() -> None:
    parts = split_text("a\r\nb\nc\r\nd")
    assert join_lines(parts, ["a", "new", "b", "d"], [0, -1, 1, 3]) == "a\r\nnew\r\nb\nd"
    assert like_original(split_text("\ufeffa\r\n"), "x\ny") == "\ufeffx\r\ny\r\n"


def test_blocks_and_their_openers() -> None:
    lines = ("if x {", "  a", "} else {", "  b", "}", "class C", "{", "}")
    found = outline(lines, "a.js")
    assert found.parent == [-1, 0, -1, 2, -1, -1, -1, -1]
    assert (found.opener[2], found.opener[4], found.opener[7]) == (0, 0, 5)
    assert found.direct[4] == 2


def test_what_a_marker_hides_is_unknown() -> None:
    lines = ("f {", "  // ...", "  }", "}")
    found = outline(lines, "a.js", frozenset({1}))
    assert (found.opener[2], found.opener[3]) == (UNKNOWN, 0)


def test_sections_and_headings_head_what_follows() -> None:
    assert outline(("[a]", "x = 1", "[b]", "y = 2"), "a.toml").parent == [-1, 0, -1, 2]
    assert outline(("# A", "t", "## B", "u", "# C"), "a.md").parent == [-1, 0, 0, 2, -1]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("def first(a):", ("define", "first")),
        ("async def go():", ("define", "go")),
        ("export class Box<T> {", ("define", "Box")),
        ("func (s *Store) Get(key string) string {", ("define", "*Store)Get")),
        ("  push(item) {", ("define", "push")),
        ("    public void run()", ("define", "run")),
        ("jobs:", ("define", "jobs")),
        ("limit = 3", ("assign", "limit")),
        ('  "name": "x",', ("assign", '"name"')),
        ("const a = 1;", ("assign", "a")),
        ("if (x) {", None),
        ("return foo(a) {", None),
        ("x == 3", None),
        ("}", None),
    ],
)
def test_names(line: str, name: tuple[str, str] | None) -> None:
    assert line_name(line) == name


def test_control_flow_defines_nothing() -> None:
    assert all(defined_name(f"{word} (x) {{") is None for word in ("if", "for", "while", "switch"))


@pytest.mark.parametrize(
    ("snippet", "original", "cleaned"),
    [
        ("pdx-1: a\npdx-2:   b\n", "", "a\n  b\n"),
        ("pdx-1: a\nb\n", "", "pdx-1: a\nb\n"),
        ("pdx-new-1: a\n\npdx-new-3: b\n", "", "a\n\nb\n"),
        ("```py\na\n```\n", "x\n", "a\n"),
        ("```py\na\n```\n", "```\nx\n```\n", "```py\na\n```\n"),
        ("```\na\n```\nb\n```\n", "x\n", "```\na\n```\nb\n```\n"),
        ("a\n", "x\n", "a\n"),
    ],
)
def test_cleaning(snippet: str, original: str, cleaned: str) -> None:
    assert clean_snippet(snippet, original, "a.py") == cleaned


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        ("a.py", "x = 1\n", "x = (\n"),
        ("a.go", "package a\n", "package\nfunc {\n"),
        ("a.json", '{"a": 1}', '{"a": 1,}'),
        ("a.toml", "a = 1\n", "a = \n"),
        ("a.js", "let a = 1\n", "let = = 1\n"),
        ("a.rs", "fn a() {}\n", "fn a( {}\n"),
        ("Dockerfile", "FROM a\n", "FRUM a b c\n"),
    ],
)
def test_syntax(path: str, good: str, bad: str) -> None:
    assert syntax_errors(path, good) == []
    assert syntax_errors(path, bad)
    assert new_errors(path, good, bad)
    assert not new_errors(path, bad, bad)
    assert not new_errors(path, bad, good)


def test_errors_name_their_lines() -> None:
    assert syntax_errors("a.py", "x = 1\ny = )\n") == ["Invalid syntax on line 2"]
    assert syntax_errors("a.unknown", "x") is None
    assert syntax_errors("a.py", "(" * 2000) is None
    assert syntax_errors("a.py", "  \n") == []
    assert grammar_name("lib/Rakefile") == "ruby"


def _problem(original: str, snippet: str, kind: str) -> Problem:
    lines = split_text(snippet).lines
    edit = Edit(original, split_text(original), lines, parse_description(kind), "a.c", lines)
    return build_problem(edit, lines)


def test_both_directions_agree_on_every_node() -> None:
    rng = random.Random(8)
    words = [
        "a",
        "b {",
        "}",
        "    c",
        "",
        "    d = 1",
        "    d = 2",
        "  // ...",
        "// Plandex: removed",
    ]
    for round_ in range(120):
        original = "\n".join(rng.choices(words[:-2], k=rng.randint(1, 9))) + "\n"
        snippet = "\n".join([*rng.choices(words, k=rng.randint(1, 6)), "a"]) + "\n"
        problem = _problem(original, snippet, rng.choice(["", "Type: add"]))
        segment = Segment(problem, 0, len(problem.tokens), 0, len(problem.original.lines))
        total = segment.forward()
        segment.backward()
        assert segment.remaining((0, 0, FREE)) == total, round_
        for number in range(len(problem.tokens) + 1):
            for line in range(len(problem.original.lines) + 1):
                for mode in range(7):
                    node = (number, line, mode)
                    if segment.spent(node) >= INFINITE:
                        continue
                    for cost, target, _ in segment.edges(node):
                        assert segment.spent(target) <= segment.spent(node) + cost
                        assert segment.remaining(node) <= segment.remaining(target) + cost
        assert segment.path_to((len(problem.tokens), segment.high, FREE))


def test_modules_stay_readable() -> None:
    folder = Path(__file__).resolve().parents[4] / "execution/logic/edits"
    assert all(len(p.read_text().splitlines()) <= 260 for p in folder.rglob("*.py"))
