"""Is a reading the only sensible one? Checks on how the snippet was aligned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from execution.logic.edits.alignment.align import Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import Hunk, group_hunks, is_covered
from execution.logic.edits.doubts.anchors import (
    adjacent_markers,
    empty_reference,
    implied_beside_new,
    is_anchor,
    sandwiched,
    unused_anchor,
    weak_removal,
)
from execution.logic.edits.doubts.gaps import gap_doubt
from execution.logic.edits.doubts.leftovers import (
    leaves_one_over,
    loses_head,
    loses_used_name,
)
from execution.logic.edits.doubts.owners import changes_owner
from execution.logic.edits.doubts.ranges import gap_kept_in_range, hidden_in_range, range_doubts
from execution.logic.edits.doubts.repeats import (
    has_old_form_below,
    has_old_form_elsewhere,
    moved_beside,
    repeats_beside,
    repeats_hidden,
    repeats_kept,
    shows_removed,
)
from execution.logic.edits.doubts.unfinished import open_block, open_comment, open_header
from execution.logic.edits.readings.agreement import Agreement, agreement, deleted_lines
from execution.logic.edits.readings.elsewhere import fits_elsewhere
from execution.logic.edits.readings.reading import Reading
from execution.logic.edits.readings.soundness import ends_block, structural_doubts
from execution.logic.edits.readings.torn import closes_another
from execution.logic.edits.text.description import Description
from execution.logic.edits.text.markers import Kind

SIMILAR_ENOUGH = 0.75


def doubts(problem: Problem, reading: Reading, description: Description) -> list[str]:
    """Reasons not to trust the reading, most serious first, without repetitions."""
    return list(dict.fromkeys(_doubts(problem, reading, description)))


def _doubts(problem: Problem, reading: Reading, description: Description) -> Iterator[str]:
    if reading.rivals or reading.crowded or fits_elsewhere(problem, reading.steps):
        yield "ambiguous_location"
    if reading.ambiguous_blanks:
        yield "ambiguous_blank_lines"
    if not any(is_anchor(problem, step) for step in reading.steps):
        yield "no_anchor"
    if adjacent_markers(problem):
        yield "adjacent_markers"
    hunks = group_hunks(problem, reading.steps)
    agreed = agreement(problem, reading.steps, hunks, description)
    yield from structural_doubts(problem, reading.steps, hunks, description)
    if any(_drifted(problem, hunk) for hunk in hunks):
        yield "indentation_differs"
    if agreed.mismatch:
        yield "kind_mismatch"
    for number, hunk in enumerate(hunks):
        if not agreed.confirms(number):
            yield from hunk_doubts(problem, reading.steps, hunk, agreed)
        elif number not in agreed.exact and leaves_one_over(problem, hunk):
            yield "lines_dropped"
        if number not in agreed.exact and loses_used_name(problem, reading.steps, hunk):
            yield "definition_lost"
        if number not in agreed.exact and loses_head(problem, reading.steps, hunk):
            yield "block_mismatch"
    yield from range_doubts(problem, hunks, description)
    if hidden_in_range(problem, reading.steps, description):
        yield "range_mismatch"
    if empty_reference(problem, reading.steps):
        yield "empty_reference"
    if unused_anchor(problem, reading.steps):
        yield "unused_anchor"
    if implied_beside_new(problem, reading.steps):
        yield "no_anchor"
    if open_header(problem, reading.steps) or any(open_comment(problem, hunk) for hunk in hunks):
        yield "open_header"
    if any(
        repeats_beside(problem, reading.steps, hunk)
        or repeats_hidden(problem, reading.steps, hunk)
        or (number not in agreed.exact and repeats_kept(problem, reading.steps, hunk))
        or (number not in agreed.exact and shows_removed(problem, hunk))
        for number, hunk in enumerate(hunks)
    ):
        yield "unused_anchor"
    if blocks_differ(problem, reading.steps, hunks):
        yield "block_mismatch"
    settled = agreed.paired and agreed.confirms_all(hunks)
    if not settled and any(weak_removal(problem, hunk) for hunk in hunks):
        yield "weak_anchor"
    if gap_doubt(problem, reading.steps, hunks) or gap_kept_in_range(
        problem, reading.steps, description
    ):
        yield "ambiguous_blank_lines"
    if not settled and sandwiched(problem, reading.steps, description):
        yield "weak_anchor"
    if not agreed.paired and _nothing_replaced(problem, hunks, description):
        yield "nothing_replaced"


def blocks_differ(problem: Problem, steps: Sequence[Step], hunks: Sequence[Hunk]) -> bool:
    """An old line would get into a new block, or a new block has no end."""
    return (
        closes_another(problem, steps)
        or changes_owner(problem, steps, hunks)
        or any(open_block(problem, hunk) for hunk in hunks)
    )


def _nothing_replaced(problem: Problem, hunks: Sequence[Hunk], description: Description) -> bool:
    """More places only gain code than the explanation adds to: a reference may hide old code."""
    kinds = [change.type for change in description.changes]
    wanted = sum(kind in ("replace", "remove") for kind in kinds)
    if not wanted:
        return False
    if not any(deleted_lines(problem, hunk) for hunk in hunks):
        return True
    removals = sum(token.kind is Kind.REMOVAL for token in problem.tokens)
    if kinds.count("remove") > removals and not description.ranges:
        return True
    gains = sum(not deleted_lines(problem, hunk) and hunk.is_loose() for hunk in hunks)
    changed = sum(bool(deleted_lines(problem, hunk)) for hunk in hunks)
    return gains > len(kinds) - wanted or (gains > 0 and changed < wanted)


def hunk_doubts(
    problem: Problem, steps: Sequence[Step], hunk: Hunk, agreed: Agreement
) -> Iterator[str]:
    """Reasons not to trust one place of change."""
    inserted = hunk.inserted(problem)
    if deleted_lines(problem, hunk) and (
        has_old_form_below(problem, steps, hunk) or has_old_form_elsewhere(problem, steps, hunk)
    ):
        yield "similar_line"
    if deleted_lines(problem, hunk) and moved_beside(problem, steps, hunk):
        yield "unused_anchor"
    between = is_covered(hunk.above) and is_covered(hunk.below)
    changed = [step for step in hunk.steps if step.op is Op.CHANGE]
    if between and inserted and not changed and not held_by_depth(problem, hunk):
        yield "no_anchor"
    if inserted and _drops_lines(problem, hunk, agreed):
        yield "lines_dropped"
    if changed and (
        is_covered(hunk.over) or (is_covered(hunk.under) and not ends_block(problem, hunk))
    ):
        for step in changed:
            if not _trusted_change(problem, hunk, step, agreed):
                yield "similar_line"


def _drifted(problem: Problem, hunk: Hunk) -> bool:
    """Old lines come back with other white space: the snippet's, not the file's."""
    fresh = [problem.tokens[number].text for number in hunk.inserted(problem)]
    if any(text != text.rstrip() and text.rstrip() in problem.by_text for text in fresh):
        return True
    return any(
        {problem.original.lines[step.line][:1], problem.tokens[step.token].text[:1]} == {" ", "\t"}
        for step in hunk.steps
        if step.op is Op.CHANGE
    )


def _drops_lines(problem: Problem, hunk: Hunk, agreed: Agreement) -> bool:
    """An old line has no new form, and nothing says that just one was to be replaced here.

    It may be a line that was forgotten.
    """
    if problem.pure_insert or not hunk.lines(problem, Op.SKIP):
        return False
    return len(deleted_lines(problem, hunk)) > 1 or not agreed.paired


def held_by_depth(problem: Problem, hunk: Hunk) -> bool:
    """New code between two references stands firm where a block of the file ends."""
    original = problem.original
    first = problem.tokens[hunk.inserted(problem)[0]]
    last = problem.tokens[hunk.inserted(problem)[-1]]
    assert hunk.above is not None
    assert hunk.below is not None
    over, under = problem.tokens[hunk.above.token], problem.tokens[hunk.below.token]
    below = original.indent[hunk.below.line]
    above = original.indent[hunk.above.line]
    if over.kind is Kind.REFERENCE and over.indent > first.indent:
        return above >= over.indent and below < over.indent
    return last.indent > under.start_indent >= below and above >= last.indent


def _trusted_change(problem: Problem, hunk: Hunk, step: Step, agreed: Agreement) -> bool:
    """A changed line beside a reference: its likeness says that the old one must go.

    The explanation has to speak of replaced code at just this place, and each old line needs a
    new form.
    """
    if step.how in ("separator", "name"):
        return True
    if not agreed.paired or hunk.lines(problem, Op.SKIP):
        return False
    token = problem.tokens[step.token]
    line = problem.original.lines[step.line]
    return problem.similarity.ratio(token.text, line) >= SIMILAR_ENOUGH
