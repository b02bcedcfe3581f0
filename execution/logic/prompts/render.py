"""Prompt templates: text files with `$name` places, read once per process."""

import re
from functools import cache
from pathlib import Path
from string import Template

TEMPLATES = Path(__file__).parent / "templates"


def template_names() -> list[str]:
    """The names of all templates, sorted."""
    return sorted(path.stem for path in TEMPLATES.glob("*.md"))


def render(name: str, **values: str) -> str:
    """The text of a template with its places filled.

    A missing or unknown value is a programming error and raises `ValueError`, so that
    a request never goes out with a hole in it.
    """
    template, places = _load(name)
    if places != values.keys():
        raise ValueError(f"template {name} has the places {sorted(places)}, not {sorted(values)}")
    return template.substitute(values)


def fenced(text: str) -> str:
    """The text in a Markdown fence that no run of backticks inside can close."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{text.removesuffix(chr(10))}\n{fence}"


def path_list(paths: list[str]) -> str:
    """Paths as a Markdown list, in the order given."""
    return "\n".join(f"- `{path}`" for path in paths)


@cache
def _load(name: str) -> tuple[Template, frozenset[str]]:
    text = (TEMPLATES / f"{name}.md").read_text(encoding="utf-8").strip()
    template = Template(text)
    return template, frozenset(template.get_identifiers())
