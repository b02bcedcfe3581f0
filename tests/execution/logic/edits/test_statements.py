"""Import statements: where one ends, and what is none."""

import pytest

from execution.logic.edits.model.imports import imports_in


def _names(text: str, path: str) -> list[str]:
    return [" ".join(sorted(one.names)) for one in imports_in(text.splitlines(), path)]


def _long(length: int) -> str:
    statement = 'import { A } from "x"'
    return statement.replace("A", "A" * (length - len(statement) + 1))


@pytest.mark.parametrize(("length", "found"), [(8000, 1), (8001, 0)])
def test_a_long_line_is_no_statement(length: int, found: int) -> None:
    assert len(imports_in([_long(length)], "a.ts")) == found


@pytest.mark.parametrize(("length", "found"), [(8000, 1), (8001, 0)])
def test_a_long_line_is_no_part_of_one(length: int, found: int) -> None:
    text = ["import {", "A,".rjust(length), '} from "x"']
    assert len(imports_in(text, "a.ts")) == found


@pytest.mark.parametrize(("lines", "found"), [(200, 1), (201, 0)])
def test_a_statement_has_so_many_lines(lines: int, found: int) -> None:
    text = ["import {", *["  A,"] * (lines - 2), '} from "x"']
    assert len(imports_in(text, "a.ts")) == found


@pytest.mark.parametrize(("length", "found"), [(8000, 1), (8001, 0)])
def test_a_statement_has_so_many_characters(length: int, found: int) -> None:
    head, tail = "import {", '} from "x"'
    rest = length - len(head) - len(tail) - 2
    assert len(imports_in([head, "A" * rest, tail], "a.ts")) == found


@pytest.mark.parametrize(
    ("path", "text", "names"),
    [
        ("a.ts", "import {\nimport { B } from 'b'\n", ["B"]),  # the first has no end
        ("a.ts", "import { A } from 'a'\nimport { B } from 'b'\n", ["A", "B"]),
        ("a.ts", "import { // ) here\n  A,\n} from 'a';\n", ["A"]),
        ("a.ts", "import { A } from 'a' // B\n", ["A"]),
        ("a.ts", "import { A as B, type C as D } from 'a'\n", ["B D"]),
        ("a.ts", "import { A }  from'a' ;\n", ["A"]),
        ("a.ts", "import A, * as B from 'a'\n", ["A B"]),
        ("a.ts", "export type { A } from 'a'\n", ["export A"]),
        ("a.ts", "  import { A } from 'a'\n", []),
        ("a.ts", "importer { A } from 'a'\n", []),
        ("a.ts", "const { A, B: C } = require('a')\n", ["A C"]),
        ("a.ts", "let A = require('a');\n", ["A"]),
        ("a.ts", "const A = required('a');\n", []),
        ("a.py", "from a import (b,\n    c)\n", ["b c"]),
        ("a.py", "from a import *\n", ["* of a"]),
        ("a.py", "import a as b\n", ["b"]),
        ("a.py", "import a # b\n", ["a"]),
        ("a.rs", "use a;\n", ["a"]),
        ("a.rs", "use a::{b::{C, D}, E};\n", ["C D E"]),
        ("a.rs", "use a::b::{self};\n", ["b"]),
        ("a.rs", "use a::b::*;\n", ["* of a::b::*"]),
        ("a.rs", "use a::{self as b, C};\n", ["C b"]),
        ("a.rs", "#[cfg(test)]\nuse a::B;\nuse c::D;\n", ["D"]),
        ("a.rs", "#![no_std]\nuse a::B;\n", []),
        ("a.java", "@A\nimport a.B;\n", []),
        ("a.java", "import static a.B.c;\n", ["c"]),
        ("a.scala", "import a._\n", ["* of a"]),
        ("a.php", "use function A\\b;\n", ["b"]),
        ("a.php", "use A\\B as C;\n", ["C"]),
        ("a.c", "import a;\n", []),
    ],
)
def test_names_of_statements(path: str, text: str, names: list[str]) -> None:
    assert _names(text, path) == names
