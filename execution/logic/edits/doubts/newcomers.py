"""New definitions shown in full: a name that the file has nowhere stands for new code.

Such a definition is often alike to the one beside it, so that its lines would pass for lines
of that one, and the reading would rewrite the old one instead of adding to it.
"""

from __future__ import annotations

from collections.abc import Sequence

from execution.logic.edits.text.markers import Kind, Token
from execution.logic.edits.text.names import defined_name, stands_on_definition
from execution.logic.edits.text.structure import Outline


def newcomers(
    tokens: Sequence[Token], snippet: Outline, original: Sequence[str], *, adds_only: bool = False
) -> frozenset[int]:
    """Snippet lines of new definitions, with the comments and attributes on them.

    Where nothing is replaced, no line is the new form of another one: then each block under a
    line that the file lacks is new.
    """
    known = {name for line in original if (name := defined_name(line))}
    texts = {line.strip() for line in original} if adds_only else set()
    found: set[int] = set()
    literals = [number for number, token in enumerate(tokens) if token.kind is Kind.LITERAL]
    for number in literals:
        if number in found:
            continue  # what is within a new definition comes with it
        text = tokens[number].text
        name = defined_name(text)
        fresh = name is not None and name not in known
        if not fresh and not (adds_only and text.strip() not in texts):
            continue
        end = _end(tokens, snippet, number)
        if end is not None:
            found.update(range(_start(tokens, number), end))
    return frozenset(tokens[number].line for number in found)


def _end(tokens: Sequence[Token], snippet: Outline, head: int) -> int | None:
    """Behind the last token of the definition; None where a marker leaves out some of it."""
    indent = tokens[head].indent
    last = head
    for number in range(head + 1, len(tokens)):
        token = tokens[number]
        if token.kind is Kind.BLANK:
            continue
        if token.kind is not Kind.IMPLIED and token.indent > indent:
            if token.kind is not Kind.LITERAL:
                return None
            last = number
            continue
        ends = token.kind is Kind.LITERAL and token.indent == indent
        if ends and snippet.closing[token.line]:
            last = number
            continue
        break
    return last + 1 if last > head else None


def _start(tokens: Sequence[Token], head: int) -> int:
    """The first token of what stands directly on the definition."""
    start = head
    while start > 0 and _is_head(tokens[start - 1], tokens[head].indent):
        start -= 1
    return start


def _is_head(token: Token, indent: int) -> bool:
    return (
        token.kind is Kind.LITERAL and token.indent == indent and stands_on_definition(token.text)
    )
