"""Make edit cases from real changes: `python -m benchmarks.edit_pairs OUT.json --git REPO ...`.

Each case is a file before and after a change, and the snippet a model would write for it:
unchanged regions elided by references, headers of the enclosing blocks and a few context lines
shown. Sources are histories of git repositories and trees of source files, which get invented
changes. The same seed gives the same cases.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from benchmarks.edit_changes import Change, spans_of
from benchmarks.edit_forms import FORMS, Edit, in_form
from benchmarks.edit_noise import noisy
from benchmarks.edit_shown import Style
from benchmarks.edit_snippets import SnippetLine, elide
from benchmarks.edit_sources import Pair, git_pairs, tree_pairs
from benchmarks.edit_words import WORDS, describe

NOISES = ("tabs", "trailing-space", "quotes", "missing-outer", "forgotten-line")
CONTEXTS = (0, 1, 2, 3)


class Case(TypedDict):
    id: str
    language: str
    path: str
    tier: str
    mayAutoAccept: bool
    tags: list[str]
    desc: str
    original: str
    proposed: str
    expected: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to make: how many cases, how noisy, with which seed."""

    count: int
    seed: int
    noise: bool
    words: str  # a way of explaining, of `edit_words.WORDS`
    forms: bool = False  # other forms than snippets
    hard: bool = False  # also edits that no reader could tell


def make_cases(pairs: Sequence[Pair], plan: Plan) -> list[Case]:
    """Cases for the pairs, in a random order that the seed decides."""
    rng = random.Random(plan.seed)
    order = list(pairs)
    rng.shuffle(order)
    cases: list[Case] = []
    for pair in order:
        if len(cases) >= plan.count:
            break
        case = make_case(pair, random.Random(f"{plan.seed}:{pair.name}"), plan)
        if case is not None:
            cases.append(case)
    return cases


def make_case(pair: Pair, rng: random.Random, plan: Plan) -> Case | None:
    """One case; None when the change cannot be written as a snippet of this kind."""
    old, new = pair.before.split("\n"), pair.after.split("\n")
    changes = spans_of(old, new, hard=plan.hard)
    if not changes or len(changes) > 8:
        return None
    style = Style(
        context=rng.choice(CONTEXTS),
        nested=rng.random() < 0.6,
        closers=rng.random() < 0.8,
        outer=True,
    )
    noise = rng.choice(NOISES) if plan.noise else ""
    snippet = elide(old, new, changes, style, pair.path)
    if snippet is None:
        return None
    lines = snippet
    if noise:
        changed = noisy(snippet, noise, rng, old, hard=plan.hard)
        if changed is None:
            return None
        lines = changed
    if plan.forms:
        edit = Edit(pair.before, pair.after, changes, _joined(snippet), style.context)
        return _in_form(pair, rng, edit, plan)
    desc = describe(pair.path, old, changes, WORDS[plan.words], rng)
    return Case(
        id=pair.name,
        language=pair.language,
        path=pair.path,
        tier="noise" if noise else "generated",
        mayAutoAccept=True,
        tags=[
            f"context-{style.context}",
            "nested" if style.nested else "flat",
            plan.words,
            "ranges" if "\nReplace: " in desc else "no-ranges",
            *([noise] if noise else []),
            *sorted({change.kind for change in changes}),
        ],
        desc=desc,
        original=pair.before,
        proposed=_joined(lines),
        expected=pair.after,
    )


def _in_form(pair: Pair, rng: random.Random, edit: Edit, plan: Plan) -> Case | None:
    name = rng.choice(sorted(FORMS))
    changes = edit.changes
    if changes[-1].end > len(edit.old) or changes[-1].new_end > len(edit.new):
        return None  # it ends behind the last line
    before, reply, after = in_form(name, edit, rng)
    desc = describe(pair.path, pair.before.split("\n"), changes, WORDS[plan.words], rng)
    return Case(
        id=pair.name,
        language=pair.language,
        path=pair.path,
        tier="form",
        mayAutoAccept=True,
        tags=[f"form-{name}"],
        desc=f"**Updating `{pair.path}`**\nType: overwrite\n" if name == "overwrite" else desc,
        original=before,
        proposed=reply,
        expected=after,
    )


def _joined(lines: Sequence[SnippetLine]) -> str:
    return "\n".join(line.text for line in lines) + "\n"


def collect(arguments: argparse.Namespace) -> Iterator[Pair]:
    for repository in arguments.git:
        yield from git_pairs(Path(repository), arguments.per_repository, arguments.seed)
    for tree in arguments.tree:
        yield from tree_pairs(Path(tree), arguments.per_repository, arguments.seed)


def balanced(pairs: Sequence[Pair], per_language: int, seed: int) -> list[Pair]:
    """At most so many pairs of each language."""
    order = sorted(pairs, key=lambda pair: pair.name)
    random.Random(seed).shuffle(order)
    taken: Counter[str] = Counter()
    kept: list[Pair] = []
    for pair in order:
        if taken[pair.language] < per_language:
            taken[pair.language] += 1
            kept.append(pair)
    return kept


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.edit_pairs", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--git", action="append", default=[], help="a git repository")
    parser.add_argument("--tree", action="append", default=[], help="a folder of source files")
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--per-repository", type=int, default=1500)
    parser.add_argument("--per-language", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--noise", action="store_true")
    parser.add_argument("--forms", action="store_true", help="other forms than snippets")
    parser.add_argument("--hard", action="store_true", help="keep edits that no reader could tell")
    parser.add_argument("--words", choices=sorted(WORDS), default="given")
    parser.add_argument("--held-out", choices=("all", "tune", "held"), default="all")
    return parser.parse_args(argv)


def is_held_out(name: str) -> bool:
    """A third of the pairs, by name, that is never looked at while tuning."""
    return sum(name.encode()) % 3 == 0


def main(argv: Sequence[str]) -> int:
    arguments = parse_arguments(argv)
    pairs = list(collect(arguments))
    if arguments.held_out != "all":
        pairs = [p for p in pairs if is_held_out(p.name) == (arguments.held_out == "held")]
    pairs = balanced(pairs, arguments.per_language, arguments.seed)
    plan = Plan(
        arguments.count,
        arguments.seed,
        arguments.noise,
        arguments.words,
        arguments.forms,
        arguments.hard,
    )
    cases = make_cases(pairs, plan)
    arguments.out.write_text(json.dumps(cases, ensure_ascii=False), encoding="utf-8")
    print(f"{len(cases)} cases from {len(pairs)} pairs")
    for language, count in sorted(Counter(case["language"] for case in cases).items()):
        print(f"  {language:12} {count}")
    return 0


__all__ = ["Case", "Change", "Plan", "make_case", "make_cases"]

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
