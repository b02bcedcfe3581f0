"""Diffs as `git diff --cached` prints them, made in memory.

The hunks are libgit2's, whose diff code is git's own. What stands above them, renames and colours
are made here: libgit2 measures likeness in another way than git, and leaves out some of the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1

import pygit2
from pygit2.enums import DiffOption

from execution.logic.git_colours import coloured_head, coloured_hunks
from execution.logic.renames import find_renames

_FLAGS = DiffOption.INDENT_HEURISTIC | DiffOption.FORCE_TEXT
_NO_FILE, _SHORT, _BINARY_WITHIN = b"0" * 7, 7, 8000
_ESCAPES = {
    0x07: b"\\a",
    0x08: b"\\b",
    0x09: b"\\t",
    0x0A: b"\\n",
    0x0B: b"\\v",
    0x0C: b"\\f",
    0x0D: b"\\r",
    0x22: b'\\"',
    0x5C: b"\\\\",
}


@dataclass(frozen=True, slots=True)
class _Change:
    """One file of a diff. `similarity` in percent for a rename; a side without text is no file."""

    source: bytes
    target: bytes
    old: bytes | None
    new: bytes | None
    similarity: int | None = None


def git_diff(old: Mapping[str, str], new: Mapping[str, str], *, colour: bool = False) -> bytes:
    """What `git diff --cached` prints when a commit holds `old` and `new` is staged."""
    changes = _changes(_encoded(old), _encoded(new))
    return b"".join(_patch(change, colour=colour) for change in changes)


def _encoded(texts: Mapping[str, str]) -> dict[bytes, bytes]:
    return {
        path.encode("utf-8", "surrogatepass"): text.encode("utf-8", "replace")
        for path, text in texts.items()
    }


def _changes(old: Mapping[bytes, bytes], new: Mapping[bytes, bytes]) -> list[_Change]:
    """The files that differ, by path; a renamed file is listed under its new one."""
    removed = {path: text for path, text in old.items() if path not in new}
    added = {path: text for path, text in new.items() if path not in old}
    renames = {rename.target: rename for rename in find_renames(removed, added)}
    moved = {rename.source for rename in renames.values()}
    found = [_Change(path, path, text, None) for path, text in removed.items() if path not in moved]
    for path, text in new.items():
        rename = renames.get(path)
        if rename is not None:
            source = rename.source
            found.append(_Change(source, path, removed[source], text, rename.similarity))
        elif path not in old:
            found.append(_Change(path, path, None, text))
        elif old[path] != text:
            found.append(_Change(path, path, old[path], text))
    return sorted(found, key=lambda change: change.target)


def _patch(change: _Change, *, colour: bool) -> bytes:
    binary = _is_binary(change.old) or _is_binary(change.new)
    hunks = b"" if binary else _hunks(change.old or b"", change.new or b"")
    head = _head(change, names=bool(hunks))
    if colour:
        head = [coloured_head(line) for line in head]
        hunks = coloured_hunks(hunks, change.old or b"", change.new or b"")
    if binary and change.old != change.new:
        source, target = _names(change)
        hunks = b"Binary files " + source + b" and " + target + b" differ\n"
    return b"\n".join([*head, hunks])


def _head(change: _Change, *, names: bool) -> list[bytes]:
    """The lines above the hunks. Only those of a file with hunks name it once more."""
    old, new = change.old, change.new
    lines = [b"diff --git %s %s" % (_name(b"a/", change.source), _name(b"b/", change.target))]
    if change.similarity is not None:
        lines += [
            b"similarity index %d%%" % change.similarity,
            b"rename from " + _name(b"", change.source),
            b"rename to " + _name(b"", change.target),
        ]
    elif old is None:
        lines.append(b"new file mode 100644")
    elif new is None:
        lines.append(b"deleted file mode 100644")
    if old != new:
        mode = b" 100644" if old is not None and new is not None else b""
        lines.append(b"index %s..%s%s" % (_short_id(old), _short_id(new), mode))
    if names:
        source, target = _names(change)
        lines += [b"--- " + _with_tab(source), b"+++ " + _with_tab(target)]
    return lines


def _hunks(old: bytes, new: bytes) -> bytes:
    if old == new:
        return b""
    data: bytes = pygit2.Patch.create_from(old, new, flag=_FLAGS).data
    return data[data.index(b"\n@@ ") + 1 :]


def _is_binary(text: bytes | None) -> bool:
    return text is not None and b"\0" in text[:_BINARY_WITHIN]


def _short_id(text: bytes | None) -> bytes:
    """The start of the name that git gives to the text."""
    if text is None:
        return _NO_FILE
    return sha1(b"blob %d\0%s" % (len(text), text)).hexdigest()[:_SHORT].encode()


def _names(change: _Change) -> tuple[bytes, bytes]:
    source = b"/dev/null" if change.old is None else _name(b"a/", change.source)
    target = b"/dev/null" if change.new is None else _name(b"b/", change.target)
    return source, target


def _with_tab(name: bytes) -> bytes:
    """A tab ends a name with blanks."""
    return name + b"\t" if b" " in name else name


def _name(prefix: bytes, path: bytes) -> bytes:
    """A path as git shows it: quoted where it holds more than plain characters."""
    if all(0x20 <= byte < 0x7F and byte not in _ESCAPES for byte in path):
        return prefix + path
    return b'"' + prefix + b"".join(map(_escaped, path)) + b'"'


def _escaped(byte: int) -> bytes:
    if byte in _ESCAPES:
        return _ESCAPES[byte]
    return bytes([byte]) if 0x20 <= byte < 0x7F else b"\\%03o" % byte
