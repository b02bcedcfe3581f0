"""Colours of a diff as git gives them, with its marks for careless whitespace in added lines."""

import re
from collections.abc import Iterator

_BOLD, _CYAN, _RED, _GREEN, _ON_RED, _END = (
    b"\x1b[1m",
    b"\x1b[36m",
    b"\x1b[31m",
    b"\x1b[32m",
    b"\x1b[41m",
    b"\x1b[m",
)
_HUNK = re.compile(rb"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_BLANKS = b" \t\r\n"


def coloured_head(line: bytes) -> bytes:
    """A line above the hunks; a tab behind a name stays outside."""
    text = line.rstrip(b"\t")
    return _BOLD + text + _END + line[len(text) :]


def coloured_hunks(hunks: bytes, old: bytes, new: bytes) -> bytes:
    """The hunks between two texts, line for line."""
    return b"".join(_lines(hunks, _BlankEnd(old, new)))


def _lines(hunks: bytes, blank_end: "_BlankEnd") -> Iterator[bytes]:
    for line in hunks.split(b"\n")[:-1]:
        sign = line[:1]
        if sign == b"@":
            blank_end.start(line)
            yield _hunk_head(line)
            continue
        blank_end.pass_over(sign)
        if sign == b"+":
            yield _added(line[1:], at_end=blank_end.holds(line[1:]))
        elif sign == b"-":
            yield _RED + _ended(line)
        else:
            yield _ended(line)


def _ended(line: bytes) -> bytes:
    """The line with its colour ended, before a carriage return."""
    if line.endswith(b"\r"):
        return line[:-1] + _END + b"\r\n"
    return line + _END + b"\n"


def _hunk_head(line: bytes) -> bytes:
    match = _HUNK.match(line)
    assert match is not None, "a hunk has a head"
    head, rest = line[: match.end()], line[match.end() :]
    rest = rest.rstrip(b"\r")
    context = rest.lstrip(b" \t")
    gap = rest[: len(rest) - len(context)]
    shown = _CYAN + head + _END
    shown += gap + _END if gap else b""
    return shown + (context + _END if context else b"") + b"\n"


def _added(text: bytes, *, at_end: bool) -> bytes:
    if at_end:
        return _ON_RED + _ended(b"+" + text)
    return _GREEN + b"+" + _END + _marked(text) + b"\n"


def _marked(text: bytes) -> bytes:
    """Added text with blanks at its end and blanks before tabs marked."""
    solid = text.rstrip(_BLANKS)
    parts: list[bytes] = []
    written = 0
    for position, character in enumerate(solid):
        if character == 0x20:
            continue
        if character != 0x09:
            break
        if written < position:
            parts += [_ON_RED, text[written:position], _END, b"\t"]
        else:
            parts.append(b"\t")
        written = position + 1
    if len(solid) > written:
        parts += [_GREEN, solid[written:], _END]
    if len(solid) < len(text):
        parts += [_ON_RED, text[len(solid) :], _END]
    return b"".join(parts)


class _BlankEnd:
    """Finds blank lines that a change adds at the end of a file.

    Git's own count of lines runs one ahead within a hunk; so does this one.
    """

    def __init__(self, old: bytes, new: bytes) -> None:
        before, after = _trailing_blanks(old), _trailing_blanks(new)
        self._wanted = after > before
        self._old_end = _count(old) - before + 1
        self._new_end = _count(new) - after + 1
        self._old = self._new = 0

    def start(self, head: bytes) -> None:
        match = _HUNK.match(head)
        assert match is not None, "a hunk has a head"
        self._old, self._new = int(match[1]), int(match[2])

    def pass_over(self, sign: bytes) -> None:
        if sign != b"+":
            self._old += 1
        if sign in b"+ ":
            self._new += 1

    def holds(self, text: bytes) -> bool:
        return (
            self._wanted
            and self._old_end <= self._old
            and self._new_end <= self._new
            and not text.strip(_BLANKS)
        )


def _count(text: bytes) -> int:
    return text.count(b"\n") + (not text.endswith(b"\n") if text else 0)


def _trailing_blanks(text: bytes) -> int:
    """How many blank lines a text ends with; its first line is not looked at."""
    lines = text.removesuffix(b"\n").split(b"\n")
    found = 0
    for line in reversed(lines):
        if line.strip(_BLANKS):
            break
        found += 1
    return found if text else 0
