"""CMake, by lines."""

from __future__ import annotations

import re

from ..lines import line_mapper, rule
from ..tables import Language

_ANY = re.IGNORECASE

_MAP = line_mapper(
    [
        rule("function", r"\s*(?P<text>function\s*\(\s*(?P<name>\w+)[^)]*\)?)", flags=_ANY),
        rule("macro", r"\s*(?P<text>macro\s*\(\s*(?P<name>\w+)[^)]*\)?)", flags=_ANY),
        rule("namespace", r"\s*(?P<text>project\s*\(\s*(?P<name>[\w.-]+)[^)]*\)?)", flags=_ANY),
        rule(
            "target",
            r"\s*(?P<text>add_(?:library|executable|custom_target)\s*\(\s*(?P<name>[\w:.${}-]+))",
            flags=_ANY,
        ),
        rule("variable", r"\s*(?P<text>option\s*\(\s*(?P<name>\w+)[^)]*\)?)", flags=_ANY),
        rule("variable", r"(?P<text>set\s*\(\s*(?P<name>\w+))", flags=_ANY),
    ],
    unique=True,
)

LANGUAGES = (
    Language(name="cmake", extensions=(".cmake",), filenames=("CMakeLists.txt",), mapper=_MAP),
)
