"""Names that a client gives to things."""

import re
from typing import Annotated

import msgspec

from plandex_server.api.body import NEEDED
from plandex_server.errors import BadRequest

MAX_NAME_LENGTH = 255

# For a regex's class. Those of Unicode's second block too: some terminals obey them.
CONTROLS = r"\x00-\x1f\x7f-\x9f"
_CONTROL = re.compile(f"[{CONTROLS}]")
PLAIN_PATTERN = rf"^[^{CONTROLS}]*$"
Name = Annotated[
    str,
    msgspec.Meta(
        extra_json_schema={
            NEEDED: True,
            "minLength": 1,
            "maxLength": MAX_NAME_LENGTH,
            "pattern": rf"^[^{CONTROLS}]*[^\s{CONTROLS}][^{CONTROLS}]*$",
        }
    ),
]
"""A name in a request's shape: the API description says what `checked_name` accepts."""


OptionalName = Annotated[
    str, msgspec.Meta(extra_json_schema={"maxLength": MAX_NAME_LENGTH, "pattern": PLAIN_PATTERN})
]
"""A name that may be left out or empty: the server then chooses one."""


def holds_controls(text: str) -> bool:
    return _CONTROL.search(text) is not None


def checked_name(name: str, what: str = "name") -> str:
    """The name as it came, if a column can hold it and a terminal can show it."""
    if not name.strip():
        raise BadRequest(f"{what} field is required")
    if len(name) > MAX_NAME_LENGTH:
        raise BadRequest(f"The {what} is longer than {MAX_NAME_LENGTH} characters; shorten it.")
    if holds_controls(name):
        raise BadRequest(f"The {what} holds control characters; leave them out.")
    return name
