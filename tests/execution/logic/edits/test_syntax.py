"""What counts as a new error of syntax where no grammar knows all of a text."""

import pytest

from execution.logic.edits.checks.syntax import new_errors, syntax_errors


@pytest.mark.parametrize(
    ("path", "old", "new", "wrong"),
    [
        ("tsconfig.json", '{"a": 1}', '{"a": 1 // one\n}', False),
        ("tsconfig.json", '{"a": 1}', '/* all\n*/ {"a": "//", "b": "/*"}', False),
        ("tsconfig.json", '{"a": 1}', '{"a": "\\"//"}', False),
        ("tsconfig.json", '{"a": 1}', '{"a": 1 /* open}', True),
        ("tsconfig.json", '{"a": 1}', '{"a": "open // 1}', True),
        ("data.json", '{"a": 1}', '{"a": 1 // one\n}', True),
    ],
)
def test_settings_take_comments(path: str, old: str, new: str, wrong: bool) -> None:
    assert bool(new_errors(path, old, new)) is wrong


@pytest.mark.parametrize(
    ("path", "old", "new", "wrong"),
    [
        ("a.cs", "class A\n{\n    void B() { }\n}\n", "#if X\n    [C]\n#endif\n", False),
        ("a.cs", "class A\n{\n    void B() { }\n}\n", "#if X\n    void D() {\n#endif\n", True),
        (
            "a.swift",
            "class A {\n\n    func b() {}\n}\n",
            "#if X\n    @c func d() {}\n#endif\n",
            False,
        ),
        ("a.java", "class A\n{\n    void b() { }\n}\n", "#if X\n    @C\n#endif\n", True),
    ],
)
def test_conditions_stand_between_any_two_lines(path: str, old: str, new: str, wrong: bool) -> None:
    first, second, *rest = old.splitlines(keepends=True)
    assert bool(new_errors(path, old, "".join((first, second, new, *rest)))) is wrong


@pytest.mark.parametrize(
    ("path", "line", "wrong"),
    [
        ("a.c", "int A_CALL main(void)", False),
        ("a.c", "int a_call main(void)", True),
        ("a.c", "int A_CALL main(void", True),
        ("a.c", "int AC main(void)", True),
        ("a.java", "int A_CALL main(void)", True),
    ],
)
def test_a_macro_before_a_name_may_be_no_code(path: str, line: str, wrong: bool) -> None:
    old = "class A {\n int b() { }\n}\n" if path == "a.java" else "int main(void)\n{\n}\n"
    new = old.replace(" int b()", line) if path == "a.java" else old.replace("int main(void)", line)
    assert bool(new_errors(path, old, new)) is wrong


@pytest.mark.parametrize(
    ("path", "text", "wrong"),
    [
        ("a.html", "<p>{{ a < b }}</p>\n", False),
        ("a.html", "{% if a < b %}<p>a</p>{% endif %}\n", False),
        ("a.html", "<p>{{ a }}</b>\n", True),
        ("a.js", "a = {{ b ( }}\n", True),
    ],
)
def test_a_page_may_be_a_template(path: str, text: str, wrong: bool) -> None:
    assert bool(syntax_errors(path, text)) is wrong
