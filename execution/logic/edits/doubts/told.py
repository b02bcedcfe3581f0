"""Is a reading in which just the declared lines go the only sensible one?"""

from __future__ import annotations

from collections.abc import Iterator

from execution.logic.edits.alignment.align import Op
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import Hunk, group_hunks, is_covered
from execution.logic.edits.doubts.anchors import empty_reference, implied_beside_new, unused_anchor
from execution.logic.edits.doubts.certainty import blocks_differ, held_by_depth
from execution.logic.edits.doubts.gained import all_gained, gains_fit
from execution.logic.edits.doubts.gaps import gap_doubt
from execution.logic.edits.doubts.leftovers import (
    leaves_out_one,
    loses_head,
    loses_used_name,
    name_lost,
)
from execution.logic.edits.doubts.owners import changes_owner
from execution.logic.edits.doubts.ranges import gap_kept_in_range
from execution.logic.edits.doubts.repeats import (
    has_old_form_below,
    known_beside,
    moved_beside,
    repeats_beside,
    repeats_hidden,
)
from execution.logic.edits.doubts.unfinished import open_comment
from execution.logic.edits.readings.agreement import agreement, deleted_lines
from execution.logic.edits.readings.reading import Reading
from execution.logic.edits.readings.soundness import declared, structural_doubts
from execution.logic.edits.readings.torn import closes_another, unbalanced
from execution.logic.edits.text.description import Description


def declared_doubts(problem: Problem, reading: Reading, description: Description) -> list[str]:
    """Reasons not to trust a reading in which just the declared lines go."""
    return list(dict.fromkeys(_declared_doubts(problem, reading, description)))


def _declared_doubts(problem: Problem, reading: Reading, description: Description) -> Iterator[str]:
    assert problem.fate is not None
    steps = reading.steps
    if reading.rivals or reading.crowded:
        yield "ambiguous_location"
    if reading.ambiguous_blanks:
        yield "ambiguous_blank_lines"
    hunks = group_hunks(problem, steps)
    for hunk in hunks:
        between = is_covered(hunk.above) and is_covered(hunk.below)
        if between and hunk.inserted(problem) and not held_by_depth(problem, hunk):
            yield "no_anchor"
    if gap_doubt(problem, steps, hunks) or gap_kept_in_range(problem, steps, description):
        yield "ambiguous_blank_lines"
    if any(
        known_beside(problem, steps, hunk)
        or repeats_beside(problem, steps, hunk)
        or repeats_hidden(problem, steps, hunk)
        for hunk in hunks
    ):
        yield "unused_anchor"
    if any(open_comment(problem, hunk) for hunk in hunks):
        yield "open_header"
    if empty_reference(problem, steps):
        yield "empty_reference"
    quoted = [
        hunk
        for hunk in hunks
        if not declared(hunk.lines(problem, Op.SKIP, Op.REMOVE), description, 0)
    ]
    if unbalanced(problem, steps, quoted):
        yield "block_mismatch"
    if any(name_lost(problem, hunk) or leaves_out_one(problem, hunk) for hunk in quoted):
        yield "lines_dropped"
    if any(loses_used_name(problem, steps, hunk) for hunk in quoted):
        yield "definition_lost"
    if any(
        has_old_form_below(problem, steps, hunk) for hunk in quoted if deleted_lines(problem, hunk)
    ):
        yield "similar_line"
    if any(moved_beside(problem, steps, hunk) for hunk in quoted if deleted_lines(problem, hunk)):
        yield "unused_anchor"
    if (
        changes_owner(problem, steps, hunks)
        or closes_another(problem, steps)
        or any(loses_head(problem, steps, hunk) for hunk in quoted)
    ):
        yield "block_mismatch"
    if not all_gained(problem, steps):
        yield "nothing_replaced"
    if any(_replaced_by_itself(problem, hunk) for hunk in hunks):
        yield "range_mismatch"
    if problem.fate.places is not None:
        return
    if not (
        agreement(problem, steps, hunks, description).paired
        or gains_fit(problem, steps, description)
    ):
        yield "nothing_replaced"
    if unused_anchor(problem, steps):
        yield "unused_anchor"
    if implied_beside_new(problem, steps):
        yield "no_anchor"
    if problem.fate.goes and problem.fate.unsaid <= 1:
        return  # a single place of which nothing is said is found by exclusion
    yield from structural_doubts(problem, steps, hunks, description)
    if blocks_differ(problem, reading.steps, hunks):
        yield "block_mismatch"


def _replaced_by_itself(problem: Problem, hunk: Hunk) -> bool:
    """New code begins or ends with the very line that goes there: the range is some lines off."""
    gone = [problem.original.lines[line] for line in hunk.lines(problem, Op.SKIP)]
    fresh = [problem.tokens[number].text for number in hunk.inserted(problem)]
    return bool(gone and fresh) and (gone[0] == fresh[0] or gone[-1] == fresh[-1])
