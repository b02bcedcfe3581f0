"""One snippet for each reason against it, and others that must be accepted."""

import pytest

from tests.execution.logic.edits.sample import FILE, REF, place

DOUBTS = {
    "ambiguous_location": (
        REF + "x = 1\nnew = 2\n" + REF,
        "x = 1\ny = 2\nx = 1\ny = 3\n",
        "",
    ),
    "no_anchor": (REF + "def new():\n    return 0\n" + REF, FILE, "Type: add"),
    "adjacent_markers": (
        "import os\n" + REF + "# Plandex: removed code\n\ndef third(c):\n    return c\n",
        FILE,
        "Type: remove",
    ),
    "unmarked_removal": (
        REF + "def first(a):\n    x = a + 1\n    return y\n\n" + REF,
        FILE,
        "Type: replace",
    ),
    "omitted_lines": (
        REF + "def second(b):\n    total = b\n    check(b)\n    return total\n\n" + REF,
        FILE,
        "Type: add",
    ),
    "similar_line": (
        REF + "prepare the app from main, then net\n  link the app from main and net\n" + REF,
        "start here\n\nprepare the app from main\n  link the app from main\n\nend there\n",
        "",
    ),
    "nothing_removed": (
        "import os\n# Plandex: removed code\n\nLIMIT = 10\n" + REF,
        FILE,
        "",
    ),
    "nothing_replaced": (
        REF + "def third(c):\n    check(c)\n    return c\n",
        FILE,
        "Type: replace",
    ),
    "range_mismatch": (
        REF + "def third(c):\n    return c + 1\n",
        FILE,
        "Type: replace\nReplace: lines 2-3",
    ),
    "outside_range": (
        REF
        + "def first(a):\n    x = a + 1\n    y = x * 3\n    return y\n\n\n"
        + REF
        + "\ndef third(c):\n    return c + 1\n",
        FILE,
        "Type: replace\nReplace: line 20",
    ),
    "empty_reference": (
        REF
        + "def third(c):\n    check(c)\n    # ... existing code ...\n    log(c)\n    return c\n",
        FILE,
        "Type: add",
    ),
    "unused_anchor": (
        REF + "LIMIT = 10\nSIZE = 2\nLIMIT = 10\n" + REF,
        FILE,
        "Type: add",
    ),
    "open_header": (
        REF + "def third(c):\n    if c\n    # ... existing code ...\n",
        FILE,
        "Type: add",
    ),
    "elision_comment": (
        REF + "def third(c):\n    # remaining methods unchanged\n    return c\n",
        FILE,
        "Type: add",
    ),
    "overwrite_with_markers": ("import os\n\n" + REF, FILE, "Type: overwrite"),
    "new_syntax_error": (REF + "def third(c):\n    return c +\n", FILE, "Type: replace"),
    "weak_anchor": (
        REF + "LIMIT = 10\nwall = 0\n# part\nwall = 1\n" + REF,
        FILE.replace("LIMIT = 10\n", "# part\nLIMIT = 10\n# part\n"),
        "Type: add",
    ),
    "block_not_found": (
        "<<<<<<< SEARCH\nnot there\n=======\nx\n>>>>>>> REPLACE\n",
        FILE,
        "",
    ),
    "unreadable_blocks": ("<<<<<<< SEARCH\nimport os\n=======\nx\n", FILE, ""),
    "overlapping_blocks": (
        "<<<<<<< SEARCH\nimport os\n\nLIMIT = 10\n=======\nx\n>>>>>>> REPLACE\n"
        "<<<<<<< SEARCH\nLIMIT = 10\n=======\ny\n>>>>>>> REPLACE\n",
        FILE,
        "",
    ),
    "empty_snippet": ("\n\n", FILE, ""),
    "binary": ("a\0b\n", FILE, ""),
}


@pytest.mark.parametrize("reason", DOUBTS)
def test_doubt(reason: str) -> None:
    snippet, original, description = DOUBTS[reason]
    placement = place(snippet, description, original)
    assert reason in placement.reasons
    assert placement.status != "accepted"


