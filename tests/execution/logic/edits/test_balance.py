"""Pairs that an edit must not tear: template blocks, elements, directives."""

import pytest

from execution.logic.edits.checks.balance import brackets_torn, pairs_torn
from execution.logic.edits.text.languages import usual_indents

IF = "{% if a %}\nb\n{% endif %}\n"


@pytest.mark.parametrize(
    ("path", "old", "new", "torn"),
    [
        ("a.sql", IF, IF.replace("{% endif %}\n", ""), True),
        ("a.sql", IF, IF + "{%- macro f() -%}\n", True),
        ("a.sql", IF, IF + "{% macro f() %}\n{% endmacro %}\n", False),
        ("a.sql", IF, IF + "{% set b = 1 %}\n", False),  # this tag mostly ends in itself
        ("a.sql", "{% if a %}\n", "{% if a %}\n{% if b %}\n", False),  # the file is torn already
        ("a.php", IF, IF.replace("{% endif %}\n", ""), False),  # a program with such strings
        ("a.yaml", "{{- if .a }}\nb: 1\n{{- end }}\n", "{{- if .a }}\nb: 1\n", True),
        ("a.yaml", "{{- with .a }}\n{{- end }}\n", "{{ range .b }}\n{{ end }}\n", False),
        ("a.yml", "{{- if .a }}\nb: 1\n{{- end }}\n", "{{- if .a }}\nb: 1\n", True),
        ("a.hbs", "{{#each a}}\n{{/each}}\n", "{{#each a}}\n", True),
        ("a.php", "{{#each a}}\n{{/each}}\n", "{{#each a}}\n", False),
        ("a.svelte", "{#if a}\n{/if}\n", "{#if a}\n", True),
        ("a.html", "<p>a</p>\n", "<p>a</p>\n<p>b\n", True),
        ("a.html", "<p>a\n", "<p>a\n<p>b\n", False),  # the file leaves out such ends
        ("a.html", "<p>a</p>\n", '<p>a</p>\n<br>\n<img src="b>c">\n<x-y/>\n', False),
        ("a.html", "<x-y></x-y>\n", "<x-y></x-y>\n<x-y/>\n", False),  # ends in itself
        ("a.ts", "<p>a</p>\n", "<p>a</p>\n<p>b\n", False),
        ("a.c", "#ifdef A\n#endif\n", "#ifdef A\n", True),
        ("a.c", "#if A\n#endif\n", "#ifndef A\n# endif\n", False),
        ("a.py", "#if A\n#endif\n", "#if A\n", False),
        ("a.cs", "#region A\n#endregion\n", "#region A\n", True),
    ],
)
def test_pairs(path: str, old: str, new: str, torn: bool) -> None:
    assert pairs_torn(path, old, new) is torn


@pytest.mark.parametrize(("length", "torn"), [(1_000_000, True), (1_000_001, False)])
def test_a_huge_text_is_not_looked_through(length: int, torn: bool) -> None:
    text = f"{'x' * (length - 3)}<p>"
    assert pairs_torn("a.html", "<p></p>", text) is torn


def test_what_a_language_is_indented_with() -> None:
    found = [usual_indents(path) for path in ("a.go", "a.py", "a.c")]
    assert found == [{"\t"}, {" "}, set()]


CODE = "Text (of it.\n\n```js\nrun()\n```\n"


@pytest.mark.parametrize(
    ("path", "old", "new", "torn"),
    [
        ("a.md", CODE, CODE.replace("run()", "run(("), True),
        ("a.md", CODE, CODE + "\nMore :)\n", False),  # prose
        ("a.md", CODE, CODE + "\n  ```\n  run(\n  ```\n", True),
        ("a.md", CODE, CODE + "\n```\nrun(1)\n```\n", False),
        ("a.sql", "a (b)\n", "a (b)\n\\(\n", False),  # escaped
        ("a.sql", "a (b)\n", "a (b)\n(\n", True),
    ],
)
def test_brackets_count_in_code_only(path: str, old: str, new: str, torn: bool) -> None:
    assert brackets_torn(path, old, new) is torn


SCRIPT = "<p>a</p>\n<script>\nrun()\n</script>\n"


@pytest.mark.parametrize(
    ("old", "new", "torn"),
    [
        (SCRIPT, SCRIPT.replace("run()", "if (a <p > b) run()"), False),
        (SCRIPT.replace("script", "style"), SCRIPT.replace("script", "style") + "<p>", True),
        (SCRIPT, SCRIPT + "<p>", True),
        (SCRIPT, SCRIPT + SCRIPT.replace("run()", "a <p > b"), False),
        (SCRIPT, SCRIPT.replace("run()", "'<script>'; a <p > b"), False),
        (SCRIPT, "<style>\n" + SCRIPT.replace("run()", "a <p > b"), False),
        (SCRIPT, SCRIPT + "<script>\na <p > b\n", True),
        (SCRIPT, SCRIPT.replace("</p>", "</p><style>") + "<p>", True),
    ],
    ids=[
        "a comparison",
        "behind a style",
        "behind a script",
        "in the second script",
        "in a script that speaks of scripts",
        "a style without an end stands above",
        "in a script without an end",
        "behind a style without an end",
    ],
)
def test_programs_within_markup_have_no_elements(old: str, new: str, torn: bool) -> None:
    assert pairs_torn("a.vue", old, new) is torn
