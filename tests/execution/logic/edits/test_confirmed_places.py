"""Places whose extent the explanation declares, and what it cannot settle."""

import pytest

from tests.execution.logic.edits.handmade import REF, structural

PY_REF = "# ... existing code ...\n"
BETWEEN = "\nContext: Located between `a` and `c`"


@pytest.mark.parametrize(
    ("snippet", "words", "kind", "reasons"),
    [
        ("a\nc\n", "M0:0 S-1:1 M1:2", "Type: remove", ["unmarked_removal"]),
        ("a\nc\n", "M0:0 S-1:1 M1:2", f"Type: remove{BETWEEN}", []),
        # Where code is only added no line goes, whatever else is said.
        ("a\nx\nc\n", "M0:0 I1:1 S-1:1 M2:2", f"Type: add{BETWEEN}", ["omitted_lines"]),
    ],
)
def test_quoted_neighbours_settle_what_goes(
    snippet: str, words: str, kind: str, reasons: list[str]
) -> None:
    assert structural("a\nb\nc\n", snippet, words, kind, "a.txt") == reasons


@pytest.mark.parametrize(
    ("head", "below", "lost"),
    [("one", "three", False), ("one", "two", True), ("two", "three", True)],
)
def test_only_between_two_unique_lines_a_definition_goes_unsaid(
    head: str, below: str, lost: bool
) -> None:
    original = f"{head}\ndef gone():\n    go()\n{below}\ntwo\n"
    words = "M0:0 S-1:1 S-1:2 I1:3 M2:3 K3:4"
    found = structural(original, f"{head}\nstop()\n{below}\n{PY_REF}", words, "", "a.py")
    assert ("definition_lost" in found) is lost


@pytest.mark.parametrize(("new", "lost"), [("abcdxy", False), ("abcxyz", True)])
def test_a_definition_is_renamed_where_three_quarters_stay(new: str, lost: bool) -> None:
    original = "go()\ngo()\ndef abcdef():\n    go()\n    go()\n"
    snippet = f"go()\ndef {new}():\n    go()\n"
    found = structural(original, snippet, "K-1:0 M0:1 C1:2 M2:3 K-1:4", "", "a.py")
    assert ("definition_lost" in found) is lost


@pytest.mark.parametrize(
    ("snippet", "words", "unclear"),
    [
        ("a\nx\nc\nd\n", "M0:0 S-1:1 I1:2 M2:2 M3:3", False),
        (f"{REF}x\nc\nd\n", "K0:0 I1:1 S-1:1 M2:2 M3:3", False),
        (f"{REF}x\nc\nd\n", "K0:0 S-1:1 I1:2 M2:2 M3:3", True),
    ],
    ids=["behind a line", "new code first", "lines go where a reference ends"],
)
def test_old_lines_go_from_a_known_place_on(snippet: str, words: str, unclear: bool) -> None:
    found = structural("a\nb\nc\nd\n", snippet, words, "Type: replace", "a.txt")
    assert ("unclear_extent" in found) is unclear


def test_a_gap_may_become_smaller_behind_replaced_code() -> None:
    words = "M0:0 S-1:1 I1:2 M2:2 S-1:3 M3:4"
    assert structural("a\nb\n\n\nc\n", "a\nx\n\nc\n", words, "Type: replace", "a.txt") == []


MARKER = "// Plandex: removed code\n"


@pytest.mark.parametrize(
    ("snippet", "words", "said", "reasons"),
    [
        (f"a\n{REF}d\n", "M0:0 S-1:1 K1:2 M2:3", "", ["unmarked_removal"]),
        (f"a\n{REF}d\n", "M0:0 S-1:1 K1:2 M2:3", "\nReplace: lines 2-3", []),
        (f"a\n{MARKER}d\n", "M0:0 R1:1 S-1:2 M2:3", "", []),
        ("a\n\nd\n", "M0:0 S-1:1 S-1:2 I1:3 M2:3", "", ["unmarked_removal"]),
    ],
    ids=["nothing said", "declared", "a marker stands beside them", "only a gap is new"],
)
def test_lines_go_without_new_code(snippet: str, words: str, said: str, reasons: list[str]) -> None:
    found = structural("a\nb\nc\nd\n", snippet, words, f"Type: replace{said}", "a.txt")
    assert found == reasons


@pytest.mark.parametrize(
    ("snippet", "words", "unclear"),
    [
        ("x\nc\n", "S-1:0 S-1:1 I0:2 M1:2", True),
        (f"{REF}x\nc\n", "S-1:0 S-1:1 I1:2 M2:2", False),
        ("a\nx\n", "M0:0 I1:1 S-1:1 S-1:2", True),
        (f"a\nx\n{REF}", "M0:0 I1:1 S-1:1 S-1:2", False),
    ],
    ids=["beginning", "beginning with a reference", "end", "end with a reference"],
)
def test_what_goes_at_an_end_of_the_file_is_shown_or_referenced(
    snippet: str, words: str, unclear: bool
) -> None:
    found = structural("a\nb\nc\n", snippet, words, "Type: replace", "a.txt")
    assert ("unclear_extent" in found) is unclear
