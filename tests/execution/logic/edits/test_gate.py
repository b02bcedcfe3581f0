"""One case for each reason the gate can give, and one beside it that must pass."""

import pytest

from execution.logic.edits import (
    Placement,
    Replacement,
    ReplayFailed,
    check_candidate,
    place_edit,
)
from execution.logic.edits.description import Description, parse_description
from execution.logic.edits.gate import (
    brackets_torn,
    elisions_added,
    indentation_differs,
    is_subsequence,
    keeps_original,
    markers_left,
    storable,
    text_reasons,
)

REF = "# ... existing code ...\n"
NONE = Description((), ())
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


def _place(
    snippet: str, description: str = "", original: str = FILE, path: str = "a.py"
) -> Placement:
    return place_edit(original=original, snippet=snippet, description=description, path=path)


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
        "Type: replace\nReplace: line 19",
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
        REF + "def third(c):\n    return c\n\n\nLIMIT = 10\n" + REF,
        FILE,
        "Type: add",
    ),
    "open_header": (
        REF + "def third(c):\n    if c\n    # ... existing code ...\n",
        FILE,
        "Type: add",
    ),
    "elision_comment": (
        REF + "def third(c):\n    # rest of the code stays the same\n    return c\n",
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
    placement = _place(snippet, description, original)
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
    placement = _place(snippet, "Type: replace", original, "p.go")
    assert placement.status != "accepted" or "GetUserSecret" in (placement.text or "")
    assert "definition_lost" in placement.reasons or "GetUserSecret" in (placement.text or "")


@pytest.mark.parametrize("count", [1, 2])
def test_each_numbered_change_is_somewhere(count: int) -> None:
    change = "Change {}.\nType: add\nSummary: a limit\n"
    description = "\n".join(change.format(number + 1) for number in range(count))
    placement = _place(REF + "LIMIT = 10\nDEPTH = 2\n\n" + REF, description)
    assert placement.reasons == (("nothing_replaced",) if count == 2 else ())


@pytest.mark.parametrize(("shown", "status"), [(3, "accepted"), (12, "verify")])
def test_a_file_written_anew_in_spaces_may_want_them(shown: int, status: str) -> None:
    calls = [f"\tcall{number}();\n" for number in range(12)]
    head, ref = "package a;\n\nclass A {\n", "// ... existing code ...\n"
    rest = "" if shown == len(calls) else f"\t{ref}"
    snippet = f"{ref}class A {{\n{''.join(calls[:shown])}\textra();\n{rest}}}\n"
    original = f"{head}{''.join(calls)}}}\n"
    placement = _place(snippet.replace("\t", "    "), "", original, "a.java")
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
    placement = _place(snippet, description)
    assert (placement.status, placement.reasons) == ("accepted", ())
    assert placement.text == wanted


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        (["a"], ["a", "# ... existing code ..."], True),
        (["a"], ["a", "<!-- ... existing code ... -->"], True),
        (["a"], ["a", "// Plandex: removed code"], True),
        (["# ... existing code ..."], ["  # ... existing code ..."], False),
        (["# ... existing code ..."], ["# ... existing code ..."] * 2, True),
        (["a"], ['x = "# ... existing code ..."'], False),
    ],
)
def test_markers_left(old: list[str], new: list[str], left: bool) -> None:
    assert markers_left(old, new) is left


@pytest.mark.parametrize(
    ("line", "added"),
    [
        ("# rest of the code stays the same", True),
        ("// remaining methods unchanged", True),
        ("# ... other imports ...", True),
        ("# keep the rest", True),
        ("# rest api", False),
        ("value = 1", False),
    ],
)
def test_elisions(line: str, added: bool) -> None:
    assert elisions_added([], [line]) is added
    assert not elisions_added([line], [line])


def test_subsequence() -> None:
    assert is_subsequence(["a", "c"], ["a", "b", "c"])
    assert is_subsequence(["it's"], ["it’s  "])
    assert not is_subsequence(["c", "a"], ["a", "b", "c"])
    assert not is_subsequence(["a", "a"], ["a"])


