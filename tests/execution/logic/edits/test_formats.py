"""Other forms of edit that models write."""

import pytest

from execution.logic.edits import Placement, place_edit
from execution.logic.edits.text.structure import outline

FILE = "import os\n\n\ndef a():\n    return 1\n\n\ndef b():\n    return 2\n"
CHANGED = FILE.replace("return 2", "return 3")


def _place(
    snippet: str, original: str = FILE, description: str = "", path: str = "m.py"
) -> Placement:
    return place_edit(original=original, snippet=snippet, description=description, path=path)


SAME_EDIT = {
    "search and replace": (
        "<<<<<<< SEARCH\ndef b():\n    return 2\n=======\ndef b():\n    return 3\n>>>>>>> REPLACE\n"
    ),
    "with a file name and a fence": (
        "m.py\n```\n<<<<<<< SEARCH\n    return 2\n=======\n    return 3\n>>>>>>> REPLACE\n```\n"
    ),
    "unified diff": (
        "--- a/m.py\n+++ b/m.py\n@@ -8,2 +8,2 @@\n def b():\n-    return 2\n+    return 3\n"
    ),
    "diff with wrong numbers": "@@ -1,2 +1,2 @@\n def b():\n-    return 2\n+    return 3\n",
    "patch with a header": (
        "*** Begin Patch\n*** Update File: m.py\n@@ def b():\n-    return 2\n+    return 3\n"
        "*** End Patch\n"
    ),
    "fenced snippet": "```python\n# ... existing code ...\ndef b():\n    return 3\n```\n",
    "numbered snippet": "pdx-1: # ... existing code ...\npdx-2: def b():\npdx-3:     return 3\n",
    "whole file": CHANGED,
    "patch that adds a file": (
        "*** Begin Patch\n*** Add File: m.py\n"
        + "".join(f"+{line}\n" for line in CHANGED.splitlines())
        + "*** End Patch\n"
    ),
    "whole file in a fence": f"```\n{CHANGED}```\n",
}


@pytest.mark.parametrize("name", SAME_EDIT)
def test_the_same_edit(name: str) -> None:
    placement = _place(SAME_EDIT[name])
    assert (placement.status, placement.reasons) == ("accepted", ())
    assert placement.text == CHANGED


def test_a_patch_with_a_line_without_its_sign_is_none() -> None:
    unsigned = SAME_EDIT["patch that adds a file"].replace("+\n", "\n", 1)
    assert unsigned != SAME_EDIT["patch that adds a file"]
    assert _place(unsigned).status != "accepted"


def test_several_blocks_in_any_order() -> None:
    placement = _place(
        "<<<<<<< SEARCH\n    return 2\n=======\n    return 3\n>>>>>>> REPLACE\n\n"
        "<<<<<<< SEARCH\nimport os\n=======\nimport os\nimport sys\n>>>>>>> REPLACE\n"
    )
    assert placement.text == CHANGED.replace("import os\n", "import os\nimport sys\n")
    assert placement.status == "accepted"


def test_blocks_keep_line_ends_and_bytes_of_untouched_lines() -> None:
    original = "\ufeffa’s = 1\r\nb = 2\r\nc = 3"
    placement = _place(
        "<<<<<<< SEARCH\na's = 1\nb = 2\n=======\na's = 1\nb = 5\n>>>>>>> REPLACE\n", original
    )
    assert placement.text == "\ufeffa’s = 1\r\nb = 5\r\nc = 3"


@pytest.mark.parametrize(
    ("snippet", "reason"),
    [
        ("<<<<<<< SEARCH\n    return 9\n=======\nx\n>>>>>>> REPLACE\n", "block_not_found"),
        ("<<<<<<< SEARCH\n\n=======\nx\n>>>>>>> REPLACE\n", "no_anchor"),
        ("<<<<<<< SEARCH\n=======\nx\n>>>>>>> REPLACE\n", "no_anchor"),
        ("<<<<<<< SEARCH\nimport os\n=======\nx\n", "unreadable_blocks"),
        ("<<<<<<< SEARCH\nimport os\n>>>>>>> REPLACE\n", "unreadable_blocks"),
        (
            "some prose\n<<<<<<< SEARCH\nimport os\n=======\nx\n>>>>>>> REPLACE\n",
            "unreadable_blocks",
        ),
        ("@@ -1 +1 @@\n-nothing like it\n+x\n", "block_not_found"),
        ("@@ -1 +1 @@\n+only new\n", "no_anchor"),
    ],
)
def test_blocks_that_fail_say_why(snippet: str, reason: str) -> None:
    placement = _place(snippet)
    assert (placement.status, placement.text, placement.reasons) == ("refused", None, (reason,))


