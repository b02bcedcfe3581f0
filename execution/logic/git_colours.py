"""Colours of a diff as git gives them, with its marks for careless whitespace in added lines."""

import re

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
_PLUS, _MINUS, _AT, _SPACE = b"+-@ "
_PLAIN_ADDED, _PLAIN_END = _GREEN + b"+" + _END + _GREEN, _END + b"\n"


def coloured_head(line: bytes) -> bytes:
    """A line above the hunks; a tab behind a name stays outside."""
    text = line.rstrip(b"\t")
    return _BOLD + text + _END + line[len(text) :]


def coloured_hunks(hunks: bytes, old: bytes, new: bytes) -> bytes:
    """The hunks between two texts, line for line."""
    blank_end = _BlankEnd(old, new)
    lines = hunks.split(b"\n")[:-1]
    if blank_end.is_new:
        return b"".join(_with_blank_end(line, blank_end) for line in lines)
    return b"".join(map(_line, lines))


def _line(line: bytes) -> bytes:
    sign = line[0]
    if sign == _PLUS:
        # Most lines: nothing in them can be careless.
        if line[-1] > _SPACE and len(line) > 1 and b"\t" not in line:
            return _PLAIN_ADDED + line[1:] + _PLAIN_END
        return _GREEN + b"+" + _END + _marked(line[1:]) + b"\n"
    if sign == _MINUS:
        return _RED + _ended(line)
    return _hunk_head(line) if sign == _AT else _ended(line)


def _with_blank_end(line: bytes, blank_end: "_BlankEnd") -> bytes:
    """The same, for a change that adds blank lines to the end of a file."""
    blank_end.pass_over(line)
    if line[0] == _PLUS and blank_end.holds(line[1:]):
        return _ON_RED + _ended(line)
    return _line(line)


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
        self.is_new = after > before
        self._old_end = _count(old) - before + 1
        self._new_end = _count(new) - after + 1
        self._old = self._new = 0

    def pass_over(self, line: bytes) -> None:
        sign = line[0]
        if sign == _AT:
            match = _HUNK.match(line)
            assert match is not None, "a hunk has a head"
            self._old, self._new = int(match[1]), int(match[2])
            return
        self._old += sign != _PLUS
        self._new += sign in (_PLUS, _SPACE)

    def holds(self, text: bytes) -> bool:
        """Whether an added line is one of them."""
        return self._old_end <= self._old and self._new_end <= self._new and not text.strip(_BLANKS)


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
