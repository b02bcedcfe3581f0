"""Read what a model answers to a repair or whole-file question. Never raises."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from execution.logic.edits.text.lines import join_lines, split_text
from execution.logic.edits.text.markers import indent_of

_NUMBER = re.compile(r"^\s*pdx-(?:new-)?(\d+): ?(.*)$")
_PASTED = re.compile(r"^pdx-(?:new-)?\d+: ?")
_FENCE = re.compile(r"^\s*```[\w+.-]*\s*$")
SEARCH_REACH = 60  # lines around a stated number in which the quoted line is looked for


@dataclass(slots=True)
class RepairAnswer:
    """``correct``: the candidate stands. ``incorrect``: ``text`` is the repaired file, if any."""

    verdict: Literal["correct", "incorrect", "unreadable"]
    text: str | None
    problem: str


@dataclass(frozen=True, slots=True)
class Change:
    """Original lines [start, end) become new lines."""

    start: int
    end: int
    new: tuple[str, ...]


class _Unreadable(Exception):
    """The answer does not follow the grammar; the text says what is wrong."""


def parse_repair_answer(answer: str, *, original: str, candidate: str | None) -> RepairAnswer:
    """Read a verdict and, when it is «incorrect», apply its replacements to the original.

    Only a tag that is alone on its line counts, and the last verdict decides: earlier ones are
    part of the model's reasoning.
    """
    lines = answer.replace("\r\n", "\n").split("\n")
    verdict, at = _verdict(lines)
    if verdict is None:
        return RepairAnswer("unreadable", None, "The answer holds no verdict.")
    if verdict == "correct":
        if candidate is None:
            return RepairAnswer("unreadable", None, "There was no candidate to confirm.")
        return RepairAnswer("correct", candidate, "")
    reasoning = "\n".join(lines[:at]).strip()
    try:
        body = _outermost(lines, "PlandexReplacements", at)
        if body is None:
            return RepairAnswer("incorrect", None, reasoning or "No replacements were given.")
        text = _applied(original, body)
    except _Unreadable as error:
        return RepairAnswer("unreadable", None, str(error))
    return RepairAnswer("incorrect", text, reasoning)


def _verdict(lines: Sequence[str]) -> tuple[Literal["correct", "incorrect"] | None, int]:
    """The verdict and its line; tags inside the replacements are content."""
    opening = next((n for n, line in enumerate(lines) if _is_tag(line, "PlandexReplacements")), -1)
    end = opening if opening >= 0 else len(lines)
    found: tuple[Literal["correct", "incorrect"] | None, int] = (None, 0)
    for number in range(end):
        if _is_empty_tag(lines[number], "PlandexCorrect"):
            found = "correct", number
        elif _is_empty_tag(lines[number], "PlandexIncorrect"):
            found = "incorrect", number
    if found[0] == "correct" and opening >= 0:
        return None, 0  # a confirmation together with replacements contradicts itself
    if found[0] is None and opening >= 0:
        return "incorrect", opening  # replacements say as much
    return found


def _is_tag(line: str, name: str) -> bool:
    return line.strip() == f"<{name}>"


def _is_closing(line: str, name: str) -> bool:
    return line.strip() == f"</{name}>"


def _is_empty_tag(line: str, name: str) -> bool:
    return line.strip() in (f"<{name}/>", f"<{name} />")


def _outermost(lines: Sequence[str], name: str, start: int) -> list[str] | None:
    """Lines between the first opening tag and the last closing tag; None without a tag."""
    first = next((n for n in range(start, len(lines)) if _is_tag(lines[n], name)), None)
    if first is None:
        return None
    last = next((n for n in range(len(lines) - 1, first, -1) if _is_closing(lines[n], name)), None)
    if last is None:
        raise _Unreadable(f"The answer ends before </{name}>.")
    return list(lines[first + 1 : last])


def _applied(original: str, body: Sequence[str]) -> str:
    base = split_text(original)
    changes = [_change(old, new, base.lines) for old, new in _pairs(body)]
    if not changes:
        raise _Unreadable("The replacements are empty.")
    lines: list[str] = []
    origins: list[int] = []
    position = 0
    for change in changes:
        if change.start < position:
            raise _Unreadable("The replacements overlap or are out of order.")
        lines.extend(base.lines[position : change.start])
        origins.extend(range(position, change.start))
        lines.extend(change.new)
        origins.extend([-1] * len(change.new))
        position = change.end
    lines.extend(base.lines[position:])
    origins.extend(range(position, len(base.lines)))
    return join_lines(base, lines, origins)


def _pairs(body: Sequence[str]) -> list[tuple[list[str], list[str]]]:
    """Old and new lines of each replacement, by tags that stand alone on their line.

    Old lines are numbered, so none of them can be a tag; new ones may quote tags, so there
    the last closing tag before the end of the replacement counts.
    """
    pairs: list[tuple[list[str], list[str]]] = []
    at = 0
    while at < len(body):
        if not body[at].strip():
            at += 1
            continue
        if not _is_tag(body[at], "Replacement"):
            raise _Unreadable("A replacement is expected, but other text stands there.")
        end = _end_of_replacement(body, at)
        pairs.append(_old_and_new(body[at + 1 : end]))
        at = end + 1
    return pairs


def _end_of_replacement(body: Sequence[str], start: int) -> int:
    """The closing tag that is followed by the next replacement or by nothing."""
    for number in range(start + 1, len(body)):
        if not _is_closing(body[number], "Replacement"):
            continue
        following = next((line for line in body[number + 1 :] if line.strip()), None)
        if following is None or _is_tag(following, "Replacement"):
            return number
    raise _Unreadable("A replacement is not closed.")


def _old_and_new(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    solid = [number for number, line in enumerate(lines) if line.strip()]
    if not solid or not _is_tag(lines[solid[0]], "Old"):
        raise _Unreadable("A replacement must begin with <Old>.")
    close = next((n for n in solid if _is_closing(lines[n], "Old")), None)
    if close is None:
        raise _Unreadable("<Old> is not closed.")
    rest = [number for number in solid if number > close]
    if not rest or not _is_tag(lines[rest[0]], "New") or not _is_closing(lines[rest[-1]], "New"):
        raise _Unreadable("<New> must follow <Old> and be closed.")
    return list(lines[solid[0] + 1 : close]), list(lines[rest[0] + 1 : rest[-1]])


def _change(old: Sequence[str], new: Sequence[str], original: Sequence[str]) -> Change:
    quoted = [line for line in old if line.strip()]
    parsed = [_NUMBER.match(line) for line in quoted]
    if not parsed or any(match is None for match in parsed):
        raise _Unreadable("Every line of <Old> must carry its number.")
    numbers = [int(match.group(1)) for match in parsed if match]
    texts = [match.group(2) for match in parsed if match]
    start = _find(texts[0], numbers[0], original)
    end = start + 1
    if len(texts) > 1:
        end = _last_line(texts, numbers, start, original)
    return Change(start, end, tuple(_new_lines(new, original[start:end])))


def _last_line(
    texts: Sequence[str], numbers: Sequence[int], start: int, original: Sequence[str]
) -> int:
    """End of the quoted lines: all of them when consecutive, else first and last."""
    span = numbers[-1] - numbers[0]
    if list(numbers) == list(range(numbers[0], numbers[0] + len(numbers))):
        quoted = original[start : start + len(texts)]
        if len(quoted) < len(texts) or any(
            mine.rstrip() != theirs.rstrip() for mine, theirs in zip(texts, quoted, strict=True)
        ):
            raise _Unreadable("The lines of <Old> are not those of the file.")
        return start + len(texts)
    last = start + span
    if span < 1 or last >= len(original) or original[last].rstrip() != texts[-1].rstrip():
        raise _Unreadable("The last line of <Old> is not that of the file.")
    return last + 1


def _find(text: str, number: int, original: Sequence[str]) -> int:
    """The line with this text at the number, or the only one near it."""
    wanted = text.rstrip()
    if 0 < number <= len(original) and original[number - 1].rstrip() == wanted:
        return number - 1
    low, high = max(0, number - 1 - SEARCH_REACH), min(len(original), number + SEARCH_REACH)
    near = [at for at in range(low, high) if original[at].rstrip() == wanted]
    if len(near) != 1 or not wanted.strip():
        raise _Unreadable(f"Line {number} of the file reads differently.")
    return near[0]


def _new_lines(new: Sequence[str], old: Sequence[str]) -> list[str]:
    """New lines without pasted numbers, set back by the indentation of the tags if need be."""
    lines = list(new)
    solid = [line for line in lines if line.strip()]
    if len(solid) > 1 and _FENCE.match(solid[0]) and solid[-1].strip() == "```":
        first = lines.index(solid[0])
        lines = lines[first + 1 : len(lines) - lines[::-1].index(solid[-1]) - 1]
        solid = solid[1:-1]
    if not solid:
        return []
    if all(_PASTED.match(line.lstrip()) for line in solid):
        lines = [_PASTED.sub("", line.lstrip(), count=1) for line in lines]
        return lines
    margin = min(indent_of(line) for line in solid)
    fits = min((indent_of(line) for line in old if line.strip()), default=margin)
    if margin <= fits or any("\t" in line[:margin] for line in solid):
        return lines
    shift = margin - fits
    return [line[shift:] if line.strip() else line for line in lines]


def parse_whole_file(answer: str) -> str | None:
    """The text of the whole-file element; None when it is missing or cut off."""
    lines = answer.replace("\r\n", "\n").split("\n")
    try:
        body = _outermost(lines, "PlandexWholeFile", 0)
    except _Unreadable:
        return None
    if body is None or not any(line.strip() for line in body):
        return None
    return "\n".join(body) + "\n"
