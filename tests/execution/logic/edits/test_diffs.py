"""Unified diffs and patches line by line."""

import pytest

from execution.logic.edits.formats.diffs import is_diff, parse_diff

HEAD = "--- a/m.py\n+++ b/m.py\n"


@pytest.mark.parametrize(
    ("text", "original", "is_one"),
    [
        (f"{HEAD}@@ -1,2 +1,2 @@\n a\n-b\n+c\n", "a\nb\n", True),
        (f"{HEAD}@@ -1,2 +1,2 @@\n a\n-b\n+c\n", "a\n@@ -1,2 +1,2 @@\nb\n", False),
        (f"{HEAD}@@ -1,2 +1,2 @@\n a\n-b\n+c\n", "a\n@@ x @@\nb\n", True),
        (f"{HEAD}@@\n a\n-b\n+c\n", "a\n@@ x @@\nb\n", False),
        (f"{HEAD} a\n-b\n+c\n", "a\nb\n", True),
        (f"\n{HEAD}\n a\n-b\n+c\n", "a\nb\n", True),
        ("@@ def f @@\n a\n-b\n+c\n", "a\nb\n", True),
        (f"{HEAD}@@\n a\n-b\n", "a\nb\n", True),
        (f"{HEAD}@@\n a\n+b\n", "a\nb\n", True),
        (f"{HEAD}@@\n a\n b\n", "a\nb\n", False),
        (HEAD, "a\nb\n", False),
        (f"{HEAD}@@\na\n-b\n+c\n", "a\nb\n", True),
        (f"{HEAD}@@\nx\n-b\n+c\n", "a\nb\n", False),
        (f"{HEAD}@@\n\n-b\n+c\n\\ No newline at end of file\n", "a\nb\n", True),
        (" a\n-b\n+c\n", "a\nb\n", True),
        (" a\n\n-b\n+c\n", "a\nb\n", True),
        (" a\n-\n+c\n", "a\n\nb\n", True),
        (" a\n-x\n+c\n", "a\nb\n", False),
        (" a\n+c\n", "a\nb\n", False),
        ("- a\n- b\n+ c\n", "- a\n a\n", False),
        ("- a\n+ c\n", "- a\n a\n", False),
        ("-b\n+c\nd\n", "a\nb\n", False),
        ("", "a\n", False),
    ],
    ids=[
        "numbered",
        "the file holds such headers",
        "the file holds other headers",
        "the file holds such plain headers",
        "without hunks",
        "blank lines around the header",
        "a plain header only",
        "a line goes",
        "a line comes",
        "nothing changes",
        "a header alone",
        "a line of the file without its blank",
        "a line of neither",
        "signs of git",
        "no header",
        "no header, with a gap",
        "no header, a gap goes",
        "no header, and a line goes that the file lacks",
        "no header, and nothing goes",
        "a list of the file",
        "a list that begins as one of the file",
        "no header, and a line without a sign",
        "nothing",
    ],
)
def test_a_diff_is_told_by_its_lines(text: str, original: str, is_one: bool) -> None:
    assert is_diff(text.splitlines(), original.splitlines()) is is_one


@pytest.mark.parametrize(
    ("text", "old", "new", "head"),
    [
        ("@@ -1 +1 @@\n a\n-b\n+c\n", "a|b", "a|c", ""),
        ("@@ -1,2 +1,2 @@ def f():\n a\n-b\n+c\n", "a|b", "a|c", "def f():"),
        ("@@ def f():\n a\n-b\n+c\n", "a|b", "a|c", "def f():"),
        ("@@ class A:\n@@ def f():\n-b\n+c\n", "b", "c", "def f():"),
        ("@@ class A:\n@@\n-b\n+c\n", "b", "c", "class A:"),
        ("@@ -1,2 +1,2\n-b\n+c\n", "b", "c", ""),
        ("@@ 1, 2 @@\n-b\n+c\n", "b", "c", ""),
        ("--- a/m\n+++ b/m\n-b\n+c\n", "b", "c", ""),
        ("-b\n--- note\n+c\n+++ more\n", "b|-- note", "c|++ more", ""),
        ("-b\n*** End Patch\n+c\n", "b", "c", ""),
        ("-b\n*** not the end\n+c\n", "b|*** not the end", "*** not the end|c", ""),
        ("-b\n\\ No newline at end of file\n+c\n", "b", "c", ""),
        (" a\n-b\n+c\n \n\n", "a|b", "a|c", ""),
        ("-b\n+c\n \n@@\n-d\n+e\n", "b", "c", ""),
        ("  in\n-b\n+c\n", " in|b", " in|c", ""),
        (" kept\n-b\n+c\n", " kept|b", " kept|c", ""),
    ],
    ids=[
        "numbers",
        "numbers and a line",
        "a line",
        "of two headers the nearer one",
        "of two headers the one that says something",
        "numbers without an end",
        "numbers of another kind",
        "no hunk",
        "lines that look like the header of a file",
        "the end of a patch",
        "stars of the file",
        "signs of git",
        "blank lines behind the diff",
        "blank lines behind a hunk",
        "an indented line",
        "an indented line without its blank",
    ],
)
def test_a_hunk_is_read(text: str, old: str, new: str, head: str) -> None:
    blocks = parse_diff(text.splitlines(), [" kept", "kept it"])
    assert blocks is not None
    assert ("|".join(blocks[0].old), "|".join(blocks[0].new), blocks[0].head) == (old, new, head)


def test_each_hunk_is_a_block() -> None:
    blocks = parse_diff("@@ a\n-b\n+c\n@@\n+d\n@@ e\n@@\n f\n".splitlines(), [])
    assert blocks == [
        (("b",), ("c",), "a"),
        ((), ("d",), ""),
        (("f",), ("f",), "e"),
    ]
    assert parse_diff(["@@ a", "@@"], []) is None
