"""New definitions beside similar ones: they are added, whatever lines they share with those."""

import pytest

from execution.logic.edits import Placement, place_edit
from execution.logic.edits.doubts.newcomers import newcomers
from execution.logic.edits.text.markers import tokenize
from execution.logic.edits.text.structure import outline

REF, PY_REF = "// ... existing code ...\n", "# ... existing code ...\n"


def place(original: str, snippet: str, says: str, path: str) -> Placement:
    return place_edit(original=original, snippet=snippet, description=says, path=path)


def job(name: str) -> str:
    return (
        f'class {name}Job:\n    kind = "{name.lower()}"\n\n'
        "    def run(self, payload):\n        text = self.render(payload)\n"
        "        self.send(text)\n        return True\n"
    )


JOBS = "\n\n".join(job(name) for name in ("First", "Second", "Third"))
LIST = "\n\nJOBS = [FirstJob, SecondJob, ThirdJob]\n"


def test_a_class_between_a_reference_and_a_list_is_added() -> None:
    listed = LIST.replace("ThirdJob", "ThirdJob, PushJob")
    snippet = f"{PY_REF}\n\n{job('Push')}{listed}"
    placement = place(JOBS + LIST, snippet, "I add the job.", "jobs.py")
    assert placement.text == f"{JOBS}\n\n{job('Push')}{listed}"


TESTS = """\
pub fn run(strict: bool) -> u8 {
    u8::from(strict)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        let found = run(false);
        assert_eq!(found, 0);
    }

    #[test]
    fn is_strict() {
        let found = run(true);
        assert_eq!(found, 1);
    }
}
"""
NEW_TEST = """\
    #[test]
    fn is_plain() {
        let found = run(false);
        assert_eq!(found, 0);
    }
"""


def test_a_test_at_the_end_of_a_module_is_added() -> None:
    snippet = f"{REF}\n#[cfg(test)]\nmod tests {{\n    {REF}\n{NEW_TEST}}}\n"
    placement = place(TESTS, snippet, "Type: append\nContext: after `is_strict`", "a.rs")
    assert placement.text == TESTS.removesuffix("}\n") + f"\n{NEW_TEST}}}\n"
    assert placement.reasons == ()


def test_a_method_with_its_comment_goes_before_the_one_that_is_shown() -> None:
    original = (
        "impl Line {\n    /// Makes it strict.\n    pub fn strict(mut self, on: bool) -> Self {\n"
        "        self.strict = on;\n        self\n    }\n\n"
        "    pub fn run(&self) -> u8 {\n        self.strict.into()\n    }\n}\n"
    )
    new = (
        "    /// Makes it plain.\n    pub fn plain(mut self, on: bool) -> Self {\n"
        "        self.plain = on;\n        self\n    }\n\n"
    )
    run = "    pub fn run(&self) -> u8 {\n"
    snippet = f"impl Line {{\n    {REF}\n{new}{run}        {REF}    }}\n}}\n"
    placement = place(original, snippet, "Type: replace\nSummary: a method", "a.rs")
    assert placement.text == original.replace(run, new + run)


def _lines(original: str, snippet: str, path: str) -> frozenset[int]:
    lines, old = tuple(snippet.splitlines()), tuple(original.splitlines())
    return newcomers(tokenize(lines, path, old), outline(lines, path), old)


def test_only_what_is_shown_in_full_is_new() -> None:
    """A renamed head above a reference stands for the old one."""
    whole = f"{REF}#[test]\nfn fresh() {{\n    a();\n}}\n\nfn old() {{\n    b();\n}}\n"
    assert _lines("fn old() {\n}\n", whole, "a.rs") == {1, 2, 3, 4}
    assert not _lines("fn old() {\n}\n", f"fn fresh() {{\n    {REF}}}\n", "a.rs")
    assert not _lines("fn fresh() {\n}\n", whole.replace("old", "fresh"), "a.rs")
    assert not _lines("fn old() {\n}\n", "fn fresh();\n", "a.rs")


FRESH = "fn fresh() {\n    a();\n}\n"


@pytest.mark.parametrize(
    ("snippet", "lines"),
    [
        (FRESH, {0, 1, 2}),
        (f"{FRESH}// the end\n", {0, 1, 2}),
        (f"// it\n#[test]\n{FRESH}", {0, 1, 2, 3, 4}),
        (f"// it\n\n{FRESH}", {2, 3, 4}),
        (f"    // it\n{FRESH}", {1, 2, 3}),
        (f"run();\n{FRESH}", {1, 2, 3}),
        (f"{REF}{FRESH}{REF}", {1, 2, 3}),
        (f"{FRESH}\n{FRESH.replace('fresh', 'other')}", {0, 1, 2, 4, 5, 6}),
        ("fn fresh() {\n\n    a();\n\n    b();\n}\n", {0, 1, 2, 3, 4, 5}),
        ("fn fresh() {\n    a();\n", {0, 1}),  # its end is not shown
        (f"fn fresh() {{\n    a();\n    {REF}}}\n", set()),
        (f"fn fresh() {{\n    a();\n{REF}}}\n", {0, 1}),
        ("fn fresh() {\n    a();\n} // it\nb();\n", {0, 1, 2}),
        ("fn fresh() {\n}\n", {0, 1}),
        ("fn fresh() {}\n", set()),
        ("mod tests {\n    fn fresh() {\n        a();\n    }\n}\n", {0, 1, 2, 3, 4}),
        ("mod known {\n    fn fresh() {\n        a();\n    }\n}\n", {1, 2, 3}),
        ("limit = {\n    a\n}\n", set()),
    ],
)
def test_which_lines_are_those_of_a_new_definition(snippet: str, lines: set[int]) -> None:
    assert _lines("fn old() {\n}\nmod known {\n}\n", snippet, "a.rs") == lines


@pytest.mark.parametrize(
    ("snippet", "lines"),
    [
        ("if fresh {\n    a();\n}\n", {0, 1, 2}),
        ("if known {\n    a();\n}\n", set()),
        ("  if known {\n    a();\n  }\n", set()),
        (f"if fresh {{\n    {REF}}}\n", set()),
        ("if known {\n\n    a();\n}\n", set()),
        (f"{REF}    a();\n}}\n", set()),
    ],
)
def test_where_code_is_only_added_each_unknown_block_is_new(snippet: str, lines: set[int]) -> None:
    shown, old = tuple(snippet.splitlines()), ("if known {", "}")
    tokens, blocks = tokenize(shown, "a.rs", old), outline(shown, "a.rs")
    assert newcomers(tokens, blocks, old, adds_only=True) == lines
    assert newcomers(tokens, blocks, old) == set()
