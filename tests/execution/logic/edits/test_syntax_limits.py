"""Texts that are too long, or nested too deeply, to be checked in time."""

import pytest

from execution.logic.edits.checks.syntax import syntax_errors


@pytest.mark.parametrize(("length", "checked"), [(1_000_000, True), (1_000_001, False)])
def test_a_text_is_checked_up_to_a_length(length: int, checked: bool) -> None:
    assert (syntax_errors("a.css", " " * length) is not None) is checked


@pytest.mark.parametrize(
    ("text", "checked"),
    [
        ("[" * 400 + "]" * 400, True),
        ("[" * 401 + "]" * 401, False),
        ("[a, " * 401 + "]" * 401, False),
        ("]" * 9 + "[" * 401 + "]" * 401, False),
        ("[]" * 401, True),
        ("[" * 200 + "]" * 200 + "({" * 200 + "})" * 200, True),
    ],
    ids=["400", "401", "401 with code", "401 behind others that end", "in a row", "twice 400"],
)
def test_brackets_are_checked_to_a_depth(text: str, checked: bool) -> None:
    assert (syntax_errors("a.js", text) is not None) is checked


@pytest.mark.parametrize(("depth", "checked"), [(1000, True), (1001, False)])
def test_elements_are_checked_to_a_depth(depth: int, checked: bool) -> None:
    text = "<div>" * depth + "</div>" * depth
    assert (syntax_errors("a.html", text) is not None) is checked


@pytest.mark.parametrize(("length", "wrong"), [(300_000, True), (300_001, False)])
@pytest.mark.parametrize(
    ("path", "text", "fill"),
    [
        ("a.json", "1 2", " "),
        ("a.toml", "a = 1\na = 2\n#", "x"),
        ("a.py", "if a:\n    b = 1\n      c = 2\n#", "x"),
    ],
)
def test_what_a_grammar_lets_pass_is_found_up_to_a_length(
    path: str, text: str, fill: str, length: int, wrong: bool
) -> None:
    assert bool(syntax_errors(path, text.ljust(length, fill))) is wrong
