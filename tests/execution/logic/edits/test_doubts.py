"""Readings written by hand, and what speaks against each.

A step is a word: `M` match, `C` change, `I` insert, `D` drop, `K` kept by a reference, `R` removed
by a marker, `S` skipped; then the token and the original line, as in `M0:0`.
"""

import pytest

from execution.logic.edits.align import Op, Step
from execution.logic.edits.certainty import doubts
from execution.logic.edits.costs import Problem
from execution.logic.edits.description import parse_description
from execution.logic.edits.hunks import group_hunks
from execution.logic.edits.markers import Kind
from execution.logic.edits.place import Edit, build_problem
from execution.logic.edits.reading import Reading
from execution.logic.edits.soundness import structural_doubts
from execution.logic.edits.texts import split_text

OPS = {
    "M": Op.MATCH,
    "C": Op.CHANGE,
    "I": Op.INSERT,
    "D": Op.DROP,
    "K": Op.COVER,
    "R": Op.REMOVE,
    "S": Op.SKIP,
}


def _problem(original: str, snippet: str, kind: str, path: str) -> Problem:
    text, lines = split_text(original), split_text(snippet).lines
    return build_problem(Edit(original, text, lines, parse_description(kind), path), lines)


def _steps(words: str, how: str = "similar") -> list[Step]:
    steps: list[Step] = []
    for word in words.split():
        token, _, line = word[1:].partition(":")
        op = OPS[word[0]]
        steps.append(Step(op, int(token), int(line), how if op is Op.CHANGE else "exact"))
    return steps


def _structural(
    original: str, snippet: str, words: str, kind: str = "", path: str = "a.js"
) -> list[str]:
    problem = _problem(original, snippet, kind, path)
    first = int(problem.tokens[0].kind is Kind.IMPLIED)  # a reference nobody wrote comes first
    steps = [Step(s.op, s.token + first, s.line, s.how) for s in _steps(words)]
    hunks = group_hunks(problem, steps)
    return list(structural_doubts(problem, steps, hunks, parse_description(kind)))


def _doubts(
    original: str,
    snippet: str,
    words: str,
    kind: str = "",
    path: str = "a.js",
    how: str = "similar",
    blanks: bool = False,
) -> list[str]:
    problem = _problem(original, snippet, kind, path)
    reading = Reading(tuple(_steps(words, how)), blanks, ())
    return doubts(problem, reading, parse_description(kind))


TWO = "first {\n  a\n}\nsecond {\n  a\n}\n"
REF = "// ... existing code ...\n"


def test_a_closing_line_of_another_block_is_torn() -> None:
    snippet = "first {\n  b\n}\n" + REF
    assert _structural(TWO, snippet, "M0:0 C1:1 M2:2 K3:3 K3:4 K3:5") == []
    torn = _structural(TWO, snippet, "M0:0 I1:1 S-1:1 S-1:2 S-1:3 S-1:4 M2:5")
    assert "block_mismatch" in torn


def test_a_new_block_does_not_take_an_old_closing_line() -> None:
    snippet = REF + "third {\n  b\n}\n"
    words = "K0:0 K0:1 K0:2 K0:3 K0:4 I1:5 I2:5 M3:5"
    assert "block_mismatch" in _structural(TWO, snippet, words)


def test_closing_lines_come_and_go_with_their_blocks() -> None:
    snippet = "first {\n  a\n}\n}\nsecond {\n  a\n}\n"
    assert "block_mismatch" in _structural(TWO, snippet, "M0:0 M1:1 M2:2 I3:3 M4:3 M5:4 M6:5")
    whole = "first {\n  a\n}\nthird {\n  b\n}\nsecond {\n  a\n}\n"
    words = "M0:0 M1:1 M2:2 I3:3 I4:3 I5:3 M6:3 M7:4 M8:5"
    assert _structural(TWO, whole, words) == []


def test_a_block_may_lose_its_closing_line_only_with_its_head() -> None:
    snippet = "first {\n  a\n// Plandex: removed code\nsecond {\n  a\n}\n"
    assert "block_mismatch" in _structural(TWO, snippet, "M0:0 M1:1 R2:2 M3:3 M4:4 M5:5")
    snippet = "// Plandex: removed code\nsecond {\n  a\n}\n"
    assert _structural(TWO, snippet, "R0:0 R0:1 R0:2 M1:3 M2:4 M3:5") == []


