"""Names for contexts that come without one: notes and piped data."""

import re
from collections.abc import Collection

from context.logic.items import ContextType

_MAX_WORDS = 6
_MAX_CHARS = 40
_LONGEST_NAME = 255
_WORD = re.compile(r"[^\W_]+")
_NAMELESS = {ContextType.NOTE: "note", ContextType.PIPED_DATA: "piped-data"}


def name_from_text(text: str, kind: ContextType) -> str:
    """A label of the text's first words, like a file's name: what is used without a model."""
    name = ""
    for match in list(_WORD.finditer(text[:2000]))[:_MAX_WORDS]:
        longer = f"{name}-{match.group().lower()}" if name else match.group().lower()[:_MAX_CHARS]
        if len(longer) > _MAX_CHARS:
            break
        name = longer
    return name or _NAMELESS.get(kind, "context")


def clean_name(text: str) -> str:
    """A model's answer as one short line."""
    return " ".join(text.split())[:_LONGEST_NAME]


def unique_name(name: str, taken: Collection[str]) -> str:
    """The name, with a number behind it if another context has it."""
    number = 1
    unique = name
    while unique in taken:
        number += 1
        unique = f"{name}-{number}"
    return unique
