"""Snippets with references: placed by what the lines say, or else by what is declared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from execution.logic.edits.alignment.align import Step
from execution.logic.edits.alignment.costs import Fate, Problem
from execution.logic.edits.alignment.results import result_literals, result_text
from execution.logic.edits.checks.gate import text_reasons
from execution.logic.edits.doubts.certainty import doubts
from execution.logic.edits.doubts.declared import fates, understood
from execution.logic.edits.doubts.forgotten import with_forgotten
from execution.logic.edits.doubts.newcomers import newcomers
from execution.logic.edits.doubts.told import declared_doubts
from execution.logic.edits.drift import blanks_taken, in_own_ends, variants_of
from execution.logic.edits.placement import Edit, Placement, judged
from execution.logic.edits.readings.reading import Contradicted, Reading, TooComplex, read_snippet
from execution.logic.edits.readings.soundness import declared
from execution.logic.edits.text.lines import split_text
from execution.logic.edits.text.markers import Kind, Token, marker_kind, tokenize
from execution.logic.edits.text.similarity import Kinship, Similarity
from execution.logic.edits.text.storage import changed_spans
from execution.logic.edits.text.structure import outline

MAX_CHECKED_RIVALS = 8
LOSSES = frozenset({"context_lost", "definition_lost", "block_mismatch", "lines_dropped"})
BREAKS = frozenset({"new_syntax_error", "unbalanced", "duplicate_definition", "original_lost"})


def by_alignment(edit: Edit) -> Placement:
    """Place the snippet as it is, or better in the file's indentation where it drifted."""
    best: Placement | None = None
    for variant in variants_of(edit):
        placed = _placed(edit, variant.lines)
        if placed.status == "accepted":
            if variant.sure:
                return placed
            placed = Placement("verify", placed.text, ("indentation_differs",))
        if best is None or _rank(placed) > _rank(best):
            best = placed
    assert best is not None
    return best


def _placed(edit: Edit, lines: tuple[str, ...]) -> Placement:
    """The reading of the lines alone, or else the one that the explanation declares."""
    problem = build_problem(edit, lines)
    placed = _read(edit, problem)
    if placed.status != "accepted":
        placed = _with_newcomers(edit, problem, placed)
    if placed.status == "accepted" and not strays(edit, placed.text):
        return placed
    one_place = "ambiguous_location" not in placed.reasons
    said = replace(edit, description=understood(edit.description, problem.original))
    looks = fates(said.description, problem.original, quotes_count=one_place)
    if "too_complex" in placed.reasons:
        told = _told(said, problem.anew(fate=looks[0]), alone=True) if looks else None
        return told if told is not None and told.status == "accepted" else placed
    for fate in looks:
        told = _as_declared(said, problem, fate)
        if told is None:
            continue
        if placed.status == "accepted" and told.text != placed.text:
            return Placement("verify", told.text, ("outside_range",))
        return told if told.status == "accepted" else placed
    return placed


def _with_newcomers(edit: Edit, problem: Problem, placed: Placement) -> Placement:
    """The reading in which new definitions are new code, unless it loses or tears more."""
    fresh = _newcomers(edit, problem)
    if not fresh:
        return placed
    added = _read(edit, problem.anew(fresh=fresh))
    return added if _soundness(added) > _soundness(placed) else placed


def _newcomers(edit: Edit, problem: Problem) -> frozenset[int]:
    lines, adds_only = edit.text.lines, problem.pure_insert
    return newcomers(problem.tokens, problem.snippet, lines, adds_only=adds_only)


def _soundness(placed: Placement) -> tuple[bool, bool, bool]:
    return (
        placed.status == "accepted",
        placed.status == "verify",
        not LOSSES.intersection(placed.reasons),
    )


def strays(edit: Edit, text: str | None) -> bool:
    """Lines went outside the declared ranges: another reading may keep to them."""
    if text is None or not edit.description.ranges:
        return False
    return any(
        not declared([line], edit.description, 0)
        for span in changed_spans(edit.text.lines, split_text(text).lines)
        for line in range(span.start, span.end)
        if edit.text.lines[line].strip()
    )


def _as_declared(edit: Edit, problem: Problem, fate: Fate) -> Placement | None:
    """The reading in which just the declared lines go; maybe with new definitions as new code."""
    told = _told(edit, problem.anew(fate=fate))
    if told is not None and told.status == "accepted":
        return told
    fresh = _newcomers(edit, problem)
    added = _told(edit, problem.anew(fate=fate, fresh=fresh)) if fresh else None
    if added is None or told is None:
        return added or told
    return added if _soundness(added) > _soundness(told) else told


