"""Gaps and lines that the snippet shows beside a reference: new ones, or those of the file?

Each doubted reply is a real one, cut down: one line of the file was forgotten in it.
"""

from typing import NamedTuple

import pytest

from execution.logic.edits import Placement, place_edit

REF, HASH = "// ... existing code ...\n", "# ... existing code ...\n"
MARKS = "<!-- ... existing code ... -->\n"


class Reply(NamedTuple):
    path: str
    original: str
    snippet: str
    says: str
    reason: str


IMPORTS = 'import (\n\t"net/http"\n\t"testing"\n\n\t"example.org/chi"\n)\n\nfunc run() {\n}\n'
SWITCH = "const ok = 1;\n\nvar res = this.res;\nvar body = this.body;\nsend(body);\n"
ENUM = "enum Kind {\n    Io,\n    Utf8,\n    Executor\n};\n\nstruct Error {\n    kind: Kind,\n}\n"
BEGIN = (
    "BEGIN {\n    $VERSION = 'v3.1';\n    $OWNER = 'Copyright 2005-2024 Lee';\n}\n\n"
    "BEGIN {\n    $fh = *STDOUT;\n}\n"
)
GUIDE = (
    "```js\nserver.decorate('view', function (it) {\n  // Amazing vew\n})\n\n"
    "server.get('/', (req, reply) => {\n  reply.view(req)\n})\n```\n"
)
PARTS = "//\n// chi is a router.\n//\n// chi is small.\n//\npackage chi\n"
CALLS = (
    "func reset() {\n    if let source = image {\n        let animator = Animator(\n"
    "            source: source,\n            mode: contentMode,\n            size: bounds.size,\n"
    "            count: count)\n    }\n}\n"
)
SOURCES = (
    "// const fs = require('fs');\n// //const src = fs.read('test.html', 'utf-8');\n"
    "// //const src = '{% macro foo(x, y) %}h{% endmacro %}';\n"
    "// const src = '{% macro foo() %}{{ h }}{% endmacro %}';\n\n// const env = new Env();\n"
)
HEADER = (
    "void set_remove(set *s, page *p);\n\nvoid set_hugify(set *s, page *p);\n\n/*\n"
    " * Tries to get a piece from a page.\n */\n"
    "bool set_alloc_reuse(set *s, edge *e, size_t n);\n\n"
    "/*\n * Gives a page to the set.\n */\nvoid set_alloc_new(set *s, page *p, edge *e);\n"
)
MODIFIERS = (
    "class Tests {\n    func first() {\n        check(1)\n    }\n    #endif\n}\n\n"
    "class Modifier {\n    func modified() {\n        check(2)\n    }\n}\n"
)
LENGTHS = "\nvar fs = require('fs');\n\nrun(fs);\n"
CHANGES = "# Log\n\n## Two\n\nNew words:\n- `flags` of the call\n\n## One\n\nFirst words.\n"

