"""White space that drifted: which lines come back in the file's own, and how sure that is."""

import pytest

from execution.logic.edits.text.reindent import Variant, reindented, usual_step, with_file_ends
from tests.execution.logic.edits.handmade import REF
from tests.execution.logic.edits.sample import place

TABS = ["if a {", "\tfirst()", "\t\tsecond()", "}"]
SPACES = ["if a {", "  first()", "    second()", "    third()", "}"]
C = "void f() {\n\tone();\n\tif (a) {\n\t\ttwo();\n\t}\n}\n\nvoid g() {\n\tthree();\n}\n"
LONG = C + "\nvoid h() {\n\tfive();\n\tsix();\n}\n"


def test_lines_of_the_file_say_how_wide_a_tab_is() -> None:
    assert reindented(SPACES, TABS, "a.go") == [
        Variant(("if a {", "\tfirst()", "\t\tsecond()", "\t\tthird()", "}"), True)
    ]
    back = reindented([*TABS[:3], "\t\tthird()", "}"], SPACES[:3], "a.js")
    assert back == [Variant(tuple(SPACES), True)]


@pytest.mark.parametrize(
    ("snippet", "original"),
    [
        (["    first()", "    other()"], ["    first()", "\tx"]),  # one did not drift
        (["x", "y"], ["a", "b"]),
        (["a", "\tb c d"], ["a", "    b c d", "\tb c d"]),
        (["  a1", "\tnew"], ["\ta1", "\tb1"]),  # both kinds in one snippet
    ],
)
def test_what_may_be_meant_stays(snippet: list[str], original: list[str]) -> None:
    assert reindented(snippet, original, "a.js") == []


def test_moved_lines_do_not_say_how_wide_a_tab_is() -> None:
    original = ["a {", "    one()", "    two()", "    three()", "}"]
    snippet = ["a {", "\tone()", "\tif x {", "\t\ttwo()", "\t}", "\tthree()", "}"]
    (variant,) = reindented(snippet, original, "a.js")
    assert variant.lines[3] == "        two()"
    assert variant.sure


def test_lines_that_disagree_are_not_sure() -> None:
    (variant,) = reindented(["\tone()", "\t\ttwo()"], ["    one()", "    two()"], "a.js")
    assert not variant.sure


def test_a_comment_keeps_its_stars() -> None:
    original = ["class A {", "    /**", "     * Says.", "     */", "    one()", "}"]
    snippet = ["class A {", "\t/**", "\t * Says.", "\t */", "\ttwo()", "}"]
    (variant,) = reindented(snippet, original, "a.php")
    assert variant.lines == (*original[:4], "    two()", "}")
    (again,) = reindented(original, snippet, "a.php")
    assert again.lines == (*snippet[:4], "\tone()", "}")


@pytest.mark.parametrize(
    ("path", "steps", "sure"), [("a.py", 4, True), ("a.js", 2, False), ("a.md", 4, None)]
)
def test_only_new_lines_drifted(path: str, steps: int, sure: bool | None) -> None:
    lead = " " * steps
    original = ["def a:", f"{lead}one()", f"{lead}{lead}two()"]
    found = reindented(["def a:", "\tnew()"], original, path)
    assert found == ([] if sure is None else [Variant(("def a:", f"{lead}new()"), sure)])


@pytest.mark.parametrize(("lead", "found"), [("    ", True), ("  ", False), ("\t  ", False)])
def test_new_lines_in_spaces(lead: str, found: bool) -> None:
    assert bool(reindented(["if a {", f"{lead}new()"], TABS, "a.go")) is found


def test_a_whole_snippet_moved() -> None:
    moved = reindented(["run()", "more()"], ["class A:", "    run()"], "a.py")
    assert moved == [Variant(("    run()", "    more()"), True)]


def test_how_far_lines_are_indented() -> None:
    assert usual_step(["a", "  b", "    c", "  d"]) == 2
    assert usual_step(["a", "   b", "a"]) == 3
    assert usual_step(["a", " b"]) == 4


def test_blanks_at_line_ends_are_those_of_the_file() -> None:
    original = ["one  ", "two", "", "three", "three "]
    assert with_file_ends(["one", "two \t", "", "  "], original) == ("one  ", "two", "", "  ")
    assert with_file_ends(["three", "three  "], original) == ("three", "three  ")
    assert with_file_ends(["new  "], original) == ("new  ",)
    # A file that comes back with nothing but other blanks is meant so.
    assert with_file_ends(["one", "two"], ["one ", "two"]) == ("one", "two")


def test_drifted_blanks_cost_no_doubt() -> None:
    snippet = "void f() {  \n\tone();\t\n\tnew();\n\tif (a) { \n\t\t// ... existing code ...\n"
    placement = place(snippet, "Type: add", C, "a.c")
    assert placement.text == C.replace("one();\n", "one();\n\tnew();\n")
    assert placement.status == "accepted"


def test_drifted_tabs_cost_no_doubt() -> None:
    ref = "// ... existing code ...\n"
    snippet = f"{ref}void g() {{\n    three();\n    if (b) {{\n        four();\n    }}\n}}\n"
    placement = place(snippet, "Type: add", LONG, "a.c")
    new = "three();\n\tif (b) {\n\t\tfour();\n\t}\n"
    assert (placement.status, placement.text) == ("accepted", LONG.replace("three();\n", new))


def test_a_doubtful_width_is_asked_about() -> None:
    original = "a {\n  one()\n  two()\n}\n\nbegin()\ndone()\n"
    snippet = "// ... existing code ...\nbegin()\nc {\n\tnew()\n}\ndone()\n"
    placement = place(snippet, "Type: add", original, "a.js")
    assert (placement.status, placement.reasons) == ("verify", ("indentation_differs",))
    assert placement.text == original.replace("begin()\n", "begin()\nc {\n  new()\n}\n")


def test_lines_declared_as_replaced_may_come_back_in_other_white_space() -> None:
    original = "if (a) {\n    run(one);\n}\nelse {\n    run(two);\n}\n"
    snippet, says = "// always\nrun(one);\n", "Type: replace\nReplace: lines 1-6"
    assert place(snippet, says, original, "a.js").reasons == ("indentation_differs",)
    tabs = "enum kind\n{\n\tlocal,\n\tutc\n};\n\nint x;\n"
    snippet = "enum kind_type\n{\n    local,\n    utc\n};\n// ... existing code ...\n"
    says = "Type: replace\nReplace: line 1\nType: replace\nReplace: lines 3-4"
    assert place(snippet, says, tabs, "a.h").text == snippet.replace(REF, "\nint x;\n")
    assert place(snippet, says.replace("3-4", "3"), tabs, "a.h").status == "verify"
