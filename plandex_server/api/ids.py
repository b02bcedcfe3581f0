"""Ids that a client names."""

import re

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def canonical_id(text: str) -> str | None:
    """The id as it is stored; None for what can't be one (such a row does not exist)."""
    return text.lower() if _UUID.fullmatch(text) else None
