"""Which of what universal-ctags finds is a definition worth a map line."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.file_maps_exclusions import EXCLUSIONS
from benchmarks.file_maps_tags import Tag
from benchmarks.script_scopes import local_test

_FUNCTION_SCOPES = {"function", "method", "func", "singletonMethod", "subroutine", "procedure"}
# Text that looks like code, in which ctags finds definitions.
_HERE = r"<<[-~]?([\"'`]?)(?P<word>[A-Za-z_]\w*)\1(?!\w)[^\n]*\n.*?^[ \t]*(?P=word)\b"
QUOTED = {
    "Elixir": r"\"\"\".*?\"\"\"|'\'\'.*?'\'\'",
    "Kotlin": r"\"\"\".*?\"\"\"",
    "Lua": r"--\[(?P<level>=*)\[.*?\](?P=level)\]",
    "OCaml": r"\{(?P<tag>[a-z_]*)\|(?:(?!\|(?P=tag)\}).)*\n.*?\|(?P=tag)\}",
    "Perl": rf"^=[a-z].*?(^=cut|\Z)|^__(END|DATA)__.*\Z|{_HERE}".replace(r"\1", r"[\"'`]?"),
    "Ruby": _HERE,
    "Rust": r"\br(?P<fence>#+)\".*?\"(?P=fence)",
    "Sh": _HERE,
}
_QUOTED = {name: re.compile(text, re.DOTALL | re.MULTILINE) for name, text in QUOTED.items()}


# By these grammars it is told what is local (see `script_scopes`).
_SCRIPTS = {"JavaScript": "javascript", "TypeScript": "tsx"}


def definitions(tags: Iterable[Tag], root: Path | None = None) -> tuple[list[Tag], dict[str, int]]:
    """The tags that are counted, and how many were left out for which reason.

    With `root`, what lies in quoted text of the files below it is left out too.
    """
    counted: list[Tag] = []
    left_out: dict[str, int] = defaultdict(int)
    tags = list(tags)
    is_local = _local_test(tags)
    quoted: dict[str, list[tuple[int, int]]] = {}
    scripts: dict[str, Callable[[int, str], bool]] = {}
    for tag in tags:
        if tag.group is None:
            continue
        why = next((rule.why for rule in EXCLUSIONS if rule.covers(tag)), None)
        if why is None and is_local(tag):
            why = "local to a function"
        if why is None and root is not None and tag.language in _SCRIPTS:
            if tag.path not in scripts:
                scripts[tag.path] = local_test(root / tag.path, _SCRIPTS[tag.language])
            if scripts[tag.path](tag.line, tag.name):
                why = "local to a function that ctags gives no scope for"
        if why is None and root is not None and tag.language in _QUOTED:
            if tag.path not in quoted:
                quoted[tag.path] = _quoted_lines(root / tag.path, _QUOTED[tag.language])
            if any(begin < tag.line <= end for begin, end in quoted[tag.path]):
                why = "in quoted text"
        if why is None:
            counted.append(tag)
        else:
            left_out[f"{tag.language}: {why}"] += 1
    return counted, dict(left_out)


def _quoted_lines(path: Path, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    text = path.read_bytes().decode("utf-8", "replace")
    found = []
    for match in pattern.finditer(text):
        begin = text.count("\n", 0, match.start())
        found.append((begin, begin + 1 + match[0].count("\n")))
    return found


def _local_test(tags: Iterable[Tag]) -> Callable[[Tag], bool]:
    """Tells what lies in a function: by its lines, where ctags gives them, or by its scope."""
    lines: dict[str, list[tuple[int, int]]] = defaultdict(list)
    names: dict[str, set[str]] = defaultdict(set)
    for tag in tags:
        if tag.group in ("functions", "methods") or _is_constructor(tag):
            names[tag.path].add(".".join(_steps(tag.scope) + _steps(tag.name)))
            if tag.end:
                lines[tag.path].append((tag.line, tag.end))

    def is_local(tag: Tag) -> bool:
        if tag.scopeKind in _FUNCTION_SCOPES and tag.language != "JavaScript":
            return True
        if any(begin < tag.line <= end for begin, end in lines[tag.path]):
            return True
        steps = _steps(tag.scope)
        holders = (".".join(steps[: n + 1]) for n in range(len(steps)))
        return any(holder in names[tag.path] for holder in holders)

    return is_local


def _steps(scope: str) -> list[str]:
    return [step for step in re.split(r"::|\.", scope) if step]


def _is_constructor(tag: Tag) -> bool:
    """JavaScript's functions that ctags calls classes."""
    return tag.kind == "class" and re.search(r"\bfunction\b", tag.source) is not None
