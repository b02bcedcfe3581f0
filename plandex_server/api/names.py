"""Names that a client gives to things."""

from typing import Annotated

import msgspec

from plandex_server.api.body import NEEDED
from plandex_server.errors import BadRequest

MAX_NAME_LENGTH = 255

_CONTROLS = r"\x00-\x1f\x7f"
Name = Annotated[
    str,
    msgspec.Meta(
        extra_json_schema={
            NEEDED: True,
            "minLength": 1,
            "maxLength": MAX_NAME_LENGTH,
            "pattern": rf"^[^{_CONTROLS}]*[^\s{_CONTROLS}][^{_CONTROLS}]*$",
        }
    ),
]
"""A name in a request's shape: the API description says what `checked_name` accepts."""


def checked_name(name: str, what: str = "name") -> str:
    """The name as it came, if a column can hold it and a terminal can show it."""
    if not name.strip():
        raise BadRequest(f"{what} field is required")
    if len(name) > MAX_NAME_LENGTH:
        raise BadRequest(f"The {what} is longer than {MAX_NAME_LENGTH} characters; shorten it.")
    if any(ord(character) < 32 or ord(character) == 127 for character in name):
        raise BadRequest(f"The {what} holds control characters; leave them out.")
    return name
