"""The file that the cases change, and a short way to place a snippet into it."""

from execution.logic.edits import Placement, place_edit

REF = "# ... existing code ...\n"
FILE = """\
import os

LIMIT = 10


def first(a):
    x = a + 1
    y = x * 2
    return y


def second(b):
    total = b
    for item in range(b):
        total += item
    return total


def third(c):
    return c
"""


def place(
    snippet: str, description: str = "", original: str = FILE, path: str = "a.py"
) -> Placement:
    return place_edit(original=original, snippet=snippet, description=description, path=path)
