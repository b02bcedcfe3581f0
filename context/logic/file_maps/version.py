"""Which mapper made a map: maps that are kept are made again when it changes."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

_GRAMMARS = ("tree-sitter", "tree-sitter-language-pack")


@cache
def mapper_version() -> str:
    """A hash of the mapper's own code and the versions of its grammars."""
    digest = hashlib.sha256(" ".join(version(name) for name in _GRAMMARS).encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
