"""Diffs as git prints them, made in memory by libgit2, whose diff code is git's own.

Only the details in which libgit2's text differs from git's are mended here, and renames are found
by git's rules (`logic/renames.py`), since libgit2 measures similarity in another way.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pygit2
from pygit2.enums import DiffOption

from execution.logic.renames import Rename, find_renames

FLAGS = DiffOption.INDENT_HEURISTIC
_BOLD, _CYAN, _RED, _GREEN, _END = "\x1b[1m", "\x1b[36m", "\x1b[31m", "\x1b[32m", "\x1b[m"


def git_diff(old: Mapping[str, str], new: Mapping[str, str], *, colour: bool = False) -> str:
    """What `git diff --cached` prints when a commit holds `old` and `new` is staged."""
    patches = dict(_changed(old, new))
    added = {path: text for path, text in new.items() if path not in old}
    removed = {path: text for path, text in old.items() if path not in new}
    if added and removed:
        patches |= _with_renames(removed, added)
    else:
        patches |= {path: _patch(None, text, path) for path, text in added.items()}
        patches |= {path: _patch(text, None, path) for path, text in removed.items()}
    text = "".join(patches[path] for path in sorted(patches, key=str.encode))
    return _coloured(text) if colour else text


def _changed(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for path, text in new.items():
        if path in old and old[path] != text:
            yield path, _patch(old[path], text, path)


def _patch(old: str | None, new: str | None, path: str) -> str:
    patch = pygit2.Patch.create_from(
        None if old is None else old.encode(),
        None if new is None else new.encode(),
        old_as_path=path,
        new_as_path=path,
        flag=FLAGS,
    )
    return _as_git(_text(patch), blank=" " in path)


def _with_renames(removed: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """The patches of added, removed and renamed files, by the path they are listed under."""
    renames = find_renames(
        {path: text.encode() for path, text in removed.items()},
        {path: text.encode() for path, text in added.items()},
    )
    gone = {rename.source for rename in renames}
    patches = {path: _patch(text, None, path) for path, text in removed.items() if path not in gone}
    patches |= {path: _patch(None, text, path) for path, text in added.items()}
    for rename in renames:
        patches[rename.target] = _renamed(rename, removed[rename.source], added[rename.target])
    return patches


def _renamed(rename: Rename, old: str, new: str) -> str:
    """The patch of a renamed file."""
    source, target = rename.source, rename.target
    patch = pygit2.Patch.create_from(
        old.encode(), new.encode(), old_as_path=source, new_as_path=target, flag=FLAGS
    )
    head, hunks = _parts(_text(patch) if old != new else _heading(source, target))
    first, *rest = head.split("\n")
    how = [
        f"similarity index {rename.similarity}%",
        f"rename from {_quoted(source)}",
        f"rename to {_quoted(target)}",
    ]
    ending = "" if hunks or rest else "\n"
    text = "\n".join([first, *how, *rest]) + ending + hunks
    return _as_git(text, blank=" " in source + target)


def _heading(source: str, target: str) -> str:
    return f"diff --git {_quoted('a/' + source)} {_quoted('b/' + target)}"


def _quoted(path: str) -> str:
    """A path as git shows it: quoted where it has control, quoting or non-ASCII characters."""
    if all(32 <= byte < 127 and byte not in b'"\\' for byte in path.encode()):
        return path
    return '"' + "".join(map(_escaped, path.encode())) + '"'


def _escaped(byte: int) -> str:
    character = chr(byte)
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if 32 <= byte < 127 else f"\\{byte:03o}"


_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
}


def _text(patch: Any) -> str:
    data: bytes = patch.data
    return data.decode("utf-8", "replace")


def _as_git(text: str, *, blank: bool) -> str:
    """The head of a patch as git writes it: the mode of a changed file, a tab behind names with
    blanks, no names for a file without content."""
    head, hunks = _parts(text)
    lines = head.split("\n")
    made = any(line.startswith(("new file", "deleted file", "similarity")) for line in lines)
    mended = []
    for line in lines:
        if line.startswith("index ") and not made and not line.endswith(" 100644"):
            line += " 100644"
        if line.startswith(("--- ", "+++ ")):
            if not hunks:
                continue
            if blank and " " in line[4:] and not line.endswith("/dev/null"):
                line += "\t"
        mended.append(line)
    return "\n".join(mended) + hunks


def _parts(text: str) -> tuple[str, str]:
    """Head and hunks; the hunks begin with their line end."""
    at = text.find("\n@@ ")
    return (text[:at], text[at:]) if at >= 0 else (text, "")


def _coloured(text: str) -> str:
    lines = []
    in_head = False
    for line in text.split("\n"):
        if line.startswith("diff --git "):
            in_head = True
        elif line.startswith("@@ "):
            in_head = False
        lines.append(_colour(line, in_head=in_head))
    return "\n".join(lines)


def _colour(line: str, *, in_head: bool) -> str:
    if not line:
        return line
    if in_head:
        return f"{_BOLD}{line}{_END}"
    if line.startswith("@@ "):
        end = line.index(" @@", 3) + 3
        return f"{_CYAN}{line[:end]}{_END}{line[end:]}"
    if line.startswith("-"):
        return f"{_RED}{line}{_END}"
    return f"{_GREEN}{line}{_END}" if line.startswith("+") else line
