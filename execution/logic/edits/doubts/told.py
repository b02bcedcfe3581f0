"""Is a reading in which just the declared lines go the only sensible one?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from execution.logic.edits.alignment.align import WRITTEN, Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import Hunk, group_hunks, is_covered
from execution.logic.edits.doubts.anchors import empty_reference, implied_beside_new, unused_anchor
from execution.logic.edits.doubts.certainty import blocks_differ, held_by_depth
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
from execution.logic.edits.text.description import GAINING, Description
from execution.logic.edits.text.markers import Kind


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
    if not _all_gained(problem, steps):
        yield "nothing_replaced"
    if problem.fate.places is not None:
        return
    if not (
        agreement(problem, steps, hunks, description).paired
        or _gains(problem, steps, hunks) == _said_gains(description)
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


def _said_gains(description: Description) -> list[bool]:
    return _parts([change.type in GAINING for change in description.changes])


def _gains(problem: Problem, steps: Sequence[Step], hunks: Sequence[Hunk]) -> list[bool]:
    """Whether each place only gains code; the end of the place above is none of its own."""
    return _parts(
        [
            gain
            for at, hunk in enumerate(hunks)
            if not (gain := not deleted_lines(problem, hunk))
            or not (at and _goes_on(problem, steps, hunks[at - 1], hunk))
        ]
    )


def _parts(gains: Sequence[bool]) -> list[bool]:
    """What is replaced may be shown in several places."""
    return [gain for at, gain in enumerate(gains) if gain or not at or gains[at - 1]]


def _goes_on(problem: Problem, steps: Sequence[Step], upper: Hunk, lower: Hunk) -> bool:
    """The new code ends as the shown lines above it do, up to the place before: it may begin there.

    The text is the same wherever between the two the old lines are taken to stand.
    """
    first, last = steps.index(upper.steps[-1]), steps.index(lower.steps[-1])
    written = [step for step in steps[first + 1 : last + 1] if step.op in WRITTEN]
    kept = [step for step in written if step.op is not Op.INSERT]
    fresh = written[len(kept) :]
    if not kept or len(fresh) < len(kept) or any(step.op is not Op.MATCH for step in kept):
        return False
    texts = [problem.original.lines[step.line] for step in kept]
    return texts == [problem.tokens[step.token].text for step in fresh[-len(kept) :]]


def _all_gained(problem: Problem, steps: Sequence[Step]) -> bool:
    """Each place of an addition has new code, and so has each part that is replaced."""
    assert problem.fate is not None
    fresh = {
        step.line
        for step in steps
        if step.op is Op.INSERT and problem.tokens[step.token].kind is Kind.LITERAL
    }
    return all(places & fresh for places in (*problem.fate.additions, *problem.fate.replaced))
