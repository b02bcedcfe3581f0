"""The gate for texts that a model wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from execution.logic.edits.aligned import build_problem
from execution.logic.edits.alignment.align import Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import group_hunks
from execution.logic.edits.alignment.results import result_literals
from execution.logic.edits.checks.gate import text_reasons
from execution.logic.edits.formats.blocks import snippet_blocks
from execution.logic.edits.formats.dialects import Block
from execution.logic.edits.model.exchanges import Exchange, in_order_of
from execution.logic.edits.model.explain import reading_of
from execution.logic.edits.place import place_edit
from execution.logic.edits.placement import Edit, Placement, edit_of, judged
from execution.logic.edits.readings.soundness import declared, left_out_doubts
from execution.logic.edits.text.description import Description
from execution.logic.edits.text.lines import like_original, split_text
from execution.logic.edits.text.reindent import reindented
from execution.logic.edits.text.similarity import is_extended
from execution.logic.edits.text.storage import changed_spans

# What a model may settle by looking at the whole; the rest it may not talk us into.
_LOSSES = {"unmarked_removal": "lines_lost", "unclear_extent": "lines_lost"}


def check_candidate(
    *, original: str, snippet: str, description: str, path: str, candidate: str
) -> Placement:
    """Judge a text that a model proposes as the result of an edit.

    The text of the placement has the line ends, the BOM and the final newline of the original.
    """
    edit = edit_of(original=original, snippet=snippet, description=description, path=path)
    if isinstance(edit, Placement):
        same = edit.status == "accepted" and edit.text == candidate
        return edit if same else Placement("refused", candidate, edit.reasons or ("not_the_edit",))
    if "\0" in candidate:
        return Placement("refused", candidate, ("binary",))
    written, candidate = candidate, like_original(edit.text, candidate)
    placed = place_edit(original=original, snippet=snippet, description=description, path=path)
    if placed.status == "accepted":
        if placed.text in (candidate, written):
            return placed
        return Placement("refused", candidate, ("not_the_edit",))
    if candidate == original:
        return Placement("refused", candidate, ("nothing_changed",))
    blocks = snippet_blocks(edit.written, edit.text.lines, edit.path)
    if blocks is not None:
        return _check_blocks(edit, blocks, candidate)
    return _check_reading(edit, candidate)


def _check_reading(edit: Edit, candidate: str) -> Placement:
    """Judge a text by a reading of the snippet that yields it."""
    return (
        _by_reading(edit, candidate)
        or _as_added(edit, candidate)
        or _in_order(edit, candidate)
        or Placement("refused", candidate, ("not_the_edit",))
    )


def _as_added(edit: Edit, candidate: str) -> Placement | None:
    """The explanation speaks of added code only, and a line comes back in a changed form."""
    if not edit.description.pure_insert:
        return None
    return _by_reading(replace(edit, description=Description((), ())), candidate, added=True)


def _in_order(edit: Edit, candidate: str) -> Placement | None:
    """The update has imports in another order than the text."""
    ordered = in_order_of(split_text(candidate).lines, edit.lines, edit.path)
    return _by_reading(replace(edit, lines=tuple(ordered)), candidate) if ordered else None


def _by_reading(edit: Edit, candidate: str, *, added: bool = False) -> Placement | None:
    """``added``: the explanation speaks of added code only, so no line may go.

    One may still come back in a visibly changed form, such as a last line that gets a comma.
    """
    lines = split_text(candidate).lines
    drifted = reindented(edit.lines, edit.text.lines, edit.path)
    exchange = Exchange.between(edit.text.lines, lines, edit.path)
    for variant in [edit.lines, *(other.lines for other in drifted)]:
        problem = build_problem(edit, variant)
        steps = reading_of(problem, lines)
        if steps is None:
            continue
        reasons = [*_loss_doubts(problem, steps, edit.description, exchange)]
        if added and _loses_lines(problem, steps, exchange.grown()):
            reasons.append("original_lost")
        if exchange.doubles():
            reasons.append("import_doubled")
        reasons += text_reasons(
            original=edit.original,
            candidate=candidate,
            literals=result_literals(problem, steps),
            description=edit.description,
            path=edit.path,
        )
        return judged(candidate, reasons)
    return None


def _loses_lines(problem: Problem, steps: Sequence[Step], grown: set[int]) -> bool:
    """A line is gone, or comes back as more than itself with an end of its own."""
    blank, lines = problem.original.blank, problem.original.lines
    return any(
        step.op is not Op.CHANGE
        or (
            step.how != "separator"
            and not is_extended(lines[step.line], problem.tokens[step.token].text)
        )
        for step in steps
        if step.op in (Op.SKIP, Op.REMOVE, Op.CHANGE)
        if not blank[step.line] and step.line not in grown
    )


def _loss_doubts(
    problem: Problem, steps: Sequence[Step], description: Description, exchange: Exchange
) -> Iterator[str]:
    hunks = group_hunks(problem, steps)
    losing = sum(bool(hunk.lines(problem, Op.SKIP, Op.CHANGE)) for hunk in hunks)
    only_replaces = description.types == {"replace"} and losing <= len(description.changes)
    replaced = exchange.replaced(problem.snippet.lines, by_source=only_replaces)
    for hunk in hunks:
        skipped = hunk.lines(problem, Op.SKIP)
        if declared(skipped, description, 0) or replaced.issuperset(skipped):
            continue
        for doubt in left_out_doubts(problem, hunk, description):
            if doubt in _LOSSES:
                yield _LOSSES[doubt]
    if not any(step.op is Op.MATCH for step in steps):
        yield "no_anchor"


def _check_blocks(edit: Edit, blocks: Sequence[Block], candidate: str) -> Placement:
    """Only lines of the blocks may go and come, and all new ones must be there."""
    lines = split_text(candidate).lines
    gone: Counter[str] = Counter()
    come: Counter[str] = Counter()
    for span in changed_spans(edit.text.lines, lines):
        gone.update(line.strip() for line in edit.text.lines[span.start : span.end])
        come.update(line.strip() for line in lines[span.new_start : span.new_end])
    del gone[""], come[""]
    old = Counter(line.strip() for block in blocks for line in block.old)
    new = Counter(line.strip() for block in blocks for line in block.new)
    reasons: list[str] = []
    if gone - old:
        reasons.append("lines_lost")
    if come - new:
        reasons.append("not_the_edit")
    reasons += text_reasons(
        original=edit.original,
        candidate=candidate,
        literals=[line for block in blocks for line in block.new],
        description=Description((), ()),
        path=edit.path,
    )
    return judged(candidate, reasons)
