import pytest

from execution.logic.prompts.render import fenced, path_list, render, template_names


def test_it_fills_the_places() -> None:
    text = render("resume_skip", path="src/a b.py")
    assert "`src/a b.py`" in text
    assert "$" not in text


def test_values_are_not_read_as_places() -> None:
    assert "`$HOME/$path`" in render("resume_skip", path="$HOME/$path")


@pytest.mark.parametrize("values", [{}, {"path": "a", "extra": "b"}, {"other": "a"}])
def test_a_missing_or_unknown_value_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="resume_skip"):
        render("resume_skip", **values)


def test_all_templates_are_plain_text_without_outer_blank_lines() -> None:
    for name in template_names():
        if name in {"planning", "chat", "implementation"}:
            text = render(name)
            assert text == text.strip()
            assert "\t" not in text


@pytest.mark.parametrize(
    ("body", "fence"),
    [("a", "```"), ("a\n```py\nb\n```\n", "````"), ("`````", "``````"), ("`a` ``b``", "```")],
)
def test_no_body_closes_its_fence(body: str, fence: str) -> None:
    lines = fenced(body).split("\n")
    assert lines[0] == lines[-1] == fence
    assert fence not in body


def test_a_final_newline_is_not_doubled() -> None:
    assert fenced("a\n") == "```\na\n```"
    assert fenced("a\n\n") == "```\na\n\n```"


def test_paths_are_listed_in_the_order_given() -> None:
    assert path_list(["b", "a"]) == "- `b`\n- `a`"
