"""How many of the definitions that universal-ctags finds are in the maps.

Counted are functions, methods, classes and types that are not local to a function. A name
counts as found if it occurs in its file's map as often as ctags lists it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from context.logic.file_maps import NO_MAP

GROUPS = {
    "functions": "function func generator subroutine",
    "methods": "method singletonMethod methodSpec getter setter callback",
    "classes": "class interface trait module object protocol implementation namespace annotation",
    "types": "struct enum union typedef talias typealias type alias record",
}
GROUP_OF = {kind: group for group, kinds in GROUPS.items() for kind in kinds.split()}
# ctags gives a different meaning to these kinds.
NOT_COUNTED = {
    ("PHP", "alias"),
    ("C#", "typedef"),
    ("TypeScript", "alias"),
    ("Sh", "alias"),
    ("Ruby", "alias"),
    ("Python", "namespace"),
    ("Python", "module"),
    ("Go", "type alias"),
    ("Elm", "namespace"),
    ("Haskell", "module"),
    ("C++", "alias"),
    ("TypeScript", "generator"),
}
LOCAL_SCOPES = {"function", "method", "func", "getter", "setter", "generator", "singletonMethod"}
ANONYMOUS = re.compile(r"__anon|anonymous|AnonymousFunction", re.IGNORECASE)
LANGUAGES = (
    "C,C++,C#,Clojure,CUDA,Elixir,Elm,Erlang,Go,Haskell,Java,JavaScript,Julia,Kotlin,Lua,"
    "ObjectiveC,OCaml,Perl,PHP,PowerShell,Protobuf,Python,R,Ruby,Rust,Scheme,Sh,SQL,Tcl,"
    "TypeScript,VHDL,Verilog,Pascal,Fortran,Ada,D,Vim,CMake"
)


@dataclass(slots=True)
class Score:
    """Found and expected names of one language and group."""

    found: int = 0
    expected: int = 0
    missing: list[str] = field(default_factory=list)


def group_of(tag: dict[str, Any]) -> str | None:
    """The group a tag is counted in; None for variables, fields and the like."""
    if (tag["language"], tag["kind"]) == ("Python", "member"):
        return "methods"
    return GROUP_OF.get(tag["kind"])


def ctags_installed() -> bool:
    """Tell whether universal-ctags is on the path."""
    program = shutil.which("ctags")
    if program is None:
        return False
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return "Universal Ctags" in answer.stdout


def measure(root: Path, maps: dict[str, str]) -> dict[tuple[str, str], Score]:
    """Compare the maps of files below `root` with ctags, by language and group."""
    return compare(read_tags(root, maps), maps)


def compare(
    tags_of_all: list[dict[str, Any]], maps: dict[str, str]
) -> dict[tuple[str, str], Score]:
    """Compare maps with tags, by language and group."""
    expected: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    bodies = _function_lines(tags_of_all)
    for tag in tags_of_all:
        group = group_of(tag)
        if group and _counts(tag) and not _is_local(tag, bodies[tag["path"]]):
            expected[tag["path"]][tag["language"], group, tag["name"]] += 1
    scores: dict[tuple[str, str], Score] = defaultdict(Score)
    for path, tags in expected.items():
        text = re.sub(r"operator (?=\W)", "operator", maps[path])
        for (language, group, name), count in tags.items():
            score = scores[language, group]
            score.expected += count
            found = min(count, _occurrences(name, text))
            score.found += found
            if found < count:
                score.missing.append(f"{path}: {group} {name} ({count - found} of {count})")
    return scores


def _function_lines(tags: list[dict[str, Any]]) -> dict[str, list[tuple[int, int]]]:
    """First and last line of every function, by path."""
    lines: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for tag in tags:
        if group_of(tag) in ("functions", "methods") and tag.get("end"):
            lines[tag["path"]].append((tag["line"], tag["end"]))
    return lines


def _is_local(tag: dict[str, Any], bodies: list[tuple[int, int]]) -> bool:
    """Tell whether a tag lies in the body of a function."""
    line = tag["line"]
    return any(begin < line <= end for begin, end in bodies)


def read_tags(root: Path, maps: dict[str, str]) -> list[dict[str, Any]]:
    paths = [path for path, text in maps.items() if text != NO_MAP]
    command = ["ctags", "--output-format=json", "--fields=+lnKe", "--sort=no", "-f", "-", "-L", "-"]
    command.append(f"--languages={LANGUAGES}")
    answer = subprocess.run(
        command,
        cwd=root,
        input="\n".join(paths),
        capture_output=True,
        text=True,
        check=True,
        errors="replace",
    )
    tags = (json.loads(line) for line in answer.stdout.splitlines() if line.startswith("{"))
    return [tag for tag in tags if tag.get("_type") == "tag"]


def _counts(tag: dict[str, Any]) -> bool:
    if (tag["language"], tag["kind"]) in NOT_COUNTED or ANONYMOUS.search(tag["name"]):
        return False
    if tag.get("scopeKind") in LOCAL_SCOPES or "anonymous" in tag.get("scope", "").lower():
        return False
    return str(tag.get("roles", "def")) == "def"


def _occurrences(name: str, text: str) -> int:
    name = re.sub(r"operator (?=\W)", "operator", name)
    short = re.split(r"::|\.(?=\w)", name)[-1] if re.search(r"\w", name) else name
    if re.fullmatch(r"\w+", short):
        return len(re.findall(rf"(?<!\w){re.escape(short)}(?!\w)", text))
    return text.count(short)


def print_table(scores: dict[tuple[str, str], Score], missing: str | None = None) -> None:
    """Print recall per language and group; with a language, also what is missing in it."""
    print(f"{'language':14}{'group':12}{'found':>8}{'ctags':>8}{'recall':>9}")
    for (language, group), score in sorted(scores.items()):
        share = score.found / score.expected
        print(f"{language:14}{group:12}{score.found:8}{score.expected:8}{share:9.2%}")
        if missing == language:
            print(*score.missing, sep="\n")