def _told(edit: Edit, problem: Problem, *, alone: bool = False) -> Placement | None:
    try:
        reading = read_snippet(problem, edit.description, alone=alone)
    except (TooComplex, Contradicted):
        return None
    reading = _without_broken(edit, problem, reading)
    reasons = declared_doubts(problem, reading, edit.description)
    problem = in_own_ends(edit, problem, reading.steps)
    candidate = result_text(edit.text, problem, reading.steps)
    reasons += reasons_against(edit, problem, reading.steps)
    if blanks_taken(edit, problem, reading.steps):
        reasons.append("indentation_differs")
    if candidate == edit.original:
        reasons.append("nothing_replaced")
    return judged(candidate, reasons)


def _rank(placement: Placement) -> tuple[bool, bool]:
    """Of several that cannot be accepted: the earlier, likelier one, unless it is wrong."""
    return placement.status == "verify", placement.reasons == ("indentation_differs",)


def _read(edit: Edit, problem: Problem) -> Placement:
    try:
        reading = read_snippet(problem, edit.description)
    except TooComplex:
        return Placement("refused", None, ("too_complex",))
    reading = _without_broken(edit, problem, reading)
    reasons = doubts(problem, reading, edit.description)
    steps, mended = with_forgotten(problem, reading.steps, edit.description)
    if mended:
        reasons.append("omitted_lines")
    problem = in_own_ends(edit, problem, steps)
    candidate = result_text(edit.text, problem, steps)
    reasons += reasons_against(edit, problem, steps)
    if blanks_taken(edit, problem, steps):
        reasons.append("indentation_differs")
    if edit.description.overwrite:
        reasons.append("overwrite_with_markers")
    if candidate == edit.original:
        reasons.append("nothing_changed")
    if _fewer_changes(edit, candidate):
        reasons.append("nothing_replaced")
    return judged(candidate, reasons)


def reasons_against(edit: Edit, problem: Problem, steps: Sequence[Step]) -> list[str]:
    return text_reasons(
        original=edit.original,
        candidate=result_text(edit.text, problem, steps),
        literals=result_literals(problem, steps),
        description=edit.description,
        path=edit.path,
    )


def _without_broken(edit: Edit, problem: Problem, reading: Reading) -> Reading:
    """The reading without rivals whose text breaks what the chosen one leaves whole.

    Where only one of all the readings leaves the file whole, it is the likelier one. No more
    rivals are looked at than decide.
    """
    if not reading.rivals or len(reading.rivals) > MAX_CHECKED_RIVALS:
        return reading
    broken = BREAKS.intersection(reasons_against(edit, problem, reading.steps))
    whole = (
        rival
        for rival in reading.rivals
        if not BREAKS.intersection(reasons_against(edit, problem, rival.steps))
    )
    if not broken:
        return replace(reading, rivals=tuple(islice(whole, 1)))
    mended = list(islice(whole, 2))
    return replace(reading, steps=mended[0].steps) if len(mended) == 1 else reading


def _fewer_changes(edit: Edit, candidate: str) -> bool:
    """The explanation names more places, or more that lose code, than the result has."""
    changes = edit.description.changes
    if len(changes) < 2:
        return False
    spans = changed_spans(edit.text.lines, split_text(candidate).lines)
    wanted = sum(change.type in ("replace", "remove") for change in changes)
    losing = sum(span.end > span.start for span in spans)
    return len(spans) < len(changes) or (wanted > 1 and losing < wanted)


def build_problem(edit: Edit, lines: tuple[str, ...]) -> Problem:
    """Tokens and outlines of both texts, with the outer references nobody wrote."""
    tokens = tokenize(lines, edit.path, edit.text.lines)
    solid = [token for token in tokens if token.kind is not Kind.BLANK]
    implied = Token(Kind.IMPLIED, "", 0, -1)
    if solid[0].kind is Kind.LITERAL and not edit.description.overwrite:
        tokens.insert(0, implied)
    if solid[-1].kind is Kind.LITERAL and not edit.description.overwrite:
        tokens.append(implied)
    literal = {token.line for token in tokens if token.kind is Kind.LITERAL}
    markers = frozenset(
        number
        for number, line in enumerate(lines)
        if number not in literal and marker_kind(line, edit.path) is not None
    )
    similarity = Similarity()
    snippet, original = outline(lines, edit.path, markers), outline(edit.text.lines, edit.path)
    kinship = Kinship(
        snippet,
        original,
        similarity,
        frozenset(line.strip() for line in lines),
        frozenset(line.strip() for line in edit.text.lines),
        edit.description.pure_insert,
    )
    return Problem(tokens, snippet, original, kinship, edit.description.pure_insert, similarity)
