"""Groovy and Gradle, by lines: the grammar does not know the language well enough."""

from __future__ import annotations

from ..lines import line_mapper, rule
from ..tables import Language

_MODIFIERS = r"(?:(?:public|private|protected|static|final|abstract|synchronized|sealed)\s+)*"
_MEMBER = (
    rf"(?:    |\t|  )(?P<text>(?:@\w+(?:\([^)]*\))?\s+)*{_MODIFIERS}(?:<[^>]+>\s*)?"
    r"(?!return|new|else|throw|assert|if|for|while|switch|catch)(?:(?:def|void|[\w.]+(?:<[^()=]*>)?(?:\[\])*)\s+)"
    r"(?P<name>\w+)\s*\([^()]*(?:\([^()]*\)[^()]*)*\))\s*(?:throws\s+[\w., ]+)?\s*(?:\{|$)"
)
_TYPE = rf"(?P<text>(?:@\w+(?:\([^)]*\))?\s+)*{_MODIFIERS}"

_MAP = line_mapper(
    [
        rule("class", _TYPE + r"class\s+(?P<name>\w+)[^{]*)"),
        rule("interface", _TYPE + r"@?interface\s+(?P<name>\w+)[^{]*)"),
        rule("trait", _TYPE + r"trait\s+(?P<name>\w+)[^{]*)"),
        rule("enum", _TYPE + r"enum\s+(?P<name>\w+)[^{]*)"),
        rule("method", _MEMBER, level=1, under="class interface trait enum"),
        rule(
            "constructor",
            rf"(?:    |\t|  )(?P<text>{_MODIFIERS}(?P<name>[A-Z]\w*)\s*\([^()]*\))\s*\{{",
            level=1,
            under="class enum",
        ),
        rule(
            "field",
            rf"(?:    |\t|  )(?P<text>{_MODIFIERS}(?!return|import|package)"
            r"(?:def|[\w.]+(?:<[^()=]*>)?"
            r"(?:\[\])*)\s+(?P<name>\w+))\s*(?:=.*)?$",
            level=1,
            under="class trait",
        ),
        rule("function", rf"(?P<text>{_MODIFIERS}(?:def|void)\s+(?P<name>\w+)\s*\([^)]*\))\s*\{{"),
        rule("task", r"(?P<text>task\s+(?P<name>\w+)[^{]*)"),
        rule("block", r"(?P<text>(?P<name>[a-z]\w*))\s*\{\s*$"),
    ],
    blocks=[(r"/\*", r"\*/"), (r'"""', r'"""'), (r"'''", r"'''")],
    ends=r"\}",
)

LANGUAGES = (
    Language(
        name="groovy",
        extensions=(".groovy", ".gradle", ".gvy"),
        filenames=("Jenkinsfile",),
        mapper=_MAP,
    ),
)
