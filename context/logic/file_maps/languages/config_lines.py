"""Configuration that is read by lines: TOML, INI, properties, environment, HCL.

Only keys are listed: values can be long, and secret.
"""

from __future__ import annotations

from ..lines import line_mapper, rule
from ..tables import Language

_KEY = r"(?P<text>(?P<name>[\w.\"'-]+))"

_TOML = line_mapper(
    [
        rule(
            "table",
            r"\s*(?P<text>\[{1,2}\s*(?P<name>[^\]\s](?:[^\]\n]*[^\]\s])?)\s*\]{1,2})\s*(?:#.*)?$",
        ),
        rule("field", rf"{_KEY}\s*=", level=1),
    ],
    blocks=[(r'"""', r'"""'), (r"'''", r"'''")],
)
_INI = line_mapper(
    [
        rule("section", r"(?P<text>\[(?P<name>[^\]]+)\])"),
        rule(
            "field", r"(?P<text>(?P<name>[A-Za-z_](?:[\w.\- /*]*[\w.\-/*])?))\s*[=:](?!:)", level=1
        ),
    ],
)
_PROPERTIES = line_mapper(
    [rule("field", r"\s*(?:export\s+)?(?![#!;])(?P<text>(?P<name>[\w.-]+))\s*[=:]")]
)
_HCL = line_mapper(
    [
        rule("block", r"(?P<text>(?P<name>[A-Za-z_][\w-]*(?:\s+(?:\"[^\"]*\"|[\w-]+))*))\s*\{"),
        rule("field", rf"{_KEY}\s*="),
        rule(
            "block",
            r"  (?P<text>(?P<name>[a-z_]\w*(?:\s+\"[^\"]*\")*))\s*\{",
            level=1,
            under="block",
        ),
    ],
    blocks=[(r"/\*", r"\*/"), (r"<<[-~]?EOF", r"^\s*EOF$"), (r"<<[-~]?EOT", r"^\s*EOT$")],
    ends=r"\}",
)

LANGUAGES = (
    Language(
        name="toml",
        extensions=(".toml",),
        filenames=("Cargo.lock", "poetry.lock", "Pipfile", "uv.lock"),
        mapper=_TOML,
    ),
    Language(
        name="ini",
        extensions=(".ini", ".cfg", ".conf", ".editorconfig", ".desktop", ".service"),
        filenames=(
            ".editorconfig",
            ".gitconfig",
            ".gitmodules",
            ".flake8",
            ".coveragerc",
            ".pylintrc",
        ),
        mapper=_INI,
    ),
    Language(
        name="properties",
        extensions=(".properties", ".env"),
        filenames=(".env", ".env.example", ".env.sample", ".env.local"),
        mapper=_PROPERTIES,
    ),
    Language(
        name="hcl",
        extensions=(".hcl", ".tf", ".tfvars", ".nomad"),
        mapper=_HCL,
    ),
)