def test_a_reference_that_leaves_a_block_hides_whose_end_follows() -> None:
    snippet = "first {\n    " + REF + "}\n"
    kept = "M0:0 K1:1 K1:2 K1:3 K1:4 M2:5"
    assert _structural(TWO, snippet, kept) == []
    inner = "first {\n" + REF.replace("//", "  //") + "}\n" + REF
    assert _structural(TWO, inner, "M0:0 K1:1 M2:2 K3:3 K3:4 K3:5") == []


def test_a_closing_line_stays_with_the_head_that_stays() -> None:
    snippet = "first {\n  b\n}\n"
    assert _structural(TWO, snippet, "M0:0 C1:1 K-1:2 K-1:3 K-1:4 M2:5") == ["block_mismatch"]


def test_a_removal_stays_within_its_block_whatever_the_explanation_says() -> None:
    original = "first {\n  open it\n  rest\n}\nsecond {\n  close it\n}\n"
    snippet = "first {\n  open it\n// Plandex: removed code\n  close it\n}\n"
    said = "Type: remove\nContext: Located between `open it` and `close it`"
    across = "M0:0 M1:1 R2:2 R2:3 R2:4 M3:5 M4:6"
    assert _structural(original, snippet, across, said) == ["block_mismatch"]
    flat = original.replace("}\nsecond {\n", "  more\n")
    assert _structural(flat, snippet, "M0:0 M1:1 R2:2 R2:3 M3:4 M4:5", said) == []


DEFS = "def one():\n    go()\n\ndef two():\n    go()\n\ndef three():\n    go()\n"


@pytest.mark.parametrize(
    ("words", "kind", "lost"),
    [
        ("M0:0 M1:1 M2:2 S-1:3 S-1:4 S-1:5 I3:6 M4:6 M5:7", "", True),
        (
            "M0:0 M1:1 M2:2 S-1:3 S-1:4 S-1:5 I3:6 M4:6 M5:7",
            "Type: replace\nReplace: lines 4-6",
            False,
        ),
    ],
)
def test_a_definition_goes_only_when_declared(words: str, kind: str, lost: bool) -> None:
    snippet = "def one():\n    go()\n\nstop()\ndef three():\n    go()\n"
    found = _structural(
        DEFS.replace("three", "one"), snippet.replace("three", "one"), words, kind, "a.py"
    )
    assert ("definition_lost" in found) is lost


def test_between_unique_lines_a_definition_may_go() -> None:
    snippet = "def one():\n    run()\nstop()\ndef three():\n    go()\n"
    original = "def one():\n    run()\ndef two():\n    go()\ndef three():\n    go()\n"
    words = "M0:0 M1:1 S-1:2 S-1:3 I2:4 M3:4 M4:5"
    assert "definition_lost" not in _structural(original, snippet, words, "", "a.py")


def test_before_a_unique_line_the_first_definition_may_go() -> None:
    snippet = "stop()\ndef three():\n    go()\n"
    original = "def two():\n    run()\ndef three():\n    go()\n"
    words = "S-1:0 S-1:1 I0:2 M1:2 M2:3"
    assert "definition_lost" not in _structural(original, snippet, words, "", "a.py")


def test_a_renamed_definition_is_not_lost() -> None:
    snippet = "go()\ndef compute_total(a):\n    pass\n"
    original = "go()\ngo()\ndef compute_totals(a):\n    pass\n    pass\n"
    assert "definition_lost" not in _structural(
        original, snippet, "K-1:0 M0:1 C1:2 M2:3 K-1:4", "", "a.py"
    )
    other = snippet.replace("compute_total(a)", "x(b, c, d, e)")
    assert "definition_lost" in _structural(
        original, other, "K-1:0 M0:1 C1:2 M2:3 K-1:4", "", "a.py"
    )


