"""Does every bracket, quote, tag and block of a template that opens still end?

A grammar says more where there is one; it lets pass what HTML allows to leave out, and it knows
nothing of templates.
"""

from __future__ import annotations

import re
from collections import Counter

from execution.logic.edits.checks.syntax import syntax_errors
from execution.logic.edits.text.languages import (
    extension,
    grammar_name,
    has_elements,
    is_markdown,
    is_preprocessed,
)

MAX_PAIRED = 1_000_000  # characters
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
_ESCAPED = re.compile(r"\\.")
_PROGRAM = re.compile(r"<(script|style)\b[^>]{0,400}>")
_ELEMENT = re.compile(r"<(/?)([A-Za-z][\w.:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_WITHOUT_END = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()
)
_TEMPLATE_TAG = re.compile(r"\{%[-+~]?\s*(end)?(\w+)")
_TEMPLATE_BLOCKS = frozenset("block call filter for if macro raw snapshot test".split())
_MUSTACHE = re.compile(r"\{\{?(?:#|(/))(\w+)")
_GO_TEMPLATE = re.compile(r"\{\{-?\s*(?:if|range|with|define|block|(end))\b")
_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(if|ifdef|ifndef|endif|region|endregion)\b", re.MULTILINE)


def torn(path: str, original: str, candidate: str) -> bool:
    """The edit opens or closes something once too often."""
    return brackets_torn(path, original, candidate) or pairs_torn(path, original, candidate)


def brackets_torn(path: str, original: str, candidate: str) -> bool:
    """Without a parser to tell: the edit opens or closes a bracket too many."""
    if _open_quotes(path, original) != _open_quotes(path, candidate):
        return True
    if is_markdown(path):
        original, candidate = _fenced(original), _fenced(candidate)
    elif grammar_name(path) and syntax_errors(path, candidate) == []:
        return False
    return _open_brackets(original) != _open_brackets(candidate) and all(
        _open_brackets(without.sub("", original)) != _open_brackets(without.sub("", candidate))
        for without in (_STRING, _ESCAPED)
    )


def _fenced(text: str) -> str:
    """The code in a text of prose, in which brackets need not pair."""
    fenced: list[str] = []
    within = False
    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            within = not within
        elif within:
            fenced.append(line)
    return "\n".join(fenced)


def pairs_torn(path: str, original: str, candidate: str) -> bool:
    """An element or a block of a template that always ended in the file does not any more."""
    if max(len(original), len(candidate)) > MAX_PAIRED:
        return False
    before, after = _open_pairs(path, original), _open_pairs(path, candidate)
    known = {pair for pair, count in before.items() if not count}
    fresh = {pair for pair in after if pair not in before and pair in _TEMPLATE_BLOCKS}
    return any(after.get(pair, 0) for pair in known | fresh)


def _open_pairs(path: str, text: str) -> Counter[str]:
    """How often each pair is open at the end; 0 for those that always end."""
    found: Counter[str] = Counter()
    if "{%" in text and _is_templated(path):
        for end, word in _TEMPLATE_TAG.findall(text):
            if word != "set":  # mostly ends in itself
                found[word] += -1 if end else 1
    if ("{{" in text or "{#" in text) and _is_templated(path):
        for end, word in _MUSTACHE.findall(text):
            found["#" + word] += -1 if end else 1
        for end in _GO_TEMPLATE.findall(text):
            found["{{"] += -1 if end else 1
    if is_preprocessed(path):
        for word in _DIRECTIVE.findall(text):
            found[word.removeprefix("end")[:2]] += -1 if word.startswith("end") else 1
    if has_elements(path):
        for end, name, rest in _ELEMENT.findall(_without_programs(text)):
            if name.lower() not in _WITHOUT_END and not rest.endswith("/"):
                found["<" + name] += -1 if end else 1
    return found


def _without_programs(text: str) -> str:
    """Scripts and styles without their code: in it `<` compares, or names a type."""
    ends = {name: text.rfind(f"</{name}>") for name in ("script", "style")}
    parts: list[str] = []
    at = 0
    while (head := _PROGRAM.search(text, at)) is not None:
        parts.append(text[at : head.end()])
        at = head.end()
        if at <= ends[head[1]]:
            at = text.index(f"</{head[1]}>", at)
    return "".join([*parts, text[at:]])


def _is_templated(path: str) -> bool:
    """A program that speaks of templates has their signs in its strings only."""
    return grammar_name(path) is None or has_elements(path) or extension(path) in {"yaml", "yml"}


def _open_quotes(path: str, text: str) -> int:
    """Fences of Markdown or quoted bodies of SQL that do not end: none, or one."""
    if is_markdown(path):
        return sum(line.lstrip().startswith("```") for line in text.split("\n")) % 2
    return text.count("$$") % 2 if extension(path) == "sql" else 0


def _open_brackets(text: str) -> list[int]:
    return [text.count(opening) - text.count(closing) for opening, closing in ("()", "[]", "{}")]
