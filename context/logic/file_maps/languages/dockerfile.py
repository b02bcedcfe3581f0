"""Docker files: stages and what they expose."""

from __future__ import annotations

import re

from ..lines import line_mapper, rule
from ..tables import Language

_STAGE = r"(?i:FROM)\s+(?:--\S+\s+)*(?P<name>\S+)(?:\s+(?i:AS)\s+\S+)?"

_MAP = line_mapper(
    [
        rule("stage", _STAGE),
        rule(
            "instruction",
            r"\s*(?P<name>ARG|ENV|EXPOSE|ENTRYPOINT|CMD|COPY|VOLUME|USER|WORKDIR|HEALTHCHECK)\s+\S",
            level=1,
            flags=re.IGNORECASE,
        ),
    ],
    joined=True,
    blocks=[
        (r"<<-?['\"]?EOF['\"]?", r"^EOF\s*$"),
        (r"^\s*RUN\s.*<<-?['\"]?(?:END|SH)\b", r"^(?:END|SH)$"),
    ],
)

LANGUAGES = (
    Language(
        name="dockerfile",
        extensions=(".dockerfile",),
        filenames=("Dockerfile", "Containerfile"),
        mapper=_MAP,
    ),
)
