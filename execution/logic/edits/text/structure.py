"""Parents, openers and block borders of lines, read from indentation.

Indentation is known for broken code and for every language; two exceptions are made for
formats in which it says nothing: ``[section]`` files and Markdown headings head what follows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from execution.logic.edits.text.languages import (
    has_end_words,
    has_sections,
    is_markdown,
    is_preprocessed,
)
from execution.logic.edits.text.markers import indent_of

_CLOSER = re.compile(
    r"^\s*(?:[}\])]|</|(?:else|elif|elsif|elseif|except|finally|catch)(?=$|[\s:({])"
    r"|#\s*(?:endif|else|elif)\b)"
)
_END_WORD = re.compile(
    r"^\s*(?:(?:end|fi|done|esac)(?=$|[\s;,).&|<>])|(?:rescue|ensure)(?=$|[\s:({]))"
)
_COMMENT_AFTER = r"\s*(?:(?://|/\*|--|# ).*)?$"
_PURE_CLOSER = re.compile(r"^\s*(?:[}\])]+[;,)]*|</[\w:.-]+>|#\s*endif\b.*)" + _COMMENT_AFTER)
_PURE_END_WORD = re.compile(r"^\s*(?:end[;,)]*|fi|done|esac)" + _COMMENT_AFTER)
_BARE_OPENER = re.compile(r"^\s*(?:[{(\[]|do|then|begin|BEGIN)\s*$")
_PREPROCESSOR = re.compile(
    r"^\s*#\s*(?:if|ifdef|ifndef|elif|else|endif|define|undef|region|endregion)\b"
)
_SECTION = re.compile(r"^\[.+\]\s*(?:[#;].*)?$")
_HEADING = re.compile(r"^(#{1,6})\s")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
MAX_DEPTH = 40
_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"))
_CLOSE = frozenset("}])<#ecfdr")  # what closing lines begin with
UNKNOWN = -2  # the parent or opener is in code that a marker stands for


@dataclass(slots=True)
class Outline:
    """Per line: indentation, whether it is blank, its parent line and its opening line."""

    lines: tuple[str, ...]
    indent: list[int]
    blank: list[bool]
    parent: list[int]
    opener: list[int]  # for closing lines the line that opens their block, else -1
    direct: list[int]  # the same without following `} else {` and lone braces further up
    closing: list[bool]
    pure_closing: list[bool]
    next_solid: list[int] = field(default_factory=list)  # first non-blank line at or after

    @classmethod
    def empty(cls, lines: tuple[str, ...]) -> Outline:
        """An outline in which nothing is known yet."""
        size = len(lines)
        return cls(
            lines=lines,
            indent=[0] * size,
            blank=[False] * size,
            parent=[-1] * size,
            opener=[-1] * size,
            direct=[-1] * size,
            closing=[False] * size,
            pure_closing=[False] * size,
        )

    def path_key(self, index: int) -> tuple[str, ...]:
        """The texts of the ancestors, innermost first."""
        keys: list[str] = []
        at = self.parent[index]
        while at >= 0 and len(keys) < MAX_DEPTH:
            keys.append(self.lines[at].strip())
            at = self.parent[at]
        return tuple(keys)


@lru_cache(maxsize=4)  # that of a file is asked for with every text that is held against it
def outline(lines: tuple[str, ...], path: str, skip: frozenset[int] = frozenset()) -> Outline:
    """Structure of the lines; what a marker (``skip``) may hide above a line is unknown."""
    if is_markdown(path):
        return _markdown_outline(lines)
    preprocessed, sections, words = is_preprocessed(path), has_sections(path), has_end_words(path)
    result = Outline.empty(lines)
    stack: list[int] = []  # open lines with growing indentation
    directives: list[int] = []
    section = -1
    for index, line in enumerate(lines):
        if not line.strip():
            result.blank[index] = True
            continue
        indent = indent_of(line)
        result.indent[index] = indent
        if line.lstrip()[0] in _CLOSE:
            result.closing[index] = bool(_CLOSER.match(line) or (words and _END_WORD.match(line)))
            result.pure_closing[index] = bool(
                _PURE_CLOSER.match(line) or (words and _PURE_END_WORD.match(line))
            )
        if preprocessed and _PREPROCESSOR.match(line):
            _place_directive(result, index, stack, directives)
            continue
        if sections and _SECTION.match(line) and index not in skip:
            section, stack = index, []
            continue
        sibling = -1
        while stack and result.indent[stack[-1]] >= indent:
            popped = stack.pop()
            sibling = popped if result.indent[popped] == indent else -1
        parent = stack[-1] if stack else section
        result.parent[index] = UNKNOWN if parent in skip else parent
        if result.closing[index]:
            result.direct[index] = UNKNOWN if sibling in skip else sibling
            hidden = sibling in skip or _opens_nothing(result, index, sibling)
            result.opener[index] = UNKNOWN if hidden else _chain_start(result, sibling, skip)
        stack.append(index)
        if len(stack) > 400:  # hostile nesting; the outermost levels decide nothing
            del stack[:200]
    _fill_next_solid(result)
    return result


def _place_directive(result: Outline, index: int, stack: list[int], opened: list[int]) -> None:
    """Preprocessor lines belong to the last line at the margin and pair among themselves."""
    base = next((at for at in stack if result.indent[at] == 0), -1)
    if base >= 0 and not result.closing[base]:
        result.parent[index] = base
    word = result.lines[index].lstrip()[1:].lstrip()
    if word.startswith(("if", "region")):
        opened.append(index)
        return
    if opened and word.startswith(("el", "end")):
        result.opener[index] = opened[-1]
        if word.startswith("end"):
            opened.pop()


def _opens_nothing(result: Outline, closer: int, sibling: int) -> bool:
    """The line above at the same depth ends a block itself, or it holds no open bracket.

    What the closing line closes then stands elsewhere, indented otherwise.
    """
    if sibling < 0 or not result.pure_closing[closer]:
        return False
    if result.pure_closing[sibling]:
        return True
    line = result.lines[sibling]
    beside = not any(line.strip() for line in result.lines[sibling + 1 : closer])
    bracket = result.lines[closer].lstrip()[0] in "}])"
    return beside and bracket and not any(line.count(a) > line.count(b) for a, b in _PAIRS)


def _chain_start(result: Outline, sibling: int, skip: frozenset[int]) -> int:
    """Follow ``}`` - ``} else {`` - ``if`` and lone braces up to the line that says more."""
    steps = 0
    while sibling >= 0 and steps < MAX_DEPTH:
        line = result.lines[sibling]
        if result.closing[sibling] and result.opener[sibling] != -1:
            sibling = result.opener[sibling]
        elif _BARE_OPENER.match(line):
            above = _previous_sibling(result, sibling)
            if above in skip:
                return UNKNOWN
            if above < 0:
                return sibling
            sibling = above
        else:
            return sibling
        steps += 1
    return sibling


def _previous_sibling(result: Outline, index: int) -> int:
    indent = result.indent[index]
    for at in range(index - 1, max(-1, index - 200), -1):
        if result.blank[at]:
            continue
        if result.indent[at] == indent:
            return at
        if result.indent[at] < indent:
            return -1
    return -1


def _markdown_outline(lines: tuple[str, ...]) -> Outline:
    result = Outline.empty(lines)
    heads: list[tuple[int, int]] = []
    fence = -1
    for index, line in enumerate(lines):
        if not line.strip():
            result.blank[index] = True
            continue
        result.indent[index] = indent_of(line)
        heading = None if fence >= 0 else _HEADING.match(line)
        if heading:
            level = len(heading.group(1))
            while heads and heads[-1][0] >= level:
                heads.pop()
        result.parent[index] = heads[-1][1] if heads else -1
        if heading:
            heads.append((len(heading.group(1)), index))
        elif _FENCE.match(line):
            fence = -1 if fence >= 0 else index
    _fill_next_solid(result)
    return result


def _fill_next_solid(result: Outline) -> None:
    following = len(result.lines)
    result.next_solid = [following] * (following + 1)
    for index in range(len(result.lines) - 1, -1, -1):
        if not result.blank[index]:
            following = index
        result.next_solid[index] = following
