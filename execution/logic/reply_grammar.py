"""The words of a model's reply: tags, labels, attributes and file-operation lines."""

import re
from dataclasses import dataclass
from enum import StrEnum

from plans.logic.paths import UnsafePath, check_path

OPEN_TAG = "<PlandexBlock"
CLOSE_TAG = "</PlandexBlock>"
END_OPERATIONS_TAG = "<EndPlandexFileOps/>"
STOP_TAG = "<PlandexFinish/>"
FENCE = "```"
ESCAPED_FENCE = "\\`\\`\\`"

_BLOCK = re.compile(
    rf"^[^\S\n]*{OPEN_TAG}\b[^\n]*\n.*?(?:{CLOSE_TAG}[^\S\n]*$|\Z)", re.MULTILINE | re.DOTALL
)
_PATH = re.compile(r'\bpath="([^"]*)"')
_LANG = re.compile(r'\blang="([^"\s]*)"')
_LABEL_PREFIXES = ("file:", "file path:", "filepath:", "File path:", "File Path:")
_HEADING_MARKS = ("####", "###", "##", "#")
_LABEL_NOISE = str.maketrans("", "", "`'\"")
_ARROW = "→"


class OperationKind(StrEnum):
    FILE = "file"
    MOVE = "move"
    REMOVE = "remove"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Operation:
    """One change a reply asks for. Content and description are the model's text, unescaped."""

    kind: OperationKind
    path: str
    destination: str = ""
    content: str = ""
    description: str = ""
    num_tokens: int = 0

    @property
    def refusal(self) -> str:
        """Why the operation may never be carried out; empty when it may."""
        try:
            check_path(self.path)
            if self.destination:
                check_path(self.destination)
        except UnsafePath as problem:
            return str(problem)
        return ""


@dataclass(frozen=True, slots=True)
class TagAttributes:
    path: str
    lang: str


SECTION_HEADINGS = {
    "### Move Files": OperationKind.MOVE,
    "### Remove Files": OperationKind.REMOVE,
    "### Reset Changes": OperationKind.RESET,
}


def outside_blocks(reply: str) -> str:
    """The reply without its file blocks; one that was never closed goes on to the end."""
    return _BLOCK.sub("", reply) if OPEN_TAG in reply else reply


def tag_attributes(tag: str) -> TagAttributes:
    """The path and language of an opening tag; the first of each counts, absent ones are empty."""
    path, lang = _PATH.search(tag), _LANG.search(tag)
    return TagAttributes(
        path=path.group(1).strip() if path else "", lang=lang.group(1) if lang else ""
    )


def label_path(line: str) -> str | None:
    """The path a label line announces, or None when the (trimmed) line is no label."""
    if not _is_label_like(line):
        return None
    path = _extract_label(line)
    if not path:
        return None
    if not _has_extension(path) and "/" not in path and " " in path:
        return None
    return path


def _is_label_like(line: str) -> bool:
    if line.startswith("-"):
        return True
    if line.startswith("**"):
        return line.endswith("**")
    return line.startswith("#") and line.endswith(":")


def _has_extension(path: str) -> bool:
    _, dot, extension = path.rpartition(".")
    return bool(dot and extension) and " " not in extension


def _extract_label(line: str) -> str:
    text = line.replace("**", "").translate(_LABEL_NOISE).removeprefix("-").strip()
    for mark in _HEADING_MARKS:
        if text.startswith(mark):
            text = text.removeprefix(mark).strip()
            break
    for prefix in _LABEL_PREFIXES:
        if text.startswith(prefix):
            text = text.removeprefix(prefix)
            break
    text = text.strip().removesuffix(":").strip()
    text = text.rpartition(": ")[2]
    return text.partition(" (")[0].strip()


def section_operation(kind: OperationKind, line: str) -> Operation | None:
    """The operation a (trimmed) line of a file-operation section asks for, if it does."""
    if not line.startswith("-"):
        return None
    rest = line[1:]
    if kind is not OperationKind.MOVE:
        path = _bare_path(rest)
        return Operation(kind=kind, path=path) if path else None
    sides = [_bare_path(side) for side in rest.split(_ARROW)]
    if len(sides) != 2 or not all(sides):
        return None
    return Operation(kind=kind, path=sides[0], destination=sides[1])


def _bare_path(text: str) -> str:
    return text.strip().strip("`").strip()