def test_keeps_original() -> None:
    assert keeps_original(["a", "", "b"], ["a", "b", "c"])
    assert keeps_original(['"a": 1'], ['"a": 1,'])
    assert not keeps_original(["a", "b"], ["a"])
    assert not keeps_original(["a", "b"], ["b", "a"])


def test_brackets() -> None:
    assert brackets_torn("x.vue", "a {\n}\n", "a {\n")
    assert not brackets_torn("x.vue", "a {\n}\n", "a {\n}\nb()\n")
    assert not brackets_torn("x.py", 'a = "("\n', 'a = "(("\n')


def test_storable() -> None:
    assert storable("a\n" * 50, "a\n" * 49 + "b\n")


def _reasons(candidate: str, description: str = "", whole: bool = False) -> list[str]:
    return text_reasons(
        original=FILE,
        candidate=candidate,
        literals=(),
        description=parse_description(description),
        path="a.py",
        whole=whole,
    )


def test_large_deletion_needs_a_declaration() -> None:
    short = FILE[: FILE.index("def first")]
    assert "large_deletion" in _reasons(short, "Type: replace")
    assert "large_deletion" not in _reasons(short, "Type: replace\nReplace: lines 6-20")
    assert "large_deletion" not in _reasons(short, "Type: remove")
    assert "large_deletion" not in _reasons(short, whole=True)


def test_a_definition_comes_twice_only_if_written_twice() -> None:
    again = "\n\ndef second(b):\n    return b\n"
    assert "duplicate_definition" in _reasons(FILE + again)
    assert "duplicate_definition" not in _reasons(FILE + again.replace("second", "fourth"))
    twice = "def second(b):\n    return 1\n\n\n" * 2
    reasons = text_reasons(
        original=FILE,
        candidate=FILE + again,
        literals=twice.split("\n"),
        description=NONE,
        path="a.py",
    )
    assert "duplicate_definition" not in reasons


def test_an_insertion_keeps_the_original() -> None:
    assert "original_lost" in _reasons(FILE.replace("LIMIT = 10\n", ""), "Type: add")
    assert "original_lost" not in _reasons(FILE + "x = 1\n", "Type: add")


def test_overloads_are_no_duplicates() -> None:
    original = "class A {\n  void f(int a) {\n  }\n}\n"
    snippet = (
        "class A {\n  // ... existing code ...\n  void f(int a) {\n  }\n"
        "  void f(String s) {\n  }\n}\n"
    )
    placement = _place(
        snippet.replace("  // ... existing code ...\n", ""), "Type: add", original, "A.java"
    )
    assert placement.status == "accepted"


@pytest.mark.parametrize(
    ("candidate", "status"),
    [
        (FILE.replace("LIMIT = 10\n", "LIMIT = 10\nDEPTH = 2\n"), "accepted"),
        (FILE.replace("LIMIT = 10\n", "DEPTH = 2\n"), "refused"),
        (FILE.replace("LIMIT = 10\n", "LIMIT = 10\nDEPTH = 3\n"), "refused"),
        (FILE.replace("    return y\n", "") + "DEPTH = 2\n", "refused"),
        (FILE, "refused"),
        (REF + "LIMIT = 10\nDEPTH = 2\n", "refused"),
        ("a\0b", "refused"),
    ],
)
def test_a_certain_edit_allows_one_text(candidate: str, status: str) -> None:
    checked = check_candidate(
        original=FILE,
        snippet=REF + "LIMIT = 10\nDEPTH = 2\n\n" + REF,
        description="Type: add",
        path="a.py",
        candidate=candidate,
    )
    assert checked.status == status


@pytest.mark.parametrize("line", ["import os", "LIMIT = 10"])
def test_added_code_takes_no_line_not_even_the_first(line: str) -> None:
    candidate = FILE.replace(line, "import sys")
    snippet = candidate[: candidate.index("def first")] + REF
    checked = check_candidate(
        original=FILE, snippet=snippet, description="Type: add", path="a.py", candidate=candidate
    )
    assert "original_lost" in checked.reasons


