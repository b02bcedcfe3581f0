"""Does a reading respect blocks, and lose nothing unsaid?"""

import pytest

from tests.execution.logic.edits.handmade import REF, structural

TWO = "first {\n  a\n}\nsecond {\n  a\n}\n"


def test_a_closing_line_of_another_block_is_torn() -> None:
    snippet = "first {\n  b\n}\n" + REF
    assert structural(TWO, snippet, "M0:0 C1:1 M2:2 K3:3 K3:4 K3:5") == []
    torn = structural(TWO, snippet, "M0:0 I1:1 S-1:1 S-1:2 S-1:3 S-1:4 M2:5")
    assert "block_mismatch" in torn


def test_a_new_block_does_not_take_an_old_closing_line() -> None:
    snippet = REF + "third {\n  b\n}\n"
    words = "K0:0 K0:1 K0:2 K0:3 K0:4 I1:5 I2:5 M3:5"
    assert "block_mismatch" in structural(TWO, snippet, words)


def test_closing_lines_come_and_go_with_their_blocks() -> None:
    snippet = "first {\n  a\n}\n}\nsecond {\n  a\n}\n"
    assert "block_mismatch" in structural(TWO, snippet, "M0:0 M1:1 M2:2 I3:3 M4:3 M5:4 M6:5")
    whole = "first {\n  a\n}\nthird {\n  b\n}\nsecond {\n  a\n}\n"
    words = "M0:0 M1:1 M2:2 I3:3 I4:3 I5:3 M6:3 M7:4 M8:5"
    assert structural(TWO, whole, words) == []


def test_a_block_may_lose_its_closing_line_only_with_its_head() -> None:
    snippet = "first {\n  a\n// Plandex: removed code\nsecond {\n  a\n}\n"
    assert "block_mismatch" in structural(TWO, snippet, "M0:0 M1:1 R2:2 M3:3 M4:4 M5:5")
    snippet = "// Plandex: removed code\nsecond {\n  a\n}\n"
    assert structural(TWO, snippet, "R0:0 R0:1 R0:2 M1:3 M2:4 M3:5") == []


def test_a_reference_that_leaves_a_block_hides_whose_end_follows() -> None:
    snippet = "first {\n    " + REF + "}\n"
    kept = "M0:0 K1:1 K1:2 K1:3 K1:4 M2:5"
    assert structural(TWO, snippet, kept) == []
    inner = "first {\n" + REF.replace("//", "  //") + "}\n" + REF
    assert structural(TWO, inner, "M0:0 K1:1 M2:2 K3:3 K3:4 K3:5") == []


def test_a_closing_line_stays_with_the_head_that_stays() -> None:
    snippet = "first {\n  b\n}\n"
    assert structural(TWO, snippet, "M0:0 C1:1 K-1:2 K-1:3 K-1:4 M2:5") == ["block_mismatch"]


def test_a_removal_stays_within_its_block_whatever_the_explanation_says() -> None:
    original = "first {\n  open it\n  rest\n}\nsecond {\n  close it\n}\n"
    snippet = "first {\n  open it\n// Plandex: removed code\n  close it\n}\n"
    said = "Type: remove\nContext: Located between `open it` and `close it`"
    across = "M0:0 M1:1 R2:2 R2:3 R2:4 M3:5 M4:6"
    assert structural(original, snippet, across, said) == ["block_mismatch"]
    flat = original.replace("}\nsecond {\n", "  more\n")
    assert structural(flat, snippet, "M0:0 M1:1 R2:2 R2:3 M3:4 M4:5", said) == []


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
    found = structural(
        DEFS.replace("three", "one"), snippet.replace("three", "one"), words, kind, "a.py"
    )
    assert ("definition_lost" in found) is lost


def test_between_unique_lines_a_definition_may_go() -> None:
    snippet = "def one():\n    run()\nstop()\ndef three():\n    go()\n"
    original = "def one():\n    run()\ndef two():\n    go()\ndef three():\n    go()\n"
    words = "M0:0 M1:1 S-1:2 S-1:3 I2:4 M3:4 M4:5"
    assert "definition_lost" not in structural(original, snippet, words, "", "a.py")


def test_before_a_unique_line_the_first_definition_may_go() -> None:
    snippet = "stop()\ndef three():\n    go()\n"
    original = "def two():\n    run()\ndef three():\n    go()\n"
    words = "S-1:0 S-1:1 I0:2 M1:2 M2:3"
    assert "definition_lost" not in structural(original, snippet, words, "", "a.py")


def test_a_renamed_definition_is_not_lost() -> None:
    snippet = "go()\ndef compute_total(a):\n    pass\n"
    original = "go()\ngo()\ndef compute_totals(a):\n    pass\n    pass\n"
    assert "definition_lost" not in structural(
        original, snippet, "K-1:0 M0:1 C1:2 M2:3 K-1:4", "", "a.py"
    )
    other = snippet.replace("compute_total(a)", "x(b, c, d, e)")
    assert "definition_lost" in structural(
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
    found = structural("a\nb\nc\n", "a\nc\n", words, kind, "a.txt")
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
    found = structural("a\nb\nc\nd\n", REF + "b\nx\n" + REF, words, "", "a.txt")
    assert ("unclear_extent" in found) is unclear


def test_the_end_of_a_block_is_clear() -> None:
    original = "def a():\n    one\n    two\nafter\n"
    snippet = "def a():\n    new\n# ... existing code ...\n"
    assert structural(original, snippet, "M0:0 I1:1 S-1:1 S-1:2 K2:3", "", "a.py") == []
    assert structural(original, snippet, "M0:0 I1:1 S-1:1 K2:2 K2:3", "", "a.py") == [
        "unclear_extent"
    ]


def test_a_removal_removes() -> None:
    snippet = "a\n# Plandex: removed code\nc\n"
    assert structural("a\nb\nc\n", snippet, "M0:0 R1:1 M2:2", "", "a.py") == []
    assert structural("a\nc\n", snippet, "M0:0 M2:1", "", "a.py") == ["nothing_removed"]


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
    assert structural("a\nb\nc\n", "a\nx\nc\n", words, kind, "a.txt") == reasons


def test_of_several_changed_lines_none_may_go_without_a_new_form() -> None:
    original = "a\nvalue one\nvalue two\nb\n"
    dropped = structural(original, "a\nvalue 1\nb\n", "M0:0 C1:1 S-1:2 M2:3", "", "a.txt")
    assert dropped == ["lines_dropped"]
    shorter = structural(
        original, "a\nnothing alike\nb\n", "M0:0 I1:1 S-1:1 S-1:2 M2:3", "", "a.txt"
    )
    assert shorter == []
    even = "a\nvalue 1\nother\nb\n"
    assert structural(original, even, "M0:0 C1:1 I2:2 S-1:2 M3:3", "", "a.txt") == []
