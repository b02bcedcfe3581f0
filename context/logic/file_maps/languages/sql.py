"""SQL of any dialect: what CREATE statements define, and the columns of tables."""

from __future__ import annotations

import re

from ..lines import line_mapper, rule
from ..tables import Language

_WORD = r"(?:[\w$]+|\"[^\"]+\"|`[^`]+`|\[[^\]]+\])"
_NAME = rf"(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>{_WORD}(?:\.{_WORD})*)"
_CREATE = r"\s*(?P<text>CREATE\s+(?:OR\s+(?:REPLACE|ALTER)\s+)?"
_ANY = re.IGNORECASE
_CLAUSES = (
    r"PRIMARY|FOREIGN|CONSTRAINT|UNIQUE|CHECK|KEY|INDEX|EXCLUDE|LIKE|PARTITION|FULLTEXT|REFERENCES"
    r"|ON|USING|WITH|DEFAULT|NOT|SELECT|AS|FROM|WHERE|CREATE|INSERT|ALTER|DROP|COMMENT|SPATIAL"
)

_MAP = line_mapper(
    [
        rule(
            "table",
            _CREATE + r"(?:(?:GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED|EXTERNAL|FOREIGN|VIRTUAL)\s+)*"
            r"TABLE\s+" + _NAME + ")",
            flags=_ANY,
        ),
        rule(
            "view",
            _CREATE
            + r"(?:(?:TEMP|TEMPORARY|MATERIALIZED|RECURSIVE|FORCE)\s+)*VIEW\s+"
            + _NAME
            + ")",
            flags=_ANY,
        ),
        rule(
            "function",
            _CREATE
            + r"(?:DEFINER\s*=\s*\S+\s+)?(?:AGGREGATE\s+|PIPELINED\s+)?FUNCTION\s+"
            + _NAME
            + r"[^$]*)",
            flags=_ANY,
        ),
        rule(
            "function",
            _CREATE + r"(?:DEFINER\s*=\s*\S+\s+)?PROC(?:EDURE)?\s+" + _NAME + r"[^$]*)",
            flags=_ANY,
        ),
        rule("trigger", _CREATE + r"(?:CONSTRAINT\s+)?TRIGGER\s+" + _NAME + ")", flags=_ANY),
        rule("type", _CREATE + r"(?:TYPE|DOMAIN)\s+(?:BODY\s+)?" + _NAME + r".*)", flags=_ANY),
        rule(
            "index",
            _CREATE + r"(?:UNIQUE\s+|CLUSTERED\s+|NONCLUSTERED\s+)*INDEX\s+"
            r"(?:CONCURRENTLY\s+)?" + _NAME + r".*)",
            flags=_ANY,
        ),
        rule(
            "namespace",
            _CREATE + r"(?:SCHEMA|DATABASE|PACKAGE(?:\s+BODY)?)\s+" + _NAME + ")",
            flags=_ANY,
        ),
        rule("sequence", _CREATE + r"SEQUENCE\s+" + _NAME + ")", flags=_ANY),
        rule(
            "field",
            rf"\s*(?P<text>(?!(?:{_CLAUSES})\b)[\"`\[]?(?P<name>\w+)[\"`\]]?\s+[A-Za-z]\w*"
            r"(?:\s*\([\d\s,]*\))?)",
            level=1,
            under="table",
            flags=_ANY,
        ),
    ],
    blocks=[(r"/\*", r"\*/"), (r"\$(?:body|function|_)?\$", r"\$(?:body|function|_)?\$")],
    ends=r"\s*\)|.*;\s*$",
)

LANGUAGES = (
    Language(
        name="sql",
        extensions=(".sql", ".psql", ".ddl", ".plsql", ".pgsql", ".mysql"),
        mapper=_MAP,
    ),
)
