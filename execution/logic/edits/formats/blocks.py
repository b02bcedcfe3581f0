"""Edits that say themselves what they replace: search/replace blocks, diffs and patches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from execution.logic.edits.formats.dialects import Block, has_blocks, parse_search_replace
from execution.logic.edits.formats.diffs import is_diff, parse_diff
from execution.logic.edits.formats.finding import Found, Lines, places_of

Line = tuple[str, int]
MAX_COMPARED = 250_000  # pairs of lines of one block


@dataclass(frozen=True, slots=True)
class DirectEdit:
    """The new lines, or why there are none; and what makes them uncertain."""

    lines: tuple[Line, ...] | None
    problem: str = ""
    doubts: tuple[str, ...] = ()


def direct_edit(snippet: Sequence[str], original: Sequence[str], path: str) -> DirectEdit | None:
    """Apply the snippet if it is made of search/replace blocks or is a diff, else None."""
    blocks = snippet_blocks(snippet, original, path)
    if blocks is None:
        return None
    if not blocks:
        return DirectEdit(None, "unreadable_blocks")
    return apply_blocks(blocks, original, ordered=not has_blocks(snippet, original))


def snippet_blocks(
    snippet: Sequence[str], original: Sequence[str], path: str
) -> list[Block] | None:
    """The blocks of such a snippet, none if they cannot be read; None for ordinary snippets."""
    if has_blocks(snippet, original):
        return parse_search_replace(snippet, original, path) or []
    return (parse_diff(snippet, original) or []) if is_diff(snippet, original) else None


def apply_blocks(
    blocks: Sequence[Block], original: Sequence[str], *, ordered: bool = False
) -> DirectEdit:
    """Replace each block where its old lines stand; they must stand in one place only.

    The hunks of a diff are ``ordered``: each stands below the one before it.
    """
    lines = Lines(tuple(original))
    places: list[list[Found]] = []
    for block in blocks:
        if not any(line.strip() for line in block.old):
            return DirectEdit(None, "no_anchor")
        found = places_of(block, lines)
        if not found:
            return DirectEdit(None, "block_not_found")
        places.append(found)
    chosen = _in_order(places) if ordered else [found[0] for found in places if len(found) == 1]
    if chosen is None or len(chosen) < len(places):
        return DirectEdit(None, "ambiguous_location")
    doubts = ("context_differs",) if any(found.fuzzy for found in chosen) else ()
    written = _written(sorted(chosen, key=lambda found: found.at), original)
    if written is None:
        return DirectEdit(None, "overlapping_blocks")
    return DirectEdit(tuple(written), doubts=doubts)


def _written(chosen: Sequence[Found], original: Sequence[str]) -> list[Line] | None:
    """The file with all blocks replaced; None if two of them concern the same lines."""
    result: list[Line] = []
    position = 0
    for found in chosen:
        if found.at < position:
            return None
        result.extend((original[n], n) for n in range(position, found.at))
        result.extend(_merged(found, original))
        position = found.at + len(found.old)
    result.extend((original[n], n) for n in range(position, len(original)))
    return result


def _in_order(places: Sequence[Sequence[Found]]) -> list[Found] | None:
    """The only choice of one place each that goes down the file; None if there are several.

    Each hunk as early as possible and each as late as possible must come to the same places.
    """
    first, last = _greedy(places), _greedy([list(reversed(found)) for found in places], -1)
    return first if first is not None and first == last else None


def _greedy(places: Sequence[Sequence[Found]], direction: int = 1) -> list[Found] | None:
    chosen: list[Found] = []
    for found in places if direction > 0 else list(reversed(places)):
        for place in found:
            after = not chosen or (place.at - chosen[-1].at) * direction > 0
            if after and not (chosen and _overlap(place, chosen[-1])):
                chosen.append(place)
                break
        else:
            return None
    return chosen if direction > 0 else chosen[::-1]


def _overlap(one: Found, other: Found) -> bool:
    return one.at < other.at + len(other.old) and other.at < one.at + len(one.old)


def _merged(found: Found, original: Sequence[str]) -> Iterator[Line]:
    """New lines of a block; those it repeats from the file keep the file's bytes."""
    old, new, at = found.old, found.new, found.at
    if len(old) * len(new) > MAX_COMPARED:
        yield from ((line, -1) for line in new)
        return
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from ((original[n], n) for n in range(at + i1, at + i2))
        else:
            yield from ((line, -1) for line in new[j1:j2])
