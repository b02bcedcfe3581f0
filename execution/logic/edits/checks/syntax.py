"""Syntax errors of a text, by its grammar or by the parser of its data format."""

from __future__ import annotations

import json
import re
import tomllib
import warnings
from collections.abc import Callable
from functools import lru_cache
from symtable import symtable
from typing import TYPE_CHECKING, Any

from execution.logic.edits.text.languages import (
    extension,
    grammar_name,
    has_conditions,
    has_loose_json,
    has_macros,
)

if TYPE_CHECKING:
    from tree_sitter import Language, Node

MAX_CHECKED = 1_000_000  # characters; larger texts would take more than half a second
MAX_DEPTH = 400
MAX_TAGS = 1000  # one in the other; their parser needs time by the square of it
MAX_DATA = 300_000
_OPEN_OR_CLOSE = re.compile(r"[(\[{]+|[)\]}]+")
_TAG = re.compile(r"<(/?)[A-Za-z][^<>]*(?<!/)>")
_TEMPLATE_TAG = re.compile(r"\{\{[^\n]{0,400}?\}\}|\{%[^\n]{0,400}?%\}")
_JSON_COMMENT = re.compile(r"\"(?:[^\"\\\n]|\\.)*+\"?|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_LAST_COMMA = re.compile(r",(\s{0,400}[}\]])")
_CONDITION = re.compile(
    r"^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif|elseif|else|endif|region|endregion)\b[^\n]*",
    re.MULTILINE,
)
_MACRO = re.compile(r"\b[A-Z][A-Z0-9_]{2,}+(?=[ \t]+[A-Za-z_])")
_TAGGED = frozenset({"html", "svelte"})
_ALSO = {"h": ("cpp",), "ts": ("tsx",), "js": ("tsx",), "mjs": ("tsx",)}


@lru_cache(maxsize=64)
def _language(name: str) -> Language | None:
    from tree_sitter_language_pack import get_language

    try:
        return get_language(name)  # type: ignore[arg-type]  # the name comes from our own table
    except Exception:  # the pack raises its own errors for a grammar that it lacks
        return None


def syntax_errors(path: str, text: str) -> list[str] | None:
    """Errors as sentences with line numbers; None when the text cannot be checked.

    Where two dialects share an extension, the one with fewer errors counts.
    """
    found = [
        errors for name in _dialects(path) if (errors := _errors(path, name, text)) is not None
    ]
    return min(found, key=len) if found else None


def _dialects(path: str) -> tuple[str | None, ...]:
    name = grammar_name(path)
    return (name, *_ALSO.get(extension(path), ()))


@lru_cache(maxsize=8)  # several texts are held against the same original
def _errors(path: str, name: str | None, text: str) -> list[str] | None:
    """A new parser serves each check: one that was cut off stays unusable."""
    if len(text) > MAX_CHECKED or _nested_too_deep(text):
        return None
    if name in _TAGGED and _too_many_tags_open(text):
        return None
    if not text.strip():
        return []
    data = _data_errors(path, text)
    if data is not None:
        return data
    if name == "html":
        text = _TEMPLATE_TAG.sub(lambda tag: "x" * len(tag[0]), text)
    language = _language(name) if name else None
    if language is None:
        return None
    from tree_sitter import Parser

    root = Parser(language).parse(text.encode("utf-8", "surrogatepass")).root_node
    if root.has_error:
        return _describe(root)
    return _indentation_errors(text) if name == "python" else []


def _indentation_errors(text: str) -> list[str]:
    """What the grammar of Python lets pass: a line deeper than its block."""
    if len(text) > MAX_DATA:
        return []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of old escapes in strings
        try:
            symtable(text, "", "exec")  # as the parser of `ast`, without its objects
        except IndentationError as error:
            return [f"Invalid indentation on line {error.lineno}"]
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return []  # code of another version
    return []


def _nested_too_deep(text: str) -> bool:
    if sum(map(text.count, "([{")) <= MAX_DEPTH:
        return False
    depth = deepest = 0
    for brackets in _OPEN_OR_CLOSE.findall(text):
        if brackets[0] in "([{":
            depth += len(brackets)
            deepest = max(deepest, depth)
        else:
            depth = max(0, depth - len(brackets))
    return deepest > MAX_DEPTH


def _too_many_tags_open(text: str) -> bool:
    """Some are never closed, so this is more than the depth, but of the same order."""
    depth = deepest = 0
    for tag in _TAG.finditer(text):
        depth += -1 if tag[1] else 1
        deepest = max(deepest, depth)
    return deepest > MAX_TAGS


def _describe(root: Node) -> list[str]:
    """The innermost erroneous nodes, in file order."""
    found: dict[str, None] = {}
    stack = [root]
    while stack:
        node = stack.pop()
        children = [child for child in node.children if child.has_error]
        if children:
            stack.extend(reversed(children))
        elif node.is_error or node.is_missing or node.has_error:
            first, last = node.start_point[0] + 1, node.end_point[0] + 1
            where = f"line {first}" if first == last else f"lines {first} to {last}"
            found[f"Invalid syntax on {where}"] = None
    return list(found)


def _data_errors(path: str, text: str) -> list[str] | None:
    """Errors of the formats that the standard library reads; None for all other paths."""
    kind = extension(path)
    text = text.removeprefix("\ufeff")
    if kind == "toml" and len(text) <= MAX_DATA:
        return _parsed(tomllib.loads, text)
    if kind == "json" and len(text) <= MAX_DATA:
        if has_loose_json(path):
            text = _LAST_COMMA.sub(r"\1", _JSON_COMMENT.sub(_without_comment, text))
        return _parsed(json.loads, text)
    return None


def _without_comment(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith('"') else ""


def _parsed(load: Callable[[str], Any], text: str) -> list[str]:
    try:
        load(text)
    except RecursionError:
        return []
    except ValueError as error:  # JSONDecodeError and TOMLDecodeError are ValueErrors
        return [f"Invalid data: {error}"]
    return []


def new_errors(path: str, original: str, candidate: str) -> list[str]:
    """Errors of the candidate; none if the original has errors as well.

    Positions move with an edit, so only a text that was clean before can tell.
    """
    for name in _dialects(path):
        if _errors(path, name, original) == []:
            found = _errors(path, name, candidate) or []
            bare = _without_preprocessor(path, candidate) if found else candidate
            return [] if bare != candidate and _errors(path, name, bare) == [] else found
    return []


def _without_preprocessor(path: str, text: str) -> str:
    """The text without what no grammar knows before the preprocessor has run.

    Conditions may stand between any two lines, and a macro before a name may be no code at all.
    """
    if has_conditions(path):
        text = _CONDITION.sub("", text)
    return _MACRO.sub("", text) if has_macros(path) else text
