"""SCSS, Sass and Less, by lines: selectors, mixins, functions and variables."""

from __future__ import annotations

from ..lines import line_mapper, rule
from ..tables import Language

_MAP = line_mapper(
    [
        rule("function", r"\s*(?P<text>@function\s+(?P<name>[\w-]+)[^{]*)"),
        rule("macro", r"\s*(?P<text>@mixin\s+(?P<name>[\w-]+)[^{]*)"),
        rule("macro", r"=(?P<name>[\w-]+).*"),
        rule("variable", r"(?P<text>(?P<name>\$[\w-]+|@(?!media|import|use|include)[\w-]+))\s*:"),
        rule("rule", r"(?P<text>(?P<name>@(?:media|supports|keyframes|layer)[^{]*))\{"),
        rule("rule", r"(?P<text>(?P<name>[.#&%:*\[a-zA-Z][^{};$]*))(?:\{|,$)"),
        rule(
            "rule",
            r"(?:  |\t)(?P<text>(?P<name>[.#&%>+~*\[a-zA-Z][^{};$]*))\{",
            level=1,
            under="rule",
        ),
    ],
    blocks=[(r"/\*", r"\*/")],
    ends=r"\}",
)

LANGUAGES = (Language(name="scss", extensions=(".scss", ".less", ".sass", ".pcss"), mapper=_MAP),)
