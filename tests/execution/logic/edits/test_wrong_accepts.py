"""Replies of real commits that were once accepted and wrong, each cut down to its class.

None of them says enough: the reason is why. `SURE` has the same edits told in full.
"""

from typing import NamedTuple

import pytest

from execution.logic.edits import place_edit


class Case(NamedTuple):
    path: str
    original: str
    snippet: str
    says: str
    reason: str = ""


MACROS = (
    "{% macro log(msg) %}\n    {% if msg %}\n        {% do print(msg) %}\n    {% endif %}\n"
    "{% endmacro %}\n\n{% macro debug(msg) %}\n    {% do print(msg) %}\n{% endmacro %}\n"
)
LIST = (
    '<ul>\n  <li class="name">\n    <a href="1">First</a>\n  </li>\n'
    '  <li class="name">\n    <a href="3">Third</a>\n  </li>\n</ul>\n'
)
INCLUDES = "#include <map>\n#include <vector>\n\nnamespace shop\n{\n}\n"
METHODS = (
    "class Shop:\n    def open(self):\n        self.door()\n        self.light()\n\n"
    "    def close(self):\n        self.door()\n        return True\n"
)
INSTALL = (
    'ROOT="${0%/*}"\nPREFIX="$1"\nLIBDIR="${2:-lib}"\n\ninstall "$ROOT/bin" "$PREFIX/bin"\n'
    'install "$ROOT/lib" "$PREFIX/$LIBDIR"\necho "Installed"\n'
)
PLUGIN = (
    "import Foundation\n\nclass Plugin {\n    let closure: Closure\n\n"
    "    init(closure: Closure) {\n        self.closure = closure\n    }\n}\n"
)
TESTS = (
    "import app\n\n\n@safe\nclass FirstTest(Case):\n    def run(self):\n        return 1\n\n\n"
    "@safe\nclass LastTest(Case):\n    def run(self):\n        return 9\n"
)
NEW_TEST = "@safe\nclass NextTest(Case):\n    def go(self):\n        return 2\n"
WITH_TEST = TESTS.replace("@safe\nclass Last", f"{NEW_TEST}\n\n@safe\nclass Last")
SWITCH = (
    "func f() {\n\tra := address()\n\tif ip := get(RealIP); ip != nil {\n\t\tra = ip\n"
    "\t} else if ip = get(ForwardedFor); ip != nil {\n\t\tra = ip\n\t} else {\n\t\tra = host()\n"
    "\t}\n}\n"
)
RANGES = (
    "def ranges(specs)\n  specs.each do |spec|\n    first, last = spec[1], spec[2]\n"
    "    if first.empty?\n      return nil  if last.empty?\n      first = size - last\n"
    "    end\n  end\nend\n"
)
PY_REF, C_REF = "# ... existing code ...\n", "// ... existing code ...\n"

