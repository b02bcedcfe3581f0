"""The noise of models: drift of white space and typography, references and lines left out."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from benchmarks.edit_snippets import SnippetLine, lead_of

PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "\u00a0": " "})


def noisy(
    lines: Sequence[SnippetLine],
    noise: str,
    rng: random.Random,
    old: Sequence[str],
    *,
    hard: bool = False,
) -> list[SnippetLine] | None:
    """The snippet with one kind of drift; None when it has nothing to drift.

    ``hard``: also where the drift hides what the change is about, so that no reader could tell.
    """
    match noise:
        case "tabs":
            return _tabs(lines) if hard or _indented_alike(lines, old) else None
        case "trailing-space":
            return _each_context(lines, lambda text: text + " " * rng.randint(0, 3))
        case "quotes":
            return _each_context(lines, lambda text: text.translate(PLAIN))
        case "missing-outer":
            return _without_outer(lines)
        case _:
            return _forgetful(lines, rng, hard)


def _indented_alike(lines: Sequence[SnippetLine], old: Sequence[str]) -> bool:
    """The file has the indentation of the new lines: otherwise nothing says what it should be."""
    kinds = {line.text[0] for line in lines if line.role == "new" and line.text[:1] in ("\t", " ")}
    return kinds <= {line[0] for line in old if line.strip() and line[:1] in ("\t", " ")}


def _tabs(lines: Sequence[SnippetLine]) -> list[SnippetLine] | None:
    leads = [lead_of(line.text) for line in lines if line.text.strip()]
    if any("\t" in lead for lead in leads):
        if any(" " in lead for lead in leads):
            return None
        changed = [
            line.text.replace("\t", "    ") if not line.text.lstrip("\t").count("\t") else None
            for line in lines
        ]
    else:
        widths = {len(lead) for lead in leads if lead}
        if not widths or any(width % 4 for width in widths):
            return None
        changed = ["\t" * (len(lead_of(line.text)) // 4) + line.text.lstrip(" ") for line in lines]
    if any(text is None for text in changed):
        return None
    return [SnippetLine(text or "", line.role) for text, line in zip(changed, lines, strict=True)]


def _each_context(
    lines: Sequence[SnippetLine], form: Callable[[str], str]
) -> list[SnippetLine] | None:
    result = [
        SnippetLine(form(line.text), line.role)
        if line.role in ("context", "header") and line.text.strip()
        else line
        for line in lines
    ]
    return result if result != list(lines) else None


def _without_outer(lines: Sequence[SnippetLine]) -> list[SnippetLine] | None:
    first = 0
    while first < len(lines) and (
        lines[first].role == "reference" or not lines[first].text.strip()
    ):
        first += 1
    last = len(lines)
    while last > first and (
        lines[last - 1].role == "reference" or not lines[last - 1].text.strip()
    ):
        last -= 1
    if (first, last) == (0, len(lines)) or first >= last:
        return None
    return list(lines[first:last])


def _forgetful(
    lines: Sequence[SnippetLine], rng: random.Random, hard: bool
) -> list[SnippetLine] | None:
    """One unchanged line between two shown lines is missing.

    Not one that new lines hold as well: without it the same text stands there as a new line.
    """
    fresh = {line.text.strip() for line in lines if line.role == "new" and not hard}
    candidates = [
        number
        for number in range(1, len(lines) - 1)
        if lines[number].role == "context"
        and lines[number].text.strip()
        and lines[number].text.strip() not in fresh
        and all(lines[n].role in ("context", "header", "new") for n in (number - 1, number + 1))
    ]
    if not candidates:
        return None
    gone = rng.choice(candidates)
    return [line for number, line in enumerate(lines) if number != gone]
