"""What the explanation says of a place settles doubts about it, or raises one."""

import pytest

from execution.logic.edits import place_edit
from execution.logic.edits.readings.agreement import names

REF = "# ... existing code ...\n"
FILE = (
    "import os\n\n\ndef first(a):\n    b = a + 1\n    check(b)\n    print(b)\n    return b\n\n\n"
    "def second(a):\n    return a\n"
)
HEAD = REF + "\n\ndef first(a):\n"
TAIL = "    return b\n\n\n" + REF


def _placed(snippet: str, description: str, original: str = FILE, path: str = "a.py") -> list[str]:
    placement = place_edit(original=original, snippet=snippet, description=description, path=path)
    return [placement.status, *placement.reasons]


SHORTER = HEAD + "    other = compute(a)\n" + TAIL


def test_several_lines_become_fewer() -> None:
    """Without more to go by, one of them may have been forgotten."""
    assert _placed(SHORTER, "Type: replace") == ["verify", "lines_dropped"]


@pytest.mark.parametrize(
    "says",
    [
        "Replace: lines 5-7",
        "Replace: lines 4-8",  # with lines that the snippet shows
        "Context: between `def first(a):` and `return b`",
        "Context: between `first` and `return b`",
    ],
)
def test_a_declared_extent_settles_it(says: str) -> None:
    assert _placed(SHORTER, f"Type: replace\n{says}") == ["accepted"]


@pytest.mark.parametrize(
    "says",
    [
        "Replace: lines 5-6",
        "Context: after `def first(a):`",
        "Context: between `check(b)` and `return b`",
        "Replace: lines 5-6\nContext: between `def first(a):` and `return b`",
    ],
)
def test_another_extent_does_not(says: str) -> None:
    assert _placed(SHORTER, f"Type: replace\n{says}")[0] != "accepted"


def test_a_line_named_as_unchanged_is_kept_in_the_candidate() -> None:
    snippet = HEAD + "    b = a + 2\n    print(b)\n" + TAIL
    description = "Type: replace\nContext: between `def first(a):` and `check(b)`"
    placement = place_edit(original=FILE, snippet=snippet, description=description, path="a.py")
    assert placement.status == "verify"
    assert "context_lost" in placement.reasons
    assert placement.text == FILE.replace("a + 1", "a + 2")


def test_kinds_that_do_not_fit_the_places_are_a_doubt() -> None:
    snippet = HEAD + "    b = a + 2\n    check(b)\n    print(b, a)\n" + TAIL
    changes = "Change 1.\nType: {}\n\nChange 2.\nType: {}\n"
    assert _placed(snippet, changes.format("replace", "replace")) == ["accepted"]
    assert "kind_mismatch" in _placed(snippet, changes.format("replace", "add"))


def test_the_explanation_breaks_no_tie() -> None:
    original = "a = 1\nrun()\nb = 2\nrun()\nc = 3\n"
    snippet = REF + "run()\nnew()\n" + REF
    description = "Type: add\nContext: between `run()` and `c = 3`"
    assert "ambiguous_location" in _placed(snippet, description, original)


@pytest.mark.parametrize(
    ("quote", "line", "same"),
    [
        ("check(b)", "    check(b)", True),
        ("def first", "def first(a):", True),
        ("def f", "def first(a):", False),
        ("first", "def first(a):", True),
        ("Store.first", "    def first(self):", True),
        ("fir", "def first(a):", False),
        ("timeout", "timeout = 3", True),
        ("return", "return timeout", False),
        ("", "", False),
    ],
)
def test_quotes_name_lines(quote: str, line: str, same: bool) -> None:
    assert names(quote, line) is same


def test_references_at_the_margin() -> None:
    """Models often write all references without indentation."""
    original = (
        "class A {\n  run() {\n    one();\n    two();\n    three();\n  }\n\n"
        "  stop() {\n    four();\n    five();\n  }\n}\n"
    )
    mark = "// ... existing code ...\n"
    snippet = (
        mark
        + "    two();\n    fresh();\n    three();\n"
        + mark
        + "    five();\n    end();\n  }\n}\n"
    )
    placement = place_edit(original=original, snippet=snippet, description="", path="a.js")
    assert placement.status == "accepted"
    assert placement.text == original.replace("two();\n", "two();\n    fresh();\n").replace(
        "five();\n", "five();\n    end();\n"
    )


def test_new_code_at_the_top_needs_no_reference() -> None:
    original = "# Custom theme\n\nText.\n\nMore text.\n"
    snippet = "# Theming\n\nText.\n\n<!-- ... existing code ... -->\n"
    description = "Type: replace\nReplace: line 1"
    placement = place_edit(original=original, snippet=snippet, description=description, path="a.md")
    assert placement.status == "accepted"
    assert placement.text == original.replace("Custom theme", "Theming")


def test_a_gap_that_grows_beside_a_reference_is_a_doubt() -> None:
    """The line that stood in the gap was forgotten."""
    original = "package gin\n\n// Version is the version.\nconst Version = 4\n"
    snippet = "// ... existing code ...\n\nconst Version = 7\n"
    placement = place_edit(
        original=original, snippet=snippet, description="Type: replace", path="a.go"
    )
    assert placement.status == "verify"
    assert "ambiguous_blank_lines" in placement.reasons
    assert placement.text == original.replace("4", "7")


def test_lines_that_go_between_gaps_are_a_doubt() -> None:
    original = "a one\nold\n\nb two\n\nc three\n\nd four\n"
    snippet = "a one\nnew\n\n\nc three\n" + REF
    assert _placed(snippet, "Type: replace", original, "a.txt")[0] != "accepted"


def test_one_line_without_a_new_form_is_a_doubt() -> None:
    """Nothing says that just this line was to go."""
    snippet = HEAD + "    b = compute(a)\n    log(b)\n" + TAIL
    assert "lines_dropped" in _placed(snippet, "Type: replace")