CASES = {
    "nothing is new": Case(
        "a.txt",
        "a one\nb two\nc three\n",
        f"a one\n{C_REF}c three\n",
        "Type: add",
        "nothing_changed",
    ),
    "a template block does not end": Case(
        "a.sql",
        MACROS,
        "-- ... existing code ...\n    {% do print(msg) %}\n{% endmacro %}\n\n"
        "{% macro file(msg) %}\n    {% do debug(msg) %}\n",
        "Type: append",
        "unbalanced",
    ),
    "an element ends that did not begin": Case(
        "a.html",
        LIST,
        '<ul>\n  <li class="name">\n    <a href="1">First</a>\n  </li>\n  <li class="name">\n'
        '    <a href="2">Second</a>\n  </li>\n    <a href="3">Third</a>\n  </li>\n</ul>\n',
        "Type: replace",
        "unbalanced",
    ),
    "the range ends in a gap which the reference keeps": Case(
        "a.lua",
        "function a()\n  one(1)\n  two(2)\n\nend\n",
        "function a()\n  one(1)\n  two( 2 )\n-- ... existing code ...\n",
        "Type: replace\nReplace: lines 3-4",
        "ambiguous_blank_lines",
    ),
    "new lines would be parted from the list that a reference hides": Case(
        "a.h",
        INCLUDES,
        f"{C_REF}\n#include <string>\n\nnamespace shop\n{C_REF}",
        "Type: add\nContext: Located between `#include <vector>` and `namespace shop`",
        "ambiguous_blank_lines",
    ),
    "a gap as wide as none in such a block": Case(
        "a.py",
        METHODS,
        f"class Shop:\n    def open(self):\n        self.door()\n        {PY_REF}\n\n"
        f"    def paint(self):\n        self.wall()\n\n    def close(self):\n        {PY_REF}",
        "Type: add",
        "ambiguous_blank_lines",
    ),
    "a gap above the end of a text": Case(
        "a.ex",
        'def a do\n  @doc """\n  One.\n  """\n  two(2)\nend\n',
        f'def a do\n  @doc """\n  One.\n  Three.\n\n  {PY_REF}end\n',
        "Type: add",
        "ambiguous_blank_lines",
    ),
    "a gap below replaced code that had none": Case(
        "a.py",
        "import ctypes\n\nhandle = ctypes.handle\nhandle.types = (1, 2, 3)\ngo = call(handle)\n",
        f"{PY_REF}handle = ctypes.handle\nhandle.types = (1, 2)\n\n{PY_REF}",
        "Type: replace\nContext: between `handle = ctypes.handle` and `go = call(handle)`",
        "ambiguous_blank_lines",
    ),
    "a reference keeps code that is said to be replaced": Case(
        "a.py",
        "def call(env):\n    info = unescape(env)\n    parts = split(info)\n    clean = []\n\n"
        "    path = join(root, clean)\n    serve(path)\n",
        f"def call(env):\n    {PY_REF}\n    path = join(root, cleaned(info))\n    serve(path)\n",
        "Type: replace\nContext: Located between `info = unescape(env)` and `serve(path)`",
        "range_mismatch",
    ),
    "a name goes that is still used": Case(
        "a.sh",
        INSTALL,
        INSTALL.replace('"$1"', '"${1%/}"').replace('LIBDIR="${2:-lib}"\n', ""),
        'Type: replace\nContext: Located between `ROOT="${0%/*}"` and `echo "Installed"`',
        "definition_lost",
    ),
    "the whole file in other white space": Case(
        "a.swift",
        PLUGIN,
        PLUGIN.replace("class Plugin", "final class Plugin").replace("    ", "\t"),
        "Type: replace",
        "indentation_differs",
    ),
    "tabs where nothing is indented": Case(
        "a.toml",
        '[mappings]\n# hooks\n"INI" = ["/usr/hooks"]\n',
        '[mappings]\n"INI" = [\n\t"/etc/hooks",\n]\n',
        "Type: replace\nReplace: lines 2-3",
        "indentation_differs",
    ),
    "spaces that go on a line, where blocks are indented by tabs": Case(
        "a.h",
        "void fail(int code);\nvoid stop(char *why);\n\nstruct a {\n\tint b;\n};\n",
        f"void fail(int code,\n    int size);\nvoid stop(char *why);\n{C_REF}",
        "Type: replace\nReplace: line 1",
        "indentation_differs",
    ),
    "a line goes though only a gap is declared": Case(
        "a.h",
        '#include <map>\n#include <string>\n#include <thread>\n\n#include "os.h"\n\nint a;\n',
        f'{C_REF}#include <string>\n#include <chrono>\n#include "os.h"\n\nint a;\n',
        "Type: replace\nReplace: line 4",
        "outside_range",
    ),
    "a short line of the file comes as new": Case(
        "a.md",
        "# Filters\n\n```\n3.5\n```\n\n### group\n\nGroups things.\n",
        "<!-- ... existing code ... -->\n3.5\n\n### force\n\nForces things.\n\n### group\n\n"
        "Groups things.\n",
        "Type: add\nContext: Located before `### group`",
        "unused_anchor",
    ),
    "the old form of a new line stays": Case(
        "a.go",
        SWITCH,
        "func f() {\n\tra := address()\n\tif ip := get(HeaderRealIP); ip != nil {\n\t\tra = ip\n"
        "\t} else if ip = get(HeaderForwardedFor); ip != nil {\n\t\tra = ip\n\t"
        f"{C_REF}}}\n",
        "Type: replace\nContext: Located between `ra := address()` and `ra = ip`",
        "similar_line",
    ),
    "a changed line ends the update but not the file": Case(
        "a.css",
        "/* Pico v1.3 */\n:root{--font-family:system-ui,sans-serif}\n/*# map=pico.css.map */\n",
        "/* Pico v1.3 */\n:root{--font-family:system-ui,serif}\n",
        "Type: replace\nContext: Located after `/* Pico v1.3 */`",
        "no_anchor",
    ),
    "the head of a block goes": Case(
        "a.rb",
        RANGES,
        f"def ranges(specs)\n  specs.each do |spec|\n    first, last = $1, $2\n"
        f"      return nil  if last.empty?\n      first = size - last\n    {PY_REF}",
        "Type: replace\nContext: Located between `specs.each do |spec|` and `first = size - last`",
        "block_mismatch",
    ),
    "a removal takes a line that is shown": Case(
        "a.py",
        "def f(a):\n    for b in a:\n        if b > 1:\n            kept.append(b)\n"
        "        lowest = min(b)\n    kept.reverse()\n",
        "def f(a):\n    for b in a:\n            kept.append(b)\n        # Plandex: removed code\n"
        "    kept.reverse()\n",
        "Type: replace\nContext: Located before `kept.reverse()`",
        "unused_anchor",
    ),
    "the code below the gap that a file begins with goes": Case(
        "a.c",
        '\n\n#include <assert.h>\n#include <limits.h>\n\n#include "box.h"\n\nint a;\n',
        '\n// Plandex: removed code\n#include "box.h"\n\nint a;\nint b;\n',
        'Change 1.\nType: remove\nReplace: lines 3-4\nContext: before `#include "box.h"`\n\n'
        "Change 2.\nType: append\nContext: after `int a;`",
        "ambiguous_blank_lines",
    ),
    "a short line goes that is said to stay": Case(
        "a.rs",
        "fn f() -> Ctx {\n    let mut ctx = Ctx::new();\n    ctx.insert(1);\n\n    ctx\n}\n",
        f"fn f() -> Ctx {{\n    {C_REF}    ctx.insert(1);\n    ctx.insert(2);\n}}\n",
        "Type: replace\nContext: Located before `ctx`",
        "context_lost",
    ),
    "a rewrite lacks a line that is said to stay": Case(
        "A.java",
        'class A {\n  void test() {\n    Point p = point("a");\n    check(p, "b");\n  }\n}\n',
        'class A {\n  void test() {\n    check(p, other("b"));\n  }\n}\n',
        'Type: replace\nContext: Located after `Point p = point("a");`',
        "context_lost",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_was_once_wrong_is_not_certain(name: str) -> None:
    case = CASES[name]
    placement = place_edit(
        original=case.original, snippet=case.snippet, description=case.says, path=case.path
    )
    assert placement.status != "accepted"
    assert case.reason in placement.reasons


SURE = {
    "a template block with its end": (
        CASES["a template block does not end"]._replace(
            snippet="-- ... existing code ...\n{% endmacro %}\n\n{% macro file(msg) %}\n"
            "    {% do debug(msg) %}\n{% endmacro %}\n\n{% macro debug(msg) %}\n"
            "-- ... existing code ...\n",
        ),
        MACROS.replace(
            "\n{% macro debug",
            "\n{% macro file(msg) %}\n    {% do debug(msg) %}\n{% endmacro %}\n\n{% macro debug",
        ),
    ),
    "a new class has the decorator that the next one has": (
        Case(
            "a.py",
            TESTS,
            f"{PY_REF}class FirstTest(Case):\n    {PY_REF}\n\n{NEW_TEST}\n\n{PY_REF}",
            "Type: add",
        ),
        WITH_TEST,
    ),
    "the decorator of the next class is shown": (
        Case(
            "a.py",
            TESTS,
            f"{PY_REF}class FirstTest(Case):\n    {PY_REF}\n\n{NEW_TEST}\n\n"
            f"@safe\nclass LastTest(Case):\n    {PY_REF}",
            "Type: add",
        ),
        WITH_TEST,
    ),
    "all lines of the list are shown": (
        CASES["new lines would be parted from the list that a reference hides"]._replace(
            snippet=f"{C_REF}#include <vector>\n#include <string>\n\nnamespace shop\n{C_REF}",
        ),
        INCLUDES.replace("<vector>\n", "<vector>\n#include <string>\n"),
    ),
    "the gap that a file begins with": (
        Case("a.swift", "\n" + PLUGIN, PLUGIN.replace("Closure", "Block"), "Type: replace"),
        "\n" + PLUGIN.replace("Closure", "Block"),
    ),
}


@pytest.mark.parametrize("name", SURE)
def test_what_says_enough_is_certain(name: str) -> None:
    case, expected = SURE[name]
    placement = place_edit(
        original=case.original, snippet=case.snippet, description=case.says, path=case.path
    )
    assert placement.text == expected
    assert placement.reasons == ()


def test_a_whole_file_that_loses_more_than_is_declared_is_asked_about() -> None:
    """The line beside the replaced one may have been forgotten."""
    original = "- name: Add users.\n  user:\n    name: one\n    group: all\n    append: yes\n"
    snippet = "- name: Add users.\n  user:\n    groups: all\n    append: yes\n"
    for says, reasons in (("lines 3-4", ()), ("line 4", ("outside_range",))):
        placed = place_edit(
            original=original,
            snippet=snippet,
            description=f"Type: replace\nReplace: {says}\n",
            path="a.yml",
        )
        assert placed.reasons == reasons
