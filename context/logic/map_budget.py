"""Less detailed maps, for models with small windows.

A project that is too large for a model's window still gets a list of all its files; what is nested
deepest goes first, and what is in less important files before the rest.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from context.logic.file_maps import combined_map
from context.logic.tokens import count_tokens

# What is shortened, step by step: (only the less important files, the deepest definitions that are
# kept; -1: none, only the file's heading). Less important files are a step or two ahead.
STEPS = (
    (True, 2),
    (True, 1),
    (False, 2),
    (True, 0),
    (False, 1),
    (True, -1),
    (False, 0),
    (False, -1),
)
_NESTED = re.compile(r"( *)- ")
_LESS_IMPORTANT = re.compile(
    r"(^|[/._-])(tests?|specs?|testdata|fixtures?|mocks?|examples?|samples?|benchmarks?|vendor"
    r"|third_party|node_modules|dist|build|generated|gen|pb|min|migrations|snapshots?)([/._-]|$)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _File:
    path: str
    text: str
    tokens: int
    less_important: bool


def fit_map(bodies: Mapping[str, str], tokens: Mapping[str, int], budget: int) -> dict[str, str]:
    """The map texts, shortened until the combined map takes about `budget` tokens.

    No file is left out: what does not fit with bare headings is over the budget still.
    """
    files = [
        _File(path, text, _cost(path, text, tokens), is_less_important(path))
        for path, text in bodies.items()
    ]
    # The largest first; the path makes the order the same each time.
    files.sort(key=lambda file: (-file.tokens, file.path))
    total = sum(file.tokens for file in files)
    for less_important, depth in STEPS:
        for file in files:
            if total <= budget:
                break
            if less_important and not file.less_important:
                continue
            shorter = trimmed(file.text, depth)
            if shorter != file.text:
                cost = _cost(file.path, shorter, tokens)
                total += cost - file.tokens
                file.text, file.tokens = shorter, cost
    return {file.path: file.text for file in files}


def trimmed(text: str, depth: int) -> str:
    """A map text without the definitions that are nested deeper; `depth` 0 keeps the top level."""
    if depth < 0:
        return ""
    kept = []
    keep = True
    for line in text.splitlines(keepends=True):
        nested = _NESTED.match(line)
        if nested or not line.startswith(" "):
            # Any other line continues the definition before it.
            keep = nested is None or len(nested.group(1)) <= 2 * depth
        if keep:
            kept.append(line)
    return "".join(kept)


def is_less_important(path: str) -> bool:
    """Whether a file looks like a test, an example, or somebody else's or a machine's work."""
    return _LESS_IMPORTANT.search(path) is not None


def _cost(path: str, text: str, tokens: Mapping[str, int]) -> int:
    return count_tokens(combined_map({path: text}, tokens))
