"""Function bodies, which no map shows, blanked before the parse.

Most of a source is bodies, and most of what makes grammars slow or wrong stands in them. People
lay code out so that a function ends where its first line begins; a body that is found so is
replaced by blanks, which keeps every offset. What looks odd is left as it is, and so is a file
that then has errors: a wrong guess leaves a closing sign too many.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

Blank = Callable[[bytes], bytes]

# Directives, whose branches can open a brace twice.
DIRECTIVES = re.compile(rb"\n#")

# A signature is not searched for further back than this from where its body begins.
MAX_HEADER = 1_200
# Functions further in are left alone: stairs of thousands of them would take seconds.
MAX_COLUMN = 64
# Shorter bodies are not worth the look.
MIN_BODY = 12

_INDENT = re.compile(rb"[ \t]*")
_OPENING = re.compile(rb"\{[ \t\r]*(?:(?://|#)[^\n]*)?\n")
_QUOTED = re.compile(
    rb"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.){0,8}'|/\*.*?(?:\*/|\Z)|//[^\n]*|`[^`]*`", re.DOTALL
)
# Most braces open a statement, whose line need not be searched for a signature.
_STATEMENT = re.compile(
    rb"[ \t]*(?:\}[ \t]*)?(?:if|else|for|while|switch|try|catch|finally|do|return|import|match|loop"
    rb"|select|case|default|foreach|using|lock)\b"
)
# Where no signature stands, and what its pattern would be slow with.
_GAP = re.compile(rb"\s{120}")
_LINE_START = rb"(?:\A|\n)(?P<indent>[ \t]*)"


def in_braces(
    header: bytes, *, uneven: re.Pattern[bytes] | None = None, keep: re.Pattern[bytes] | None = None
) -> Blank:
    """Blanks what stands in braces after a signature.

    `header` is the pattern of a signature down to its end, from the start of one of its lines.
    A body in which `uneven` is found may have more braces of one kind than of the other.
    Bodies of signatures with a group `careful` stay if `keep` is found in them.
    """
    search = re.compile(_LINE_START + header + rb"\s*\Z").search

    def blank(source: bytes) -> bytes:
        parts: list[bytes] = []
        at = pos = 0
        while (opening := _OPENING.search(source, pos)) is not None:
            brace, pos = opening.start(), opening.end()
            if _STATEMENT.match(source, source.rfind(b"\n", 0, brace) + 1):
                continue
            before = _before(source, at, brace)
            found = search(before) if _GAP.search(before) is None else None
            if found is None:
                continue
            end = _closing(source, brace, found["indent"], uneven)
            if end - pos < MIN_BODY or (
                keep is not None
                and found["careful"] is not None
                and keep.search(source, pos, end) is not None
            ):
                continue
            parts += (source[at:pos], b" " * (end - pos))
            at = pos = end
        return b"".join((*parts, source[at:])) if parts else source

    return blank


def _before(source: bytes, at: int, brace: int) -> bytes:
    """What stands before a brace, back to where the last statement or block ends a line."""
    text = source[max(at, brace - MAX_HEADER) : brace]
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n")
    begin = max(text.rfind(b";\n"), text.rfind(b"{\n"), text.rfind(b"}\n"), text.rfind(b"*/"))
    return text[begin + 1 :] if begin >= 0 else text


def _closing(source: bytes, brace: int, indent: bytes, uneven: re.Pattern[bytes] | None) -> int:
    """The line end before the brace that closes a body by layout; -1 if that does not add up."""
    line = _INDENT.match(source, source.rfind(b"\n", 0, brace) + 1)
    own = line[0] if line is not None else indent
    for column in (indent, own) if own != indent else (indent,):
        if len(column) > MAX_COLUMN:
            continue
        found = _outdent(len(column)).search(source, brace)
        if found is None or not source.startswith(column + b"}", found.start() + 1):
            continue
        end = found.start()
        body = source[brace + 1 : end]
        if body.count(b"{") == body.count(b"}"):
            return end
        plain = _QUOTED.sub(b"", body)
        if plain.count(b"{") == plain.count(b"}") or (uneven and uneven.search(plain)):
            return end
    return -1


def to_end(header: bytes, filler: bytes = b"", closing: bytes = rb"end\b") -> Blank:
    """Blanks the lines between a signature and its `end`; all of them are indented further.

    `header` is the pattern of a signature's line after its indentation; `filler` stands for them,
    and `closing` is the pattern of the end.
    """
    search = re.compile(rb"^(?P<indent>[ \t]*)" + header + rb"[^\n]*\n", re.MULTILINE).search

    def blank(source: bytes) -> bytes:
        return _blank_lines(source, search, closing, filler)

    return blank


def by_indent(header: bytes, filler: bytes) -> Blank:
    """Blanks the lines that are indented further than a signature; the same otherwise."""
    search = re.compile(rb"^(?P<indent>[ \t]*)" + header + rb"[ \t]*\r?\n", re.MULTILINE).search

    def blank(source: bytes) -> bytes:
        return _blank_lines(source, search, rb"", filler)

    return blank


def _blank_lines(
    source: bytes,
    search: Callable[[bytes, int], re.Match[bytes] | None],
    closing: bytes,
    filler: bytes,
) -> bytes:
    parts: list[bytes] = []
    at = pos = 0
    while (found := search(source, pos)) is not None:
        pos = found.end()
        indent = found["indent"]
        if len(indent) > MAX_COLUMN:
            continue
        after = _outdent(len(indent)).search(source, pos - 1)
        end = after.start() + 1 if after is not None else len(source)
        body = source[pos:end]
        if (
            len(body) < MIN_BODY
            or body.count(b'"""') % 2
            or body.count(b"'''") % 2
            or (closing and re.compile(indent + closing).match(source, end) is None)
        ):
            continue
        first = len(body) - len(body.lstrip())
        body = body[:first] + filler.ljust(len(body) - first - 1) + b"\n"
        parts += (source[at:pos], body)
        at = pos = end
    return b"".join((*parts, source[at:])) if parts else source


@cache
def _outdent(column: int) -> re.Pattern[bytes]:
    """A line that is not indented further than a column: no directive, remark or label."""
    return re.compile(rb"\n[ \t]{0,%d}(?=[^ \t\r\n#/])(?!\w+:[ \t\r]*\n)" % column)
