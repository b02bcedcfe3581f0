"""The name a line defines or assigns, as far as a line alone can tell in any language."""

from __future__ import annotations

import re
from collections import Counter

from execution.logic.edits.text.structure import Outline

_DEFINITION = re.compile(
    r"^(?:(?:export|default|public|private|protected|internal|static|abstract|final|async|pub"
    r"(?:\([\w: ]+\))?|unsafe|extern|open|override|sealed|data|inline|virtual|partial|readonly"
    r"|declare|local|defp?)\s+)*"
    r"(?P<word>def|defp|class|func|function\*?|fn|struct|enum|interface|trait|impl|type|module"
    r"|namespace|object|protocol|macro_rules!|fun|sub|proc|record|package|message|service|rpc"
    r"|resource|defmodule|extension|union|mod|CREATE TABLE|create table)\s+"
    r"(?P<receiver>\([^)]*\)\s*)?(?P<name>[\w$.:\"'<>?!-]+)"
)
_ASSIGNMENT = re.compile(
    r"^(?:(?:export|const|let|var|val|public|private|protected|static|final|readonly|local|pub"
    r"|mut)\s+)*(?P<name>[\"']?[\w$.\-/@\[\]]+[\"']?)\s*(?::(?!:)[^=()]{0,60}?=?|=|:=|\?=|\+=)(?![=>])"
)
_METHOD = re.compile(
    r"^(?:[\w<>\[\],.?*&:~@]+\s+)*(?P<name>[\w$#~]+[?!]?)\s*(?:<[^()]*>)?\(.*(?:[{:]|=>|do)\s*$"
)
_BARE_METHOD = re.compile(
    r"^(?:(?:public|private|protected|internal|static|virtual|override|abstract|async|sealed"
    r"|partial|extern|unsafe|inline|final|readonly)\s+)+[^=;]*?(?P<name>[\w$]+)\s*\([^;=]*\)?\s*$"
)
_KEY_HEADER = re.compile(r"^(?P<name>[\w.-]+):$")
# Words that such lines begin with: most lines need no pattern to be told from them.
_DEFINES = frozenset(
    "export default public private protected internal static abstract final async pub unsafe "
    "extern open override sealed data inline virtual partial readonly declare local def defp class "
    "func function function* fn struct enum interface trait impl type module namespace object "
    "protocol macro_rules! fun sub proc record package message service rpc resource defmodule "
    "extension union mod CREATE create".split()
)
_MODIFIERS = frozenset(
    "public private protected internal static virtual override abstract async sealed partial "
    "extern unsafe inline final readonly".split()
)
_METHOD_ENDS = ("{", ":", "=>", "do")
_NOT_NAMES = {
    "if", "for", "while", "switch", "catch", "else", "elif", "return", "with", "match", "until",
    "unless", "foreach", "elsif", "when", "do", "try", "except", "case", "default", "finally",
    "synchronized", "using", "lock", "await", "yield", "throw", "new", "not", "and", "or", "in",
}  # fmt: skip

_HEAD = re.compile(r"^\s*(?:@|#!?\[|//|# |/?\*|\[|--)")

Name = tuple[str, str]


def stands_on_definition(line: str) -> bool:
    """An attribute, a decorator or a comment, which belongs to what is below it."""
    return bool(_HEAD.match(line))


def defined_name(line: str) -> Name | None:
    """``("define", receiver and name)`` for headers of definitions, else None."""
    text = line.strip()[:300]
    return _defined(text) if text else None


def _defined(text: str) -> Name | None:
    word = text.split(None, 1)[0]
    if word in _DEFINES or word.startswith("pub("):
        match = _DEFINITION.match(text)
        if match:
            receiver = " ".join((match["receiver"] or "").split()[-1:])
            name = match["name"].split("<")[0].rstrip(":")
            return ("define", f"{receiver}{name}") if name else None
    match = _BARE_METHOD.match(text) if word in _MODIFIERS else None
    if match is None and word == text and word[-1] == ":":
        match = _KEY_HEADER.match(text)
    if match and match["name"] not in _NOT_NAMES:
        return ("define", match["name"])
    if "(" not in text or not text.rstrip().endswith(_METHOD_ENDS) or word in _NOT_NAMES:
        return None
    match = _METHOD.match(text)
    return ("define", match["name"]) if match and match["name"] not in _NOT_NAMES else None


def line_name(line: str) -> Name | None:
    """The defined name, or else ``("assign", key)`` for assignments and keys."""
    text = line.strip()[:300]
    found = _defined(text) if text else None
    if found or ("=" not in text and ":" not in text):
        return found
    match = _ASSIGNMENT.match(text)
    if match and match["name"] not in _NOT_NAMES:
        return ("assign", match["name"])
    return None


def sibling_names(outline: Outline, definitions_only: bool = False) -> Counter[tuple[int, Name]]:
    """How often each name occurs among the children of each parent line."""
    counts: Counter[tuple[int, Name]] = Counter()
    for index, line in enumerate(outline.lines):
        if outline.blank[index]:
            continue
        name = defined_name(line) if definitions_only else line_name(line)
        if name:
            counts[outline.parent[index], name] += 1
    return counts
