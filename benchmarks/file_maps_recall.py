"""How many of the definitions that universal-ctags finds are in the maps.

Counted are functions, methods, classes and types that are not local to a function. A name
counts as found if it occurs in its file's map as often as ctags lists it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.file_maps_ctags import definitions
from benchmarks.file_maps_tags import Tag, read_tags
from context.logic.file_maps import MAP_LIMITS, NO_MAP

# The clauses of one function are one definition, listed once.
IN_CLAUSES = {"Elixir", "Erlang", "Haskell", "Julia"}


@dataclass(slots=True)
class Score:
    """Found and expected names of one language and group."""

    found: int = 0
    expected: int = 0
    missing: list[str] = field(default_factory=list)


Scores = dict[tuple[str, str], Score]


def measure(root: Path, maps: dict[str, str]) -> tuple[Scores, dict[str, int]]:
    """Compare the maps of files below `root` with ctags: scores, and what was left out and why."""
    # Larger files are cut before they are mapped, and files of data have no map at all.
    limit = MAP_LIMITS.max_input_bytes
    paths = [p for p, text in maps.items() if text != NO_MAP and (root / p).stat().st_size <= limit]
    counted, left_out = definitions(read_tags(root, paths), root)
    return compare(counted, maps), left_out


def compare(tags: Iterable[Tag], maps: dict[str, str]) -> Scores:
    """Compare maps with tags, by language and group."""
    expected: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    for tag in tags:
        group = tag.group
        assert group is not None, "only definitions are compared"
        key = (tag.language, group, tag.name)
        if tag.language in IN_CLAUSES:
            expected[tag.path][key] = 1
        else:
            expected[tag.path][key] += 1
    scores: Scores = defaultdict(Score)
    for path, names in expected.items():
        text = re.sub(r"operator (?=\W)", "operator", maps[path])
        for (language, group, name), count in names.items():
            score = scores[language, group]
            score.expected += count
            found = min(count, occurrences(name, text))
            score.found += found
            if found < count:
                score.missing.append(f"{path}: {group} {name} ({count - found} of {count})")
    return scores


def occurrences(name: str, text: str) -> int:
    """How often a map names a definition, with or without the names around it."""
    name = re.sub(r"operator (?=\W)", "operator", name)
    short = re.split(r"::|[.:](?=\w)", name)[-1] if re.search(r"\w", name) else name
    if re.fullmatch(r"\w+", short):
        return len(re.findall(rf"(?<!\w){re.escape(short)}(?!\w)", text))
    return text.count(short)


def print_table(scores: Scores, missing: str | None = None) -> None:
    """Print recall per language and group; with a language, also what is missing in it."""
    print(f"{'language':14}{'group':12}{'found':>8}{'ctags':>8}{'recall':>9}")
    for (language, group), score in sorted(scores.items()):
        share = score.found / score.expected
        print(f"{language:14}{group:12}{score.found:8}{score.expected:8}{share:9.2%}")
        if missing == language:
            print(*score.missing, sep="\n")


def print_left_out(left_out: dict[str, int]) -> None:
    """Print how many tags were not counted, by language and reason."""
    for reason, count in sorted(left_out.items()):
        print(f"{count:8} not counted, {reason}")
