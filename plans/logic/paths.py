"""Which file paths are safe to write in a user's project.

Clients write what the server sends. Paths come from models and from other clients, so they are
judged for every platform a client may run on, not for the one the server runs on.
"""

import re

MAX_PATH_BYTES = 4096
MAX_COMPONENT_BYTES = 255

_DRIVE = re.compile(r"[A-Za-z]:")
# Characters that file systems drop from names, so that `.g\u200cit` is written as `.git`.
_IGNORED = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
_SHORT_GIT_NAME = re.compile(r"git~[0-9]+")


class UnsafePath(ValueError):
    """A path that is refused; the text says why, in one sentence."""


def check_path(path: str) -> None:
    """Raises `UnsafePath` unless the path names a file inside the project."""
    problem = _problem(path)
    if problem:
        raise UnsafePath(f"{_shown(path)} {problem}.")


def is_safe_path(path: str) -> bool:
    """Whether the path names a file inside the project."""
    return not _problem(path)


def _problem(path: str) -> str:
    """What is wrong with the whole path; empty when nothing is."""
    if not path.strip():
        return "is no path"
    if any(ord(character) < 32 or ord(character) == 127 for character in path):
        return "contains control characters"
    try:
        size = len(path.encode())
    except UnicodeEncodeError:
        return "is not valid Unicode"
    if size > MAX_PATH_BYTES:
        return "is too long for a path"
    if path.startswith(("/", "\\")):
        return "is an absolute path"
    if _DRIVE.match(path):
        return "names a drive"
    if "\\" in path:
        return "contains a backslash, paths are written with slashes"
    if path.startswith("~"):
        return "points to a home folder"
    if path.endswith("/"):
        return "names a folder, not a file"
    for component in path.split("/"):
        problem = _component_problem(component)
        if problem:
            return problem
    return ""


def _component_problem(component: str) -> str:
    if component == "..":
        return "leads out of the project"
    if component in ("", "."):
        return "has an empty part"
    if len(component.encode()) > MAX_COMPONENT_BYTES:
        return "has a part that is too long for a file name"
    if component != component.strip() or component.endswith("."):
        # Windows drops these, so the file written would be another one.
        return "has a part that starts or ends with a space or ends with a dot"
    name = _IGNORED.sub("", component).casefold()
    if name.partition(":")[0] == ".git" or _SHORT_GIT_NAME.fullmatch(name):
        return "is inside a git folder"
    if ":" in component:
        # On Windows `a.txt:b` writes a hidden stream of a.txt.
        return "contains a colon"
    return ""


def _shown(path: str) -> str:
    text = ascii(path[:80])
    return text if len(path) <= 80 else f"{text[:-1]}…'"