@pytest.mark.parametrize(
    ("words", "kind", "reason"),
    [
        ("M0:0 S-1:1 M1:2", "", "unmarked_removal"),
        ("M0:0 S-1:1 M1:2", "Type: replace\nReplace: line 2", None),
        ("M0:0 S-1:1 M1:2", "Type: replace\nReplace: line 3", "unmarked_removal"),
        ("M0:0 S-1:1 M1:2", "Type: add", "omitted_lines"),
    ],
)
def test_lines_passed_without_a_marker(words: str, kind: str, reason: str | None) -> None:
    found = _structural("a\nb\nc\n", "a\nc\n", words, kind, "a.txt")
    assert found == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("words", "unclear"),
    [
        ("K0:0 S-1:1 I1:2 M2:2 K3:3", True),  # where does the reference end?
        ("K0:0 M1:1 I2:2 S-1:2 K3:3", True),  # where does the next one begin?
        ("K0:0 M1:1 I2:2 S-1:2 M2:3", False),
    ],
)
def test_replaced_lines_beside_a_reference(words: str, unclear: bool) -> None:
    found = _structural("a\nb\nc\nd\n", REF + "b\nx\n" + REF, words, "", "a.txt")
    assert ("unclear_extent" in found) is unclear


def test_the_end_of_a_block_is_clear() -> None:
    original = "def a():\n    one\n    two\nafter\n"
    snippet = "def a():\n    new\n# ... existing code ...\n"
    assert _structural(original, snippet, "M0:0 I1:1 S-1:1 S-1:2 K2:3", "", "a.py") == []
    assert _structural(original, snippet, "M0:0 I1:1 S-1:1 K2:2 K2:3", "", "a.py") == [
        "unclear_extent"
    ]


def test_a_removal_removes() -> None:
    snippet = "a\n# Plandex: removed code\nc\n"
    assert _structural("a\nb\nc\n", snippet, "M0:0 R1:1 M2:2", "", "a.py") == []
    assert _structural("a\nc\n", snippet, "M0:0 M2:1", "", "a.py") == ["nothing_removed"]


FLAT = "alpha one\nbeta two\ngamma three\ndelta four\n"


@pytest.mark.parametrize(
    ("snippet", "words", "kind", "reason"),
    [
        (REF + "new\n" + REF, "K0:0 I1:1 K2:1 K2:2 K2:3", "Type: add", "no_anchor"),
        (REF + "new\ndelta four\n", "K0:0 K0:1 K0:2 I1:3 M2:3", "Type: add", None),
        ("alpha one\nnew\n" + REF, "M1:0 I2:1 K3:1 K3:2 K3:3", "Type: add", None),
        (
            "alpha one\nnew\n" + REF + "late\ndelta four\n",
            "M1:0 I2:1 K3:1 K3:2 I4:3 M5:3",
            "Type: replace",
            "nothing_replaced",
        ),
        (
            "alpha one\nnew\n" + REF,
            "M1:0 I2:1 K3:1 K3:2 K3:3",
            "Type: replace\nReplace: lines 3-3",
            "nothing_replaced",
        ),
        (
            "alpha one\n" + REF + "delta five\n",
            "M1:0 K2:1 K2:2 C3:3",
            "Type: replace",
            "similar_line",
        ),
        (
            "alpha one\n" + REF + "delta four!\n",
            "M1:0 K2:1 K2:2 C3:3",
            "Type: replace\nReplace: line 4",
            None,
        ),
        (
            "alpha one\nbeta 2\ngamma three\n" + REF,
            "M1:0 C2:1 M3:2 K4:3",
            "Type: replace\nReplace: lines 9-9",
            "range_mismatch",
        ),
        (
            "alpha one\nnew\n" + REF + "new\ndelta four\n",
            "M1:0 I2:1 K3:1 K3:2 I4:3 M5:3",
            "Type: add",
            None,
        ),
        (
            "alpha one\nnew\n" + REF + "gamma three\n",
            "M1:0 S-1:1 I2:2 M4:2 S-1:3",
            "",
            "empty_reference",
        ),
        (
            "alpha one\nif x\n" + REF,
            "M1:0 I2:1 K3:1 K3:2 K3:3",
            "Type: add",
            "open_header",
        ),
        (
            "gamma three\nnew\n",
            "K0:0 K0:1 M1:2 I2:3 K3:3",
            "Type: add",
            "no_anchor",
        ),
        (
            REF + "beta two\nnew\nbeta two\n" + REF,
            "K0:0 M1:1 I2:2 I3:2 K4:2 K4:3",
            "Type: add",
            "unused_anchor",
        ),
    ],
)
def test_doubts(snippet: str, words: str, kind: str, reason: str | None) -> None:
    found = _doubts(FLAT, snippet, words, kind, "a.txt")
    assert found == [] if reason is None else reason in found


