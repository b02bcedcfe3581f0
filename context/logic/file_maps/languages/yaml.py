"""YAML: the keys of the first two levels of every document."""

from __future__ import annotations

import re

from ..entries import Entry, cut_line
from ..lines import MAX_LISTED, MAX_SCANNED_LINE
from ..tables import Language

_KEY = re.compile(
    r"( *)(?:(?P<quote>[\"'])(.+?)(?P=quote)"
    r"|([^\s#\-\[\]{}&*!|>%@`\"',:](?:[^#:]*[^#:\s])?)) *:(?:\s|$)"
)
_BLOCK_TEXT = re.compile(r":\s*(?:[&!]\S+\s+)*[|>][-+\d]*\s*(?:#.*)?$")


def keys(text: str) -> list[Entry]:
    """Keys of mappings at the first two levels; sequences are not entered."""
    entries: list[Entry] = []
    second = block = -1
    for line in text.splitlines():
        if len(line) > MAX_SCANNED_LINE:
            continue
        indent = len(line) - len(line.lstrip(" "))
        if block >= 0:
            if not line.strip() or indent > block:
                continue
            block = -1
        found = _KEY.match(line)
        if found is None:
            if indent == 0 and line.startswith("-"):
                second = 0
            continue
        if _BLOCK_TEXT.search(line):
            block = indent
        depth = 0
        if indent > 0:
            second = indent if second < 0 else second
            if indent != second or not entries:
                continue
            depth = 1
        else:
            second = -1
        name = found[3] or found[4]
        entries.append(Entry("field", name, depth, cut_line(name)))
        if len(entries) > MAX_LISTED:
            break
    return entries


LANGUAGES = (
    Language(
        name="yaml",
        extensions=(".yaml", ".yml"),
        filenames=(".clang-format", ".yamllint", ".prettierrc"),
        mapper=keys,
    ),
)