@pytest.mark.parametrize("place", ["first", "second", "third"])
def test_an_open_edit_allows_each_sensible_place(place: str) -> None:
    new = "def new():\n    return 0\n\n\n"
    head = f"def {place}("
    checked = check_candidate(
        original=FILE,
        snippet=REF + "\n" + new + REF,
        description="Type: add",
        path="a.py",
        candidate=FILE.replace(head, new + head),
    )
    assert checked.status != "refused"


def test_the_texts_of_a_model_take_the_form_of_the_file() -> None:
    original = "\ufeffa = 1\r\nb = 2"
    checked = check_candidate(
        original=original,
        snippet="a = 1\n# ... existing code ...\nc = 3\n# ... existing code ...\n",
        description="",
        path="a.py",
        candidate="a = 1\nc = 3\nb = 2\n",
    )
    assert checked.text == "\ufeffa = 1\r\nc = 3\r\nb = 2"


@pytest.mark.parametrize(
    ("candidate", "literals", "path", "reason"),
    [
        (FILE + REF, [], "a.py", "marker_left"),
        (FILE, ["missing = 1"], "a.py", "literal_lost"),
        (FILE + "# rest of the code unchanged\n", [], "a.py", "elision_comment"),
        (FILE + "x = (\n", [], "a.py", "new_syntax_error"),
        (FILE + "{\n", [], "a.vue", "unbalanced"),
    ],
)
def test_what_speaks_against_a_text(
    candidate: str, literals: list[str], path: str, reason: str
) -> None:
    def reasons(text: str, wanted: list[str]) -> list[str]:
        return text_reasons(
            original=FILE, candidate=text, literals=wanted, description=NONE, path=path
        )

    assert reason in reasons(candidate, literals)
    assert reasons(FILE, ["import os"]) == []


def test_a_text_that_cannot_be_stored_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(old: str, new: str) -> list[Replacement]:
        raise ReplayFailed("no")

    monkeypatch.setattr("execution.logic.edits.gate.replacements_between", fails)
    assert "not_storable" in _reasons(FILE + "x = 1\n")


@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [
        (["a", "    b"], ["a", "    b", "\tc"], True),
        (["a", "\tb"], ["a", "\tb", "    c"], True),
        (["a", "    b"], ["a", "    b", "    c"], False),
        (["a", "    b", "\tc"], ["a", "    b", "\td"], False),
        (["a", "b"], ["a", "b", "\tc"], False),
    ],
)
def test_indentation_of_new_lines(old: list[str], new: list[str], differs: bool) -> None:
    assert indentation_differs(old, new) is differs
    reasons = text_reasons(
        original="\n".join(old) + "\n",
        candidate="\n".join(new) + "\n",
        literals=(),
        description=NONE,
        path="a.txt",
    )
    assert ("indentation_differs" in reasons) is differs


@pytest.mark.parametrize(
    ("size", "gone", "kind", "large"),
    [
        (12, 9, "Type: replace", False),  # a small file
        (13, 9, "Type: replace", True),
        (20, 10, "Type: replace", False),  # just half of it
        (20, 11, "Type: replace", True),
        (20, 11, "Type: replace\nReplace: lines 10-20", False),
        (20, 11, "Type: replace\nReplace: lines 10-19", True),
        (20, 11, "Type: replace\nType: add\nType: append\nType: prepend", True),
        (20, 11, "Type: remove", False),
    ],
)
def test_how_much_may_go(size: int, gone: int, kind: str, large: bool) -> None:
    lines = [f"line {number}" for number in range(size)]
    reasons = text_reasons(
        original="\n".join(lines) + "\n",
        candidate="\n".join(lines[: size - gone]) + "\n",
        literals=(),
        description=parse_description(kind),
        path="a.txt",
    )
    assert ("large_deletion" in reasons) is large