def test_ambiguous_blank_lines_are_a_doubt() -> None:
    words = "M1:0 I2:1 K3:1 K3:2 K3:3"
    snippet = "alpha one\nnew\n" + REF
    assert _doubts(FLAT, snippet, words, "Type: add", "a.txt") == []
    assert _doubts(FLAT, snippet, words, "Type: add", "a.txt", blanks=True) == [
        "ambiguous_blank_lines"
    ]


def test_lines_hidden_in_a_declared_range() -> None:
    original = "".join(f"line {n} of many\n" for n in range(1, 21))
    snippet = "line 1 of many\nline two\n" + REF
    words = "M1:0 C2:1 " + " ".join(f"K3:{n}" for n in range(2, 20))
    kind = "Type: replace\nReplace: lines {}"
    assert "range_mismatch" in _doubts(
        original, snippet, words, kind.format("2-12"), "a.txt", "name"
    )
    assert _doubts(original, snippet, words, kind.format("2-5"), "a.txt", "name") == [
        "range_mismatch"
    ]
    assert _doubts(original, snippet, words, kind.format("2"), "a.txt", "name") == []


@pytest.mark.parametrize(("indent", "doubtful"), [("", False), ("    ", True)])
def test_a_changed_line_is_clear_where_its_block_ends(indent: str, doubtful: bool) -> None:
    original = f"def first():\n    one thing here\n{indent}after it\n"
    snippet = f"def first():\n    other thing there\n{indent}# ... existing code ...\n"
    found = _doubts(original, snippet, "M1:0 C2:1 K3:2", "", "a.py")
    assert ("similar_line" in found) is doubtful


PROCEDURES = "FUNCTION one\nBEGIN\n  first\n  last\nEND\nrest\n"


@pytest.mark.parametrize(
    ("end", "open_end"),
    [("", True), ("END\n", False)],
    ids=["new code without an end", "new code with its own end"],
)
def test_new_code_does_not_end_within_a_block(end: str, open_end: bool) -> None:
    snippet = "  last\nEND\nFUNCTION two\nBEGIN\n  other\n" + end + "-- ... existing code ...\n"
    new = "I3:5 I4:5 I5:5" + (" I6:5 K7:5" if end else " K6:5")
    words = "K0:0 K0:1 K0:2 M1:3 M2:4 " + new
    found = _doubts(PROCEDURES, snippet, words, "Type: add", "a.sql")
    assert ("block_mismatch" in found) is open_end


def test_common_lines_between_new_ones_are_no_anchors() -> None:
    original = "alpha one\nmark it\nbeta two\nmark it\n"
    snippet = "alpha one\nnew\nmark it\nnewer\nbeta two\n" + REF
    assert "weak_anchor" in _doubts(
        original, snippet, "M1:0 I2:1 M3:1 I4:2 M5:2 K6:3", "Type: add", "a.txt"
    )
    unique = original.replace("mark it\n", "note it\n", 1)
    words = "M1:0 I2:1 M3:1 I4:2 M5:2 K6:3"
    assert _doubts(unique, snippet.replace("mark", "note"), words, "Type: add", "a.txt") == []


def test_what_a_removal_deletes_is_held_on_both_sides() -> None:
    original = "alpha one\nbeta two\ngamma three\ndelta four\n"
    marker = "# Plandex: removed code\n"
    ref = "# ... existing code ...\n"
    firm = "alpha one\n" + marker + "gamma three\n" + ref
    assert _doubts(original, firm, "M1:0 R2:1 M3:2 K4:3", "Type: remove", "a.py") == []
    loose = ref + marker + "gamma three\n" + ref
    assert "weak_anchor" in _doubts(original, loose, "K0:0 R1:1 M2:2 K3:3", "Type: remove", "a.py")
    below = "alpha one\n" + marker + ref
    assert "weak_anchor" in _doubts(original, below, "M1:0 R2:1 K3:2 K3:3", "Type: remove", "a.py")
    inner = "def a():\n    one\nbeta two\ngamma\n"
    deep = "def a():\n    " + ref + marker + "gamma\n"
    assert _doubts(inner, deep, "M1:0 K2:1 R3:2 M4:3", "Type: remove", "a.py") == []


