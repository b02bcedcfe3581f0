"""Markdown: headings, nested by their levels. Read by lines, no grammar needed."""

from __future__ import annotations

import re

from ..entries import Entry, cut_line
from ..tables import Language

_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
# Lines that a row of dashes does not turn into a heading.
_NOT_TEXT = re.compile(r"\s*([-*+>|#]|\d+[.)]|    |$)")
_FRONT = {"---": "---", "+++": "+++"}


def headings(text: str) -> list[Entry]:
    """The headings outside code fences and front matter."""
    entries: list[Entry] = []
    levels: list[int] = []
    for level, title in _levels(text):
        while levels and levels[-1] >= level:
            levels.pop()
        shown = cut_line(title)
        entries.append(Entry("heading", shown, len(levels), shown))
        levels.append(level)
    return entries


def _levels(text: str) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    fence, previous = "", ""
    for line in _without_front_matter(text.splitlines()):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip(" `~\t"):
                fence = ""
            continue
        if mark:
            fence, previous = mark[1], ""
            continue
        heading = _ATX.fullmatch(line)
        if heading and heading[2]:
            found.append((len(heading[1]), heading[2].strip()))
            previous = ""
            continue
        under = _SETEXT.fullmatch(line)
        if under and previous:
            found.append((1 if under[1][0] == "=" else 2, previous))
        previous = "" if under or _NOT_TEXT.match(line) else line.strip()
    return found


def _without_front_matter(lines: list[str]) -> list[str]:
    closing = _FRONT.get(lines[0].rstrip()) if lines else None
    if closing is None:
        return lines
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() == closing:
            return lines[number + 1 :]
    return lines


LANGUAGES = (
    Language(name="markdown", extensions=(".md", ".markdown", ".mdx", ".mkd"), mapper=headings),
)
