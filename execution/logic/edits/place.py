"""Where a snippet goes in a file: the order in which the ways of placing it are tried."""

from __future__ import annotations

from collections.abc import Sequence

from execution.logic.edits.aligned import by_alignment, strays
from execution.logic.edits.checks.gate import indentation_differs, indents_alike, text_reasons
from execution.logic.edits.formats.blocks import direct_edit
from execution.logic.edits.formats.rewrites import (
    is_whole_rewrite,
    loses_context,
    only_adds,
    with_gap_above,
)
from execution.logic.edits.placement import Edit, Placement, edit_of, judged
from execution.logic.edits.text.description import Description
from execution.logic.edits.text.lines import join_lines, like_original
from execution.logic.edits.text.markers import marker_kind


def place_edit(*, original: str, snippet: str, description: str, path: str) -> Placement:
    """Place a snippet into a file. Never raises; accepts only what is certain."""
    edit = edit_of(original=original, snippet=snippet, description=description, path=path)
    if isinstance(edit, Placement):
        return edit
    return _by_format(edit) or _by_shape(edit) or by_alignment(edit)


def _by_format(edit: Edit) -> Placement | None:
    """Search/replace blocks and diffs say themselves where they go."""
    direct = direct_edit(edit.written, edit.text.lines, edit.path)
    if direct is None:
        return None
    if direct.lines is None:
        return Placement("refused", None, (direct.problem,))
    candidate = join_lines(
        edit.text, [line for line, _ in direct.lines], [origin for _, origin in direct.lines]
    )
    reasons = text_reasons(
        original=edit.original,
        candidate=candidate,
        literals=(),
        description=Description((), ()),
        path=edit.path,
    )
    return judged(candidate, [*direct.doubts, *reasons])


def _by_shape(edit: Edit) -> Placement | None:
    """Overwrites, and snippets without markers that hold the whole file."""
    markers = [line for line in edit.lines if marker_kind(line, edit.path) is not None]
    known = set(edit.text.lines)
    if edit.description.overwrite:
        # Marker-like lines of an overwrite are content if the file has them already.
        whole = all(line in known for line in markers) and _rewrites_markers(edit, markers)
    elif [line for line in markers if line not in known]:
        return None
    else:
        whole = only_adds(edit.text.lines, edit.lines) or (
            not markers
            and not edit.description.pure_insert
            and is_whole_rewrite(edit.text.lines, edit.lines, edit.path)
        )
    if not whole:
        return None
    lines = edit.lines
    if not edit.description.overwrite:
        lines = with_gap_above(edit.text.lines, lines)
    candidate = like_original(edit.text, "\n".join(lines) + "\n")
    reasons = text_reasons(
        original=edit.original,
        candidate=candidate,
        literals=(),
        description=Description((), ()),
        path=edit.path,
        whole=True,
    )
    if not edit.description.overwrite and _drifts(edit, lines):
        reasons.append("indentation_differs")
    if not edit.description.overwrite and strays(edit, candidate):
        reasons.append("outside_range")
    if loses_context(edit.text.lines, lines, edit.description):
        reasons.append("context_lost")
    return judged(candidate, reasons)


def _drifts(edit: Edit, lines: Sequence[str]) -> bool:
    """None of the lines is indented as any of the file is."""
    known = edit.text.lines
    return indentation_differs(known, lines, edit.path) and not indents_alike(lines, known)


def _rewrites_markers(edit: Edit, markers: Sequence[str]) -> bool:
    """With marker-like lines an overwrite must still hold most of the file to be one."""
    if not markers:
        return True
    kept = set(edit.lines)
    solid = [line for line in edit.text.lines if line.strip()]
    return sum(line in kept for line in solid) * 2 >= len(solid)