def test_a_shown_gap_must_not_vanish() -> None:
    original = "alpha one\nbeta two\ngamma three\n"
    snippet = "alpha one\n\n# Plandex: removed code\ngamma three\n"
    lost = _doubts(original, snippet, "M1:0 D2:1 R3:1 M4:2", "Type: remove", "a.py")
    assert lost == ["ambiguous_blank_lines"]
    snippet = "alpha one\nnew\n\n# ... existing code ...\n"
    glued = _doubts(original, snippet, "M1:0 I2:1 D3:1 K4:1 K4:2", "Type: add", "a.py")
    assert glued == ["ambiguous_blank_lines"]
    kept = _doubts(original, snippet, "M1:0 I2:1 I3:1 K4:1 K4:2", "Type: add", "a.py")
    assert kept == []


def test_new_code_at_the_end_of_a_block_needs_no_anchor() -> None:
    original = "def a():\n    one\n    two\nafter\n"
    ref = "# ... existing code ...\n"
    snippet = "def a():\n    " + ref + "    new\n" + ref
    assert _doubts(original, snippet, "M1:0 K2:1 K2:2 I3:3 K4:3", "Type: add", "a.py") == []
    early = _doubts(original, snippet, "M1:0 K2:1 I3:2 K4:2 K4:3", "Type: add", "a.py")
    assert "no_anchor" in early


@pytest.mark.parametrize(
    ("how", "doubted"), [("separator", False), ("name", False), ("similar", True)]
)
def test_changed_lines_beside_a_reference(how: str, doubted: bool) -> None:
    found = _doubts(
        FLAT, "alpha one\n" + REF + "delta 4\n", "M1:0 K2:1 K2:2 C3:3", "", "a.txt", how
    )
    assert ("similar_line" in found) is doubted


@pytest.mark.parametrize(
    ("words", "kind", "reasons"),
    [
        ("M0:0 I1:1 S-1:1 M2:2", "Type: replace\nReplace: line 2", []),
        ("M0:0 I1:1 S-1:1 M2:2", "Type: replace\nReplace: line 9", ["outside_range"]),
        ("M0:0 I1:1 S-1:1 M2:2", "Type: remove", ["unmarked_removal"]),
        ("M0:0 I1:1 S-1:1 M2:2", "", []),
        ("M0:0 C1:1 M2:2", "", []),
    ],
)
def test_what_comes_in_place_of_passed_lines(words: str, kind: str, reasons: list[str]) -> None:
    assert _structural("a\nb\nc\n", "a\nx\nc\n", words, kind, "a.txt") == reasons


def test_of_several_changed_lines_none_may_go_without_a_new_form() -> None:
    original = "a\nvalue one\nvalue two\nb\n"
    dropped = _structural(original, "a\nvalue 1\nb\n", "M0:0 C1:1 S-1:2 M2:3", "", "a.txt")
    assert dropped == ["lines_dropped"]
    shorter = _structural(
        original, "a\nnothing alike\nb\n", "M0:0 I1:1 S-1:1 S-1:2 M2:3", "", "a.txt"
    )
    assert shorter == []
    even = "a\nvalue 1\nother\nb\n"
    assert _structural(original, even, "M0:0 C1:1 I2:2 S-1:2 M3:3", "", "a.txt") == []


def test_some_line_of_the_file_must_anchor_the_snippet() -> None:
    words = "K0:0 K0:1 K0:2 K0:3 I1:4"
    assert "no_anchor" in _doubts(FLAT, REF + "new\n", words, "Type: append", "a.txt")
    short = FLAT.replace("delta four", "}")
    words = "K0:0 K0:1 K0:2 M1:3 I2:4"
    assert "no_anchor" in _doubts(short, REF + "}\nnew\n", words, "Type: append", "a.txt")
    named = FLAT.replace("delta four", "d1")
    assert _doubts(named, REF + "d1\nnew\n", words, "Type: append", "a.txt") == []