REPLIES = {
    "a gap behind a forgotten line": Reply(
        "a.go", IMPORTS,
        'import (\n\t"net/http"\n\t"net/url"\n\n\t' + REF + ")\n\n" + REF,
        'Type: add\nContext: Located after `"net/http"`', "ambiguous_blank_lines",
    ),
    "a gap before a forgotten line": Reply(
        "a.js", SWITCH, REF + "\nif (sent) return;\n\nvar body = this.body;\n" + REF,
        "Type: add\nContext: Located before `var body = this.body;`", "ambiguous_blank_lines",
    ),
    "a gap behind the end of a list": Reply(
        "a.rs", ENUM, "enum Kind {\n    Io,\n    Utf8\n\n" + REF + "struct Error {\n" + REF,
        "Type: replace\nReplace: lines 3-4", "ambiguous_blank_lines",
    ),
    "more gaps than the file has": Reply(
        "a.md", CHANGES, MARKS + "\n\n- `flags` of the call\n" + MARKS + "\nFirst or last words.\n",
        "Type: replace\nReplace: line 10", "ambiguous_blank_lines",
    ),
    "other code before the first line": Reply(
        "a.js", LENGTHS, "var assert = require('assert');\nvar fs = require('fs');\n\n" + REF,
        "Type: add", "ambiguous_blank_lines",
    ),
    "a line whose old form stays elsewhere": Reply(
        "a.pm", BEGIN, HASH + "BEGIN {\n    $OWNER = 'Copyright 2005-2025 Lee';\n}\n" + HASH,
        "Type: replace\nContext: Located after `$VERSION = 'v3.1';`", "similar_line",
    ),
    "one line too few between two quoted ones": Reply(
        "a.swift", CALLS,
        REF + "    if let source = image {\n        let size = bounds.scaled.size\n"
        "        let animator = Animator(\n            source: source,\n            size: size,\n"
        "            count: count)\n" + REF,
        "Type: replace\nContext: Located between `if let source = image {` and `count: count)`",
        "lines_dropped",
    ),
    "one new form too few": Reply(
        "a.js", SOURCES,
        "// const fs = require('fs');\n// const src = fs.read('test.html', 'utf-8');\n"
        "// //const src = '{% macro foo() %}{{ h }}{% endmacro %}';\n\n// const env = new Env();\n",
        "Type: replace\nContext: Located between `// const fs = require('fs');` "
        "and `// const env = new Env();`", "lines_dropped",
    ),
    "a line that would move": Reply(
        "a.h", HEADER,
        "void set_remove(set *s, page *p);\n\npage *set_fit(set *s, size_t n);\n\n/*\n" + REF
        + "void set_alloc_new(set *s, page *p, edge *e);\n"
        "bool set_alloc_reuse(set *s, edge *e, size_t n);\n",
        "Change 1.\nType: replace\nContext: Located between `void set_remove(set *s, page *p);` "
        "and `/*`\n\nChange 2.\nType: add\nContext: Located where the rest is", "unused_anchor",
    ),
}  # fmt: skip


def placed(reply: Reply) -> Placement:
    return place_edit(
        original=reply.original, snippet=reply.snippet, description=reply.says, path=reply.path
    )


@pytest.mark.parametrize("name", REPLIES)
def test_it_is_doubted(name: str) -> None:
    assert REPLIES[name].reason in placed(REPLIES[name]).reasons


def test_a_line_repeated_beside_a_covered_one_is_no_new_code() -> None:
    snippet = (
        "```js\nserver.decorate('view', function (it) {\n  // Amazing view\n})\n\n"
        "server.get('/', (req, reply) => {\n})\n" + MARKS
    )
    words = "Type: replace\nReplace: line 3\nContext: Located before `})`"
    assert placed(Reply("a.md", GUIDE, snippet, words, "")).status != "accepted"


def test_a_bare_sign_is_not_doubled() -> None:
    snippet = "//\n// Package chi is a router.\n//\n//\n" + REF
    words = "Type: replace\nReplace: line 2\nContext: Located between `//` and `//`"
    assert placed(Reply("a.go", PARTS, snippet, words, "")).status != "accepted"


def test_code_behind_a_block_does_not_get_into_the_next_one() -> None:
    snippet = (
        REF + "    func first() {\n        " + REF + "    }\n\n    func new() {\n    }\n}\n" + REF
    )
    words = "Type: add\nContext: Located between `}` and `#endif`"
    assert placed(Reply("a.swift", MODIFIERS, snippet, words, "")).status != "accepted"


def test_a_gap_is_added_where_none_can_be_forgotten() -> None:
    original = "def run():\n    one()\n    two()\n"
    snippet = HASH + "    two()\n\n    three()\n"
    says = "Type: add\nContext: Located after `two()`"
    done = placed(Reply("a.py", original, snippet, says, ""))
    assert (done.status, done.text) == ("accepted", original + "\n    three()\n")


def test_blank_lines_at_the_top_that_are_shown_stay() -> None:
    snippet = "\nvar fs = require('node:fs');\n\nrun(fs);\n"
    done = placed(Reply("a.js", LENGTHS, snippet, "Type: replace\nReplace: line 2", ""))
    assert (done.status, done.text) == ("accepted", snippet)
