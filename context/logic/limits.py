"""What a load or an update may bring: sizes, counts and tokens.

The CLI is built with the same sizes and checks them before it sends; these are the second line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from context.logic.file_maps import MAP_LIMITS
from context.logic.items import ContextItem, ContextType

MAX_CONTEXTS = 1000
MAX_BODY_BYTES = 26_214_400
MAX_TOTAL_BYTES = 1_073_741_824


class OverLimit(Exception):
    """A size or a count is over its limit; the text says which and by how much."""


@dataclass(frozen=True, slots=True)
class TokenLimits:
    """What the plan's models and its config allow. `auto_context`: the plan picks from its maps
    what a prompt needs, so maps count against the architect's model and not the planner's."""

    planner: int
    architect: int
    auto_context: bool


@dataclass(frozen=True, slots=True)
class Overflow:
    """A token limit that would be exceeded."""

    tokens_added: int
    total_tokens: int
    max_tokens: int


def check_request(bodies: Sequence[tuple[str, int, Mapping[str, str]]]) -> None:
    """Checks each loaded (name, body size, map texts) of one request, in order."""
    for name, body_size, map_bodies in bodies:
        check_map(map_bodies)
        if len(bodies) > MAX_CONTEXTS:
            raise OverLimit(
                f"Too many contexts to load (found {len(bodies)}, limit is {MAX_CONTEXTS})"
            )
        if body_size > MAX_BODY_BYTES:
            raise OverLimit(
                f"Context {name} exceeds size limit (size {body_size / 1024 / 1024:.2f} MB, "
                f"limit {MAX_BODY_BYTES // 1024 // 1024} MB)"
            )


def check_map(bodies: Mapping[str, str]) -> None:
    """Checks the texts of one map, or of one update of a map."""
    if len(bodies) > MAP_LIMITS.max_paths:
        raise OverLimit(
            f"Too many map files to load (found {len(bodies)}, limit is {MAP_LIMITS.max_paths})"
        )
    total = 0
    for path, text in bodies.items():
        size = byte_size(text)
        total += size
        if size > MAP_LIMITS.max_input_bytes:
            raise OverLimit(
                f"Map file {path} exceeds size limit (size {size}, "
                f"limit {MAP_LIMITS.max_input_bytes})"
            )
    if total > MAP_LIMITS.max_combined_bytes:
        raise OverLimit(
            f"Map exceeds size limit (size {total}, limit {MAP_LIMITS.max_combined_bytes})"
        )


def check_plan(items: Sequence[ContextItem]) -> None:
    """Checks all the contexts that a plan would hold."""
    if len(items) > MAX_CONTEXTS:
        raise OverLimit(f"too many contexts: {len(items)}")
    total = 0
    for item in items:
        total += item.body_size
        check_body(item.body_size)
    if total > MAX_TOTAL_BYTES:
        raise OverLimit(f"total context size is too large: {total}")


def check_body(size: int) -> None:
    """Checks the size of one body."""
    if size > MAX_BODY_BYTES:
        raise OverLimit(f"context body is too large: {size}")


def token_overflow(
    *,
    before: Iterable[ContextItem],
    after: Iterable[ContextItem],
    branch_tokens: int,
    limits: TokenLimits,
) -> Overflow | None:
    """The first token limit that a change from `before` to `after` would exceed, if any.

    A change that does not add to what a limit counts is never refused, also when a smaller model
    was chosen since. Auto-loaded items have no limit while `auto_context` is on: the planning
    stage takes of them what fits.
    """
    old, new = list(before), list(after)
    if not limits.auto_context:
        added = _tokens(new) - _tokens(old)
        return _overflow(added, branch_tokens + added, limits.planner, added)
    maps_added = _tokens(new, maps=True) - _tokens(old, maps=True)
    own_added = _tokens(new, maps=False) - _tokens(old, maps=False)
    return _overflow(
        _tokens(new) - _tokens(old), _tokens(new, maps=True), limits.architect, maps_added
    ) or _overflow(own_added, _tokens(new, maps=False), limits.planner, own_added)


def byte_size(text: str) -> int:
    """The length as UTF-8, without an encoded copy where the text is plain ASCII."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def _overflow(added: int, total: int, limit: int, growth: int) -> Overflow | None:
    if growth > 0 and total > limit:
        return Overflow(tokens_added=added, total_tokens=total, max_tokens=limit)
    return None


def _tokens(items: Iterable[ContextItem], *, maps: bool | None = None) -> int:
    """The tokens of all items, of the maps alone, or of what the user loaded besides maps."""

    def counts(item: ContextItem) -> bool:
        if maps is None:
            return True
        is_map = item.context_type is ContextType.MAP
        return is_map if maps else not is_map and not item.auto_loaded

    return sum(item.num_tokens for item in items if counts(item))
