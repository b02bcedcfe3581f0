"""What holds for file maps of every language."""

import ast
import sys
from pathlib import Path

import pytest

from context.logic.file_maps import (
    MAP_LIMITS,
    NO_MAP,
    combined_map,
    file_entries,
    fit_inputs,
    has_map_support,
    map_file,
    truncate_input,
)


def test_it_works() -> None:
    text = "class Order(Base):\n    total: int\n\n    def add(self, line): ...\n"

    assert map_file("shop/order.py", text) == (
        "class Order(Base)\n  - total: int\n  - def add(self, line)\n"
    )


@pytest.mark.parametrize(
    "path",
    ["a.go", "deep/er/a.tsx", "Dockerfile", "my.dockerfile.prod", "Makefile", "Rakefile", "a.vue"],
)
def test_known_names_have_map_support(path: str) -> None:
    assert has_map_support(path)


@pytest.mark.parametrize("path", ["a.GO", "a.png", "a", "noext/", ".py.bak", ""])
def test_other_names_have_none(path: str) -> None:
    assert not has_map_support(path)
    assert map_file(path, "x = 1\n") == NO_MAP


def test_a_file_without_definitions_has_an_empty_map() -> None:
    assert map_file("a.py", "") == ""
    assert map_file("a.py", "# nothing\n") == ""


def test_content_that_the_cli_does_not_send_is_no_map() -> None:
    """It sends "" for files it does not map: that does not mean that they are empty."""
    assert map_file("ci.yaml", "") == NO_MAP
    assert map_file("ci.yaml", "on: push\n") == "on\n"


def test_binary_and_minified_files_have_no_map() -> None:
    assert map_file("a.py", "x = 1\n\0\0") == NO_MAP
    assert map_file("a.js", "function a(){};" * 4000) == NO_MAP
    assert map_file("a.js", "var a;\n" * 9000 + "b;" * 26_000 + "\n" * 9000) == NO_MAP


def test_one_syntax_error_does_not_empty_the_map() -> None:
    text = "def before(): pass\n\ndef broken(:\n\nclass After:\n    def method(self): pass\n"

    names = [entry.name for entry in file_entries("a.py", text)]

    assert "before" in names
    assert "method" in names


def test_signatures_lose_comments_and_line_breaks() -> None:
    text = "def find(\n    key,  # the key\n    *,\n    deep: bool = False,\n):\n    pass\n"

    assert map_file("a.py", text) == "def find(key, *, deep: bool = False)\n"


def test_a_long_signature_is_cut_at_a_parameter() -> None:
    text = f"def f({', '.join(f'parameter_{n}' for n in range(60))}): pass\n"

    line = map_file("a.py", text).rstrip("\n")

    assert len(line) <= 300
    assert line.endswith(", …")


def test_long_type_parameters_leave_the_name_its_room() -> None:
    types = ", ".join(f"reified T{number}" for number in range(30))
    shown = map_file("a.kt", f"inline fun <{types}> Scope.build(size: Int) = Unit\n")
    assert "reified T0, reified T1, " in shown
    assert "…> Scope.build(size: Int)" in shown


def test_long_values_and_decorators_are_not_shown() -> None:
    text = (
        f"A = '{'x' * 50}'\nB = 'x'\n@decorated({', '.join('1234')}, '{'y' * 80}')\ndef f(): ...\n"
    )

    first, second, third = map_file("a.py", text).splitlines()

    assert first == "A"
    assert second == "B = 'x'"
    assert third.startswith("@decorated(1, 2, 3, 4, 'yy")
    assert third.endswith("… def f()")
    assert len(third) < 80


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("struct a { int x; };\n", "struct a\n  - int x\n"),
        ("namespace n { class A {}; }\n", "namespace n\n  - class A\n"),
        ("template <class T> T max(T a);\n", "template <class T> T max(T a)\n"),
        ("/* class A {}; */\nint f(void);\n", "int f(void)\n"),
    ],
)
def test_headers_are_c_or_cpp_by_their_content(text: str, expected: str) -> None:
    assert map_file("a.h", text) == expected


def test_jsx_in_a_plain_typescript_file_is_understood() -> None:
    text = "export const A = () => <b className='x'>{1}</b>;\nexport function B(): void {}\n"

    assert map_file("a.ts", text) == "export const A = ()\nexport function B(): void\n"


def test_all_scripts_of_a_component_are_listed() -> None:
    text = (
        "<script>export const a = 1</script>\n<p>x</p>\n<script lang='ts'>let b: number</script>\n"
        "<style>.c { d: e }</style>\n"
    )

    assert map_file("a.svelte", text) == (
        '<script>\n  - export const a = 1\n<script lang="ts">\n  - let b: number\n<style>\n  - .c\n'
    )


def test_every_definition_of_the_standard_library_is_listed() -> None:
    """Against the interpreter's own parser; nested functions are not definitions of a file."""
    missing, count = [], 0
    for path in sorted(Path(ast.__file__).parent.glob("[a-e]*.py")):
        text = path.read_text(encoding="utf-8")
        if len(text) > MAP_LIMITS.max_input_bytes:
            continue
        found = {entry.name for entry in file_entries(path.name, text)}
        expected = definitions(ast.parse(text))
        count += len(expected)
        missing += [f"{path.name}: {name}" for name in expected if name not in found]

    assert count > 1000
    assert len(missing) / count < 0.005, missing


def definitions(tree: ast.AST) -> list[str]:
    """Names of classes and functions that are not inside a function."""
    names: list[str] = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.append(node.name)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names += definitions(node)
    return names


def test_texts_are_cut_at_the_last_line_end_within_the_limit() -> None:
    line = "x" * 99 + "\n"
    text = line * 6000

    cut = truncate_input(text)

    assert len(cut) == MAP_LIMITS.max_input_bytes
    assert cut.endswith("\n")
    assert truncate_input(line) == line
    assert fit_inputs({"a": text, "b": line}) == {"a": cut, "b": line}


def test_a_cut_never_splits_a_character() -> None:
    cut = truncate_input("é" * 400_000)

    assert len(cut.encode()) == MAP_LIMITS.max_input_bytes
    assert set(cut) == {"é"}


def test_the_combined_map() -> None:
    parts = {"b.go": "func b()\n", "a.py": "", "Z.md": "\nTitle\n\n", "é.py": NO_MAP}

    assert combined_map(parts, {"b.go": 10, "Z.md": 3}) == (
        "\n### Z.md (3 🪙)\n\nTitle\n"
        "\n### a.py (0 🪙)\n\n[NO MAP]\n"
        "\n### b.go (10 🪙)\n\nfunc b()\n"
        "\n### é.py (0 🪙)\n\n[NO MAP]\n"
    )
    assert combined_map({}, {}) == ""


def test_paths_are_in_the_order_of_their_bytes() -> None:
    paths = ["a/b.py", "a.py", "a-b.py", "A.py", "ä.py", "\U0001f600.py", "\uffee.py"]

    body = combined_map(dict.fromkeys(paths, "x"), {})

    order = [line.split(" ")[1] for line in body.splitlines() if line.startswith("### ")]
    assert order == sorted(paths, key=str.encode)


def test_mapping_imports_no_web_framework() -> None:
    assert "context.logic.file_maps" in sys.modules
    source = Path(sys.modules["context.logic.file_maps"].__file__ or "").parent
    for path in source.rglob("*.py"):
        assert "django" not in path.read_text(encoding="utf-8")
