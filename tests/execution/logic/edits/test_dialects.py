"""One edit in all the forms in which models write it."""

import pytest

from tests.execution.logic.edits.sample import place

FILE = (
    "import os\n\n\ndef a():\n    return 1\n\n\ndef b():\n    x = 1\n    return 2\n\n\n"
    "def c():\n    return 4\n"
)
CHANGED = FILE.replace("return 2", "return 3")

FORMS = {
    "with a file name": (
        "m.py\n<<<<<<< SEARCH\n    return 2\n=======\n    return 3\n>>>>>>> REPLACE\n"
    ),
    "small letters": ("<<<<<<< search\n    return 2\n=======\n    return 3\n>>>>>>> replace\n"),
    "dashes": ("------- SEARCH\n    return 2\n=======\n    return 3\n+++++++ REPLACE\n"),
    "with a line hint": (
        "<<<<<<< SEARCH\n"
        ":start_line:10\n"
        "-------\n"
        "    return 2\n"
        "=======\n"
        "    return 3\n"
        ">>>>>>> REPLACE\n"
    ),
    "as a conflict of git": (
        "<<<<<<< HEAD\n    return 2\n=======\n    return 3\n>>>>>>> branch-x\n"
    ),
    "original and updated": (
        "<<<<<<< ORIGINAL\n    return 2\n=======\n    return 3\n>>>>>>> UPDATED\n"
    ),
    "without indentation": ("<<<<<<< SEARCH\nreturn 2\n=======\nreturn 3\n>>>>>>> REPLACE\n"),
    "blanks at line ends": (
        "<<<<<<< SEARCH\n"
        "    x = 1   \n"
        "    return 2 \n"
        "=======\n"
        "    x = 1   \n"
        "    return 3\n"
        ">>>>>>> REPLACE\n"
    ),
    "blank lines around": (
        "<<<<<<< SEARCH\n"
        "\n"
        "    x = 1\n"
        "    return 2\n"
        "\n"
        "=======\n"
        "\n"
        "    x = 1\n"
        "    return 3\n"
        "\n"
        ">>>>>>> REPLACE\n"
    ),
    "fences within": (
        "<<<<<<< SEARCH\n"
        "```python\n"
        "    return 2\n"
        "```\n"
        "=======\n"
        "```python\n"
        "    return 3\n"
        "```\n"
        ">>>>>>> REPLACE\n"
    ),
    "a sentence before": (
        "Here is the change:\n"
        "\n"
        "<<<<<<< SEARCH\n"
        "    return 2\n"
        "=======\n"
        "    return 3\n"
        ">>>>>>> REPLACE\n"
    ),
    "a sentence after": (
        "<<<<<<< SEARCH\n"
        "    return 2\n"
        "=======\n"
        "    return 3\n"
        ">>>>>>> REPLACE\n"
        "\n"
        "This makes b return 3.\n"
    ),
    "search tags": ("<search>\n    return 2\n</search>\n<replace>\n    return 3\n</replace>\n"),
    "old and new tags": ("<old>\n    return 2\n</old>\n<new>\n    return 3\n</new>\n"),
    "the tags of a tool": (
        "<old_str>\n    return 2\n</old_str>\n<new_str>\n    return 3\n</new_str>\n"
    ),
    "diff of git": (
        "diff --git a/m.py b/m.py\n"
        "index 123..456 100644\n"
        "--- a/m.py\n"
        "+++ b/m.py\n"
        "@@ -7,4 +7,4 @@ def a():\n"
        " \n"
        " def b():\n"
        "     x = 1\n"
        "-    return 2\n"
        "+    return 3\n"
    ),
    "diff in a fence": (
        "```diff\n"
        "--- a/m.py\n"
        "+++ b/m.py\n"
        "@@ -7,4 +7,4 @@\n"
        " def b():\n"
        "     x = 1\n"
        "-    return 2\n"
        "+    return 3\n"
        "```\n"
    ),
    "diff without hunk headers": (
        "--- a/m.py\n+++ b/m.py\n def b():\n     x = 1\n-    return 2\n+    return 3\n"
    ),
    "diff without any header": (" def b():\n     x = 1\n-    return 2\n+    return 3\n"),
    "diff without blanks before context": (
        "@@ -8,3 +8,3 @@\ndef b():\n    x = 1\n-    return 2\n+    return 3\n"
    ),
    "patch": (
        "*** Begin Patch\n"
        "*** Update File: m.py\n"
        "@@ def b():\n"
        "     x = 1\n"
        "-    return 2\n"
        "+    return 3\n"
        "*** End Patch\n"
    ),
    "patch without hunk headers": (
        "*** Begin Patch\n"
        "*** Update File: m.py\n"
        " def b():\n"
        "     x = 1\n"
        "-    return 2\n"
        "+    return 3\n"
        "*** End Patch\n"
    ),
    "patch that ends the file": (
        "*** Begin Patch\n"
        "*** Update File: m.py\n"
        "@@\n"
        "     x = 1\n"
        "-    return 2\n"
        "+    return 3\n"
        " \n"
        "*** End of File\n"
        "*** End Patch\n"
    ),
    "patch with two headers": (
        "*** Begin Patch\n"
        "*** Update File: m.py\n"
        "@@ def b():\n"
        "@@\n"
        "-    return 2\n"
        "+    return 3\n"
        "*** End Patch\n"
    ),
    "patch with a move to itself": (
        "*** Begin Patch\n"
        "*** Update File: m.py\n"
        "*** Move to: m.py\n"
        "@@ def b():\n"
        "-    return 2\n"
        "+    return 3\n"
        "*** End Patch\n"
    ),
    "numbers with bars": (
        "   1| # ... existing code ...\n"
        "   2| def b():\n"
        "   3|     x = 1\n"
        "   4|     return 3\n"
        "   5| # ... existing code ...\n"
    ),
    "numbers with colons": (
        "1: # ... existing code ...\n"
        "2: def b():\n"
        "3:     x = 1\n"
        "4:     return 3\n"
        "5: # ... existing code ...\n"
    ),
    "numbers with tabs": (
        "1\t# ... existing code ...\n"
        "2\tdef b():\n"
        "3\t    x = 1\n"
        "4\t    return 3\n"
        "5\t# ... existing code ...\n"
    ),
    "numbers with arrows": (
        "     1→# ... existing code ...\n"
        "     2→def b():\n"
        "     3→    x = 1\n"
        "     4→    return 3\n"
        "     5→# ... existing code ...\n"
    ),
    "numbers of code only": (
        "# ... existing code ...\n"
        "8: def b():\n"
        "9:     x = 1\n"
        "10:     return 3\n"
        "# ... existing code ...\n"
    ),
    "fence, then a sentence": (
        "```python\n"
        "# ... existing code ...\n"
        "def b():\n"
        "    x = 1\n"
        "    return 3\n"
        "# ... existing code ...\n"
        "```\n"
        "This changes b.\n"
    ),
    "a sentence, then a fence": (
        "Here is the file:\n"
        "```python\n"
        "# ... existing code ...\n"
        "def b():\n"
        "    x = 1\n"
        "    return 3\n"
        "# ... existing code ...\n"
        "```\n"
    ),
    "fence with a title": (
        '```python title="m.py"\n'
        "# ... existing code ...\n"
        "def b():\n"
        "    x = 1\n"
        "    return 3\n"
        "# ... existing code ...\n"
        "```\n"
    ),
    "fence that does not close": (
        "```python\n"
        "# ... existing code ...\n"
        "def b():\n"
        "    x = 1\n"
        "    return 3\n"
        "# ... existing code ...\n"
    ),
    "fence that only closes": (
        "# ... existing code ...\ndef b():\n    x = 1\n    return 3\n# ... existing code ...\n```\n"
    ),
    "other line ends": (
        "# ... existing code ...\r\n"
        "def b():\r\n"
        "    x = 1\r\n"
        "    return 3\r\n"
        "# ... existing code ...\r\n"
    ),
    "references of another language": (
        "// ... existing code ...\ndef b():\n    x = 1\n    return 3\n// ... existing code ...\n"
    ),
    "dots in brackets": ("# [...]\ndef b():\n    x = 1\n    return 3\n# [...]\n"),
    "unchanged": (
        "# ... unchanged ...\ndef b():\n    x = 1\n    return 3\n# ... rest unchanged ...\n"
    ),
    "existing code": ("# (existing code)\ndef b():\n    x = 1\n    return 3\n# (existing code)\n"),
    "rest of the file": (
        "# ... (keep existing code)\n"
        "def b():\n"
        "    x = 1\n"
        "    return 3\n"
        "# ... (rest of the file remains the same)\n"
    ),
    "rest of the code": (
        "# existing imports...\ndef b():\n    x = 1\n    return 3\n# Rest of the code...\n"
    ),
    "one character for the dots": (
        "# … existing code …\ndef b():\n    x = 1\n    return 3\n# … existing code …\n"
    ),
    "large letters": (
        "# ... EXISTING CODE ...\ndef b():\n    x = 1\n    return 3\n# ... Existing Code ...\n"
    ),
    "with line numbers": (
        "# ... existing code (lines 1-7) ...\n"
        "def b():\n"
        "    x = 1\n"
        "    return 3\n"
        "# ... existing code (lines 11-14) ...\n"
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_the_same_edit(name: str) -> None:
    placement = place(FORMS[name], "", FILE)
    assert (placement.status, placement.reasons) == ("accepted", ())
    assert placement.text == CHANGED


ASKED = {
    "a line left out": (
        "<<<<<<< SEARCH\ndef b():\n    ...\n    return 2\n=======\n"
        "def b():\n    ...\n    return 3\n>>>>>>> REPLACE\n"
    ),
    "a line that stays is not the file's": (
        "@@ -8,3 +8,3 @@\n def b():\n     x = 5\n-    return 2\n+    return 3\n"
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_context_that_is_not_the_files_is_asked_about(name: str) -> None:
    placement = place(ASKED[name], "", FILE)
    assert (placement.status, placement.reasons) == ("verify", ("context_differs",))
    assert placement.text == CHANGED


REFUSED = {
    "code between blocks": (
        "import os\n<<<<<<< SEARCH\n    return 2\n=======\n    return 3\n>>>>>>> REPLACE\n"
    ),
    "a marker between blocks": (
        "# ... existing code ...\n"
        "<<<<<<< SEARCH\n    return 2\n=======\n    return 3\n>>>>>>> REPLACE\n"
    ),
    "a tag that does not close": "<old>\n    return 2\n</old>\n<new>\n    return 3\n",
    "only lines that stay differ": "@@\n def z():\n+    y = 1\n     x = 2\n",
    "depths that do not agree": (
        "<<<<<<< SEARCH\ndef b():\nx = 1\n=======\ndef b():\nx = 2\n>>>>>>> REPLACE\n"
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused(name: str) -> None:
    assert place(REFUSED[name], "", FILE).status != "accepted"


TWICE = FILE + "\n\ndef d():\n    x = 1\n    return 2\n"


@pytest.mark.parametrize(
    ("head", "place_of"), [("@@", None), ("@@ def b():", 0), ("@@ -20,2 +20,2 @@ def d():", 1)]
)
def test_the_header_of_a_hunk_says_in_which_block(head: str, place_of: int | None) -> None:
    placement = place(f"{head}\n     x = 1\n-    return 2\n+    return 3\n", "", TWICE)
    if place_of is None:
        assert (placement.status, placement.reasons) == ("refused", ("ambiguous_location",))
        return
    before, between, after = TWICE.split("return 2")
    first, second = ("return 3", "return 2") if place_of == 0 else ("return 2", "return 3")
    assert placement.status == "accepted"
    assert placement.text == before + first + between + second + after


def test_hunks_stand_one_below_the_other() -> None:
    hunk = "@@\n     x = 1\n-    return 2\n+    return 3\n"
    both = place(hunk + hunk, "", TWICE)
    assert (both.status, both.text) == ("accepted", TWICE.replace("return 2", "return 3"))
    last = place("@@\n def c():\n-    return 4\n+    return 5\n" + hunk, "", TWICE)
    assert last.text == FILE.replace("return 4", "return 5") + TWICE[len(FILE) :].replace("2", "3")


def test_blocks_may_stand_in_any_order_so_both_must_be_unique() -> None:
    block = "<<<<<<< SEARCH\n    return 2\n=======\n    return 3\n>>>>>>> REPLACE\n"
    assert place(block + block, "", TWICE).reasons == ("ambiguous_location",)


def test_a_block_takes_the_indentation_of_the_file() -> None:
    block = (
        "<<<<<<< SEARCH\ndef b():\n  x = 1\n=======\n"
        "def b():\n  if y:\n    x = 1\n>>>>>>> REPLACE\n"
    )
    moved = place(block, "", FILE)
    assert moved.text == FILE.replace("    x = 1\n", "    if y:\n      x = 1\n")


@pytest.mark.parametrize("item", ["- one\n- two\n+ three\n", "- one\n  more\n- four\n"])
def test_lists_are_no_diffs(item: str) -> None:
    original = "# Title\n\n- one\n- two\n\nend\n"
    placement = place(item, "", original, "a.md")
    assert "block_not_found" not in placement.reasons


def test_markers_that_begin_with_dashes_make_no_diff() -> None:
    original = "\nlocal function a()\n   x()\nend\n\nlocal function b()\n   y()\nend\n"
    snippet = (
        "\nlocal function a()\n   -- ... existing code ...\nend\n\n"
        "local function b()\n   y(1)\nend\n"
    )
    placement = place(snippet, "Type: replace\nReplace: line 7", original, "m.lua")
    assert placement.status == "accepted"
    assert placement.text == original.replace("y()", "y(1)")


README = "# Title\n\n```sh\nmake\n```\n\nText here.\n"


def test_a_fence_around_a_file_with_fences_goes() -> None:
    changed = README.replace("make\n", "make all\n")
    for fence in ("```markdown\n{}```\n", "````\n{}````\n", "Here:\n\n```md\n{}```\n"):
        assert place(fence.format(changed), "Type: overwrite", README, "a.md").text == changed
    own = "```sh\nmake all\n```\n"
    assert place(own, "Type: overwrite", README, "a.md").text == own


def test_prose_around_a_fence_is_not_written_into_prose() -> None:
    changed = README.replace("Text here.", "Text there.")
    inner = "<!-- ... existing code ... -->\n```\n\nText there.\n"
    reply = f"Here is the updated code:\n\n```code\n{inner}```\n"
    # The fence of the file is not closed in the reply: one of three fences is left over.
    assert place(reply, "", README, "a.md").status != "accepted"
    whole = "Here it is:\n\n```text\n# Title\n\n<!-- ... existing code ... -->\nText there.\n```\n"
    placement = place(whole, "Type: replace\nReplace: line 7", README, "a.md")
    assert placement.text == changed


def test_a_fence_may_be_new_code_of_a_readme() -> None:
    reply = "# Title\n\n```js\nrun()\n```\n\n<!-- ... existing code ... -->\n"
    placement = place(reply, "Type: add", README, "a.md")
    assert placement.text is not None
    assert placement.text.startswith("# Title\n\n```js\nrun()\n```\n")


def test_underlined_titles_are_no_fences() -> None:
    original = 'a = 1\n"""\nTitle\n~~~~~\n"""\nb = 2\n'
    reply = '```python\n# ... existing code ...\n"""\nTitle\n~~~~~\n"""\nb = 3\n```\n'
    assert place(reply, "", original).text == original.replace("b = 2", "b = 3")


def test_a_file_with_lines_like_hunk_headers() -> None:
    original = "one\ntwo\n\n@@ layout\n%p\n"
    reply = "@@ -1,2 +1,2 @@\n one\n-two\n+three\n"
    assert place(reply, "", original, "a.txt").text == original.replace("two", "three")


def test_blank_lines_behind_a_reply_are_not_the_files() -> None:
    assert place("a\n\n", "", "a").text == "a"
    assert place("a\n\n\n", "", "a\n\n").text == "a\n\n"


@pytest.mark.parametrize("path", ["a.js", "a.go", "a.css"])
def test_bare_dots_stand_for_code(path: str) -> None:
    original = "one {\n}\ntwo {\n}\nthree {\n}\n"
    placement = place("...\ntwo {\n  x\n}\n...\n", "Type: add", original, path)
    assert placement.text == original.replace("two {\n", "two {\n  x\n")