def test_a_definition_does_not_go_unsaid() -> None:
    tail = '\n\tif err != nil && err.Error() == "user quit prompt" {\n\t\texit(0)\n\t}\n\n'
    original = (
        "package p\n\nfunc GetUserText(msg string) (string, error) {\n"
        '\tres, err := new().Ask(msg).Input("")\n'
        f"{tail}\treturn res, err\n}}\n\nfunc GetUserSecret(msg string) (string, error) {{\n"
        '\tres, err := new().Ask(msg).Input("", with(mode(secret)))\n'
        f"{tail}\treturn res, err\n}}\n"
    )
    snippet = (
        "// ... existing code ...\n\nfunc GetUserText(msg string) (string, error) {\n"
        '\treturn GetUserTextWithDefault(msg, "")\n}\n\n'
        "func GetUserTextWithDefault(msg, def string) (string, error) {\n"
        "\tres, err := new().Ask(msg).Input(def)\n"
        f"{tail}\t// ... existing code ...\n// ... existing code ...\n"
    )
    placement = place(snippet, "Type: replace", original, "p.go")
    assert placement.status != "accepted" or "GetUserSecret" in (placement.text or "")
    assert "definition_lost" in placement.reasons or "GetUserSecret" in (placement.text or "")


@pytest.mark.parametrize("count", [1, 2])
def test_each_numbered_change_is_somewhere(count: int) -> None:
    change = "Change {}.\nType: add\nSummary: a limit\n"
    description = "\n".join(change.format(number + 1) for number in range(count))
    placement = place(REF + "LIMIT = 10\nDEPTH = 2\n\n" + REF, description)
    assert placement.reasons == (("nothing_replaced",) if count == 2 else ())


@pytest.mark.parametrize(("shown", "status"), [(3, "accepted"), (12, "verify")])
def test_a_file_written_anew_in_spaces_may_want_them(shown: int, status: str) -> None:
    calls = [f"\tcall{number}();\n" for number in range(12)]
    head, ref = "package a;\n\nclass A {\n", "// ... existing code ...\n"
    rest = "" if shown == len(calls) else f"\t{ref}"
    snippet = f"{ref}class A {{\n{''.join(calls[:shown])}\textra();\n{rest}}}\n"
    original = f"{head}{''.join(calls)}}}\n"
    placement = place(snippet.replace("\t", "    "), "", original, "a.java")
    expected = [*calls[:shown], "\textra();\n", *calls[shown:]]
    assert placement.text == f"{head}{''.join(expected)}}}\n"
    assert placement.status == status


CERTAIN = {
    "insert after a line": (
        REF + "LIMIT = 10\nDEPTH = 2\n\n" + REF,
        "Type: add",
        FILE.replace("LIMIT = 10\n", "LIMIT = 10\nDEPTH = 2\n"),
    ),
    "insert at the end": (
        REF + "def third(c):\n    return c\n\n\ndef fourth(d):\n    return d\n",
        "Type: append",
        FILE + "\n\ndef fourth(d):\n    return d\n",
    ),
    "replace one line": (
        REF + "def third(c):\n    return c + 1\n",
        "Type: replace\nReplace: line 20",
        FILE.replace("    return c\n", "    return c + 1\n"),
    ),
    "replace without a description": (
        REF + "def first(a):\n    x = a + 1\n    y = x * 3\n    return y\n\n" + REF,
        "",
        FILE.replace("y = x * 2", "y = x * 3"),
    ),
    "remove a function": (
        REF + "def first(a):\n    # ... existing code ...\n\n\n# Plandex: removed code\n\n\n"
        "def third(c):\n    return c\n",
        "Type: remove",
        FILE.replace(FILE[FILE.index("def second") : FILE.index("def third")], ""),
    ),
    "rename with its name kept": (
        REF + "LIMIT = 20\n" + REF,
        "Type: replace",
        FILE.replace("LIMIT = 10", "LIMIT = 20"),
    ),
    "nothing to do": (FILE, "", FILE),
}


@pytest.mark.parametrize("name", CERTAIN)
def test_certain(name: str) -> None:
    snippet, description, wanted = CERTAIN[name]
    placement = place(snippet, description)
    assert (placement.status, placement.reasons) == ("accepted", ())
    assert placement.text == wanted


def test_overloads_are_no_duplicates() -> None:
    original = "class A {\n  void f(int a) {\n  }\n}\n"
    snippet = (
        "class A {\n  // ... existing code ...\n  void f(int a) {\n  }\n"
        "  void f(String s) {\n  }\n}\n"
    )
    placement = place(
        snippet.replace("  // ... existing code ...\n", ""), "Type: add", original, "A.java"
    )
    assert placement.status == "accepted"