def test_a_block_that_stands_twice_is_not_placed() -> None:
    snippet = "<<<<<<< SEARCH\n    return 1\n=======\n    return 2\n>>>>>>> REPLACE\n"
    placement = _place(snippet, FILE + "\n\ndef c():\n    return 1\n")
    assert placement.reasons == ("ambiguous_location",)


def test_a_block_that_breaks_the_file_is_refused() -> None:
    placement = _place("<<<<<<< SEARCH\n    return 2\n=======\n    return (\n>>>>>>> REPLACE\n")
    assert placement.status == "refused"
    assert "new_syntax_error" in placement.reasons


def test_conflict_marks_of_the_file_itself_are_content() -> None:
    original = "<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\nend\n"
    placement = _place("# ... existing code ...\nend\nmore\n", original, "Type: append", "m.txt")
    assert placement.text == original + "more\n"


def test_markdown_lists_are_no_diff() -> None:
    original = "# Title\n\n- one\n- two\n"
    placement = _place("# Title\n\n- one\n- two\n- three\n", original, "Type: add", "m.md")
    assert (placement.status, placement.text) == ("accepted", original + "- three\n")


def test_a_whole_program_for_a_stub_is_the_new_file() -> None:
    original = "package main\n\nfunc main() {}\n"
    program = (
        'package main\n\nimport "fmt"\n\nfunc hello() string {\n\treturn "hello"\n}\n\n'
        "func main() {\n\tfmt.Println(hello())\n}\n"
    )
    placement = _place(program, original, "I'll add the function.\n\n- main.go:", "main.go")
    assert (placement.status, placement.text) == ("accepted", program)


@pytest.mark.parametrize(
    "snippet",
    [
        "import os\n\n\ndef a():\n    return 5\n",  # b is not there
        "def a():\n    return 5\n\n\ndef b():\n    return 6\n",  # the head is not there
        "import os\n\n\ndef a():\n    return 5\n\n\ndef b():\n    # rest of the code unchanged\n",
    ],
)
def test_a_part_of_a_file_is_not_taken_for_the_whole(snippet: str) -> None:
    placement = _place(snippet)
    assert placement.text != snippet or placement.status != "accepted"


def test_a_whole_file_with_a_forgotten_line_is_not_accepted() -> None:
    placement = _place(
        FILE.replace("import os\n", "import os\nX = 1\n").replace("    return 1\n", "")
    )
    assert placement.status != "accepted"


def test_an_empty_file_takes_any_text() -> None:
    assert _place("x = 1\n", "").text == "x = 1\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a = 1\nb = 2\n", "a = 1\nb = 3\n"),
        ("a = 1\r\nb = 2\r\n", "a = 1\r\nb = 3\r\n"),
        ("a = 1\nb = 2", "a = 1\nb = 3"),
        ("\ufeffa = 1\nb = 2\n", "\ufeffa = 1\nb = 3\n"),
        ("a = 1\r\nb = 2", "a = 1\r\nb = 3"),
    ],
)
def test_overwrite_keeps_the_form_of_the_file(text: str, wanted: str) -> None:
    placement = _place("a = 1\nb = 3\n", text, "Type: overwrite")
    assert (placement.status, placement.text) == ("accepted", wanted)


NAMES = """\
def parts(commands):
    add = commands.add("add")
    add.option("text")
    done = commands.add("done")
    done.option("number")
    end = commands.add("end")
    return commands
"""


@pytest.mark.parametrize("name", ["done", "end"])
def test_words_that_close_blocks_elsewhere_are_names(name: str) -> None:
    below = f'    {name} = commands.add("{name}")\n'
    above = NAMES[: NAMES.index(below)].splitlines()[-1] + "\n"
    rest = "    # ... existing code ...\n"
    placed = place_edit(
        original=NAMES,
        snippet=f"def parts(commands):\n{rest}{above}    new(1)\n{below}{rest}",
        description="Type: add",
        path="parts.py",
    )
    assert placed.status == "accepted", placed.reasons
    assert placed.text == NAMES.replace(below, "    new(1)\n" + below)


def test_words_close_blocks_where_the_language_has_them() -> None:
    script = "for a in x; do\n  one\ndone\nfor b in y; do\n  one\ndone\n"
    lines = tuple(script.splitlines())
    assert outline(lines, "run.sh").opener == [-1, -1, 0, -1, -1, 3]
    assert outline(lines, "run.py").opener == [-1] * 6
