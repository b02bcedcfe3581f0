"""Sizes that decide whether and how much of a text is mapped."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MapLimits:
    """The CLI is built with the same numbers, except where a comment says otherwise."""

    max_paths: int = 3000
    max_input_bytes: int = 512_000
    max_total_bytes: int = 262_144_000
    max_combined_bytes: int = 26_214_400
    # Ours: generated or minified text tells a model nothing and costs the most to parse.
    max_line_bytes: int = 50_000
    minified_from_bytes: int = 20_000
    minified_mean_line: int = 500
    # Ours: a text with a NUL this early is binary.
    sniffed_chars: int = 8_000


MAP_LIMITS = MapLimits()


def fit_inputs(inputs: dict[str, str]) -> dict[str, str]:
    """Cut every over-long text; the others are returned as they are."""
    return {path: truncate_input(text) for path, text in inputs.items()}


def truncate_input(text: str) -> str:
    """Cut a text at the last line end that leaves it within the size limit.

    The CLI cuts bytes, and bytes that are not UTF-8 grow threefold on the way here,
    so a text over the limit is normal and must not be refused.
    """
    limit = MAP_LIMITS.max_input_bytes
    if len(text) * 4 <= limit:
        return text
    data = text.encode("utf-8", "replace")
    if len(data) <= limit:
        return text
    end = data.rfind(b"\n", 0, limit) + 1
    return data[: end or limit].decode("utf-8", "ignore")


def is_binary(text: str) -> bool:
    """Tell whether the text starts like a binary file."""
    return "\0" in text[: MAP_LIMITS.sniffed_chars]


def is_minified(data: bytes) -> bool:
    """Tell whether the text is one machine-made block of very long lines."""
    size = len(data)
    if size < MAP_LIMITS.minified_from_bytes:
        return False
    if size > MAP_LIMITS.minified_mean_line * (data.count(b"\n") + 1):
        return True
    if size <= MAP_LIMITS.max_line_bytes:
        return False
    return max(map(len, data.split(b"\n"))) > MAP_LIMITS.max_line_bytes
