"""Makefiles: targets, variables and macros."""

from __future__ import annotations

from ..lines import line_mapper, rule
from ..tables import Language

_MAP = line_mapper(
    [
        rule("macro", r"(?P<text>define\s+(?P<name>[\w.-]+))"),
        rule(
            "variable",
            r"(?P<text>(?:export\s+|override\s+)*(?P<name>[\w.-]+))\s*(?:\?|:{1,3}|\+|!)?=",
        ),
        rule(
            "target",
            r"(?!\.PHONY|\.SUFFIXES|\.DEFAULT|\.SILENT|ifeq|ifneq|ifdef|ifndef|else|endif|\s|#|-?include)"
            r"(?P<text>(?P<name>[^\s:=#](?:[^:=#]*[^\s:=#])?)\s*::?(?!=)[^=;#]*)",
        ),
    ],
    blocks=[(r"^define\s", r"^endef\b")],
    joined=True,
    unique=True,
)

LANGUAGES = (
    Language(
        name="make",
        extensions=(".mk", ".mak", ".make"),
        filenames=(
            "Makefile",
            "makefile",
            "GNUmakefile",
            "BSDmakefile",
            "Makefile.am",
            "Makefile.in",
        ),
        mapper=_MAP,
    ),
)
