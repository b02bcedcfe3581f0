"""Vim script."""

from __future__ import annotations

import re

from ..naming import matching
from ..tables import ENTER, Language, Rule, each, leaf, types

RULES: dict[str, Rule] = {
    "function_definition": Rule(
        "function",
        name=matching(r"^\w+!?\s+([\w:#.<>{}]+)"),
        stop=(),
        stop_types=types("body endfunction"),
    ),
    "let_statement": Rule(
        "variable", name=matching(r"^let\s+([gsbwt]:[\w#]+)\s*="), value=(), once=True, stop=()
    ),
    "command_statement": leaf("function", name="name", stop=("repl",)),
    "augroup_statement": leaf("section", name=matching(r"^augroup\s+(?!END\b)(\S+)"), stop=()),
    **each(ENTER, "if_statement else_statement elseif_statement body ERROR"),
}

LANGUAGES = (
    Language(
        name="vim",
        extensions=(".vim",),
        filenames=(".vimrc", "_vimrc", ".gvimrc"),
        rules=RULES,
        trivia=re.compile(rb"\""),
    ),
)
