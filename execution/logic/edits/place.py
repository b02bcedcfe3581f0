"""Where a snippet goes in a file: the order in which the ways of placing it are tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from execution.logic.edits.align import Op, Step
from execution.logic.edits.blocks import direct_edit
from execution.logic.edits.certainty import declared_doubts, doubts
from execution.logic.edits.costs import Fate, Problem
from execution.logic.edits.declared import fates
from execution.logic.edits.description import Description, parse_description
from execution.logic.edits.forgotten import with_forgotten
from execution.logic.edits.gate import FATAL, text_reasons
from execution.logic.edits.markers import Kind, Token, marker_kind, tokenize
from execution.logic.edits.reading import Contradicted, Reading, TooComplex, read_snippet
from execution.logic.edits.reindent import Variant, reindented, with_file_ends, writes_all
from execution.logic.edits.results import result_literals, result_text
from execution.logic.edits.rewrites import is_whole_rewrite, only_adds
from execution.logic.edits.similarity import Kinship, Similarity
from execution.logic.edits.snippets import clean_snippet, without_blank_tail
from execution.logic.edits.storage import changed_spans
from execution.logic.edits.structure import outline
from execution.logic.edits.texts import Text, join_lines, like_original, split_text

MAX_ORIGINAL_LINES, MAX_SNIPPET_LINES = 60_000, 6_000
MAX_CHARACTERS = 12_000_000
MAX_CHECKED_RIVALS = 8
BREAKS = frozenset({"new_syntax_error", "unbalanced", "duplicate_definition", "original_lost"})


@dataclass(frozen=True, slots=True)
class Placement:
    """The outcome for one snippet.

    ``accepted``: certain, store it. ``verify``: likely right, but something must confirm it.
    ``refused``: wrong or unknown; ``text`` may still hold a candidate to repair.
    """

    status: Literal["accepted", "verify", "refused"]
    text: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """One snippet for one file, split and parsed."""

    original: str
    text: Text
    lines: tuple[str, ...]  # of the snippet, with blanks at line ends as the file has them
    description: Description
    path: str
    written: tuple[str, ...]  # lines of the snippet as the model wrote them


def place_edit(*, original: str, snippet: str, description: str, path: str) -> Placement:
    """Place a snippet into a file. Never raises; accepts only what is certain."""
    edit = edit_of(original=original, snippet=snippet, description=description, path=path)
    if isinstance(edit, Placement):
        return edit
    return _by_format(edit) or _by_shape(edit) or _by_alignment(edit)


def edit_of(*, original: str, snippet: str, description: str, path: str) -> Edit | Placement:
    """The texts made ready, or the outcome where there is nothing to place."""
    if "\0" in original or "\0" in snippet:
        return Placement("refused", None, ("binary",))
    if len(original) + len(snippet) > MAX_CHARACTERS:
        return Placement("refused", None, ("too_complex",))
    snippet = clean_snippet(snippet, original, path)
    if not snippet.strip():
        return Placement("refused", None, ("empty_snippet",))
    if not original.strip("\ufeff"):
        return Placement("accepted", snippet, ())
    text, lines = split_text(original), split_text(snippet).lines
    if len(text.lines) > MAX_ORIGINAL_LINES or len(lines) > MAX_SNIPPET_LINES:
        return Placement("refused", None, ("too_complex",))
    said = parse_description(description)
    if not said.overwrite:
        lines = without_blank_tail(lines, text.lines)
    if lines == text.lines:
        return Placement("accepted", original, ())
    placed = lines if said.overwrite else with_file_ends(lines, text.lines)
    return Edit(original, text, placed, said, path, lines)


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
    candidate = like_original(edit.text, "\n".join(edit.lines) + "\n")
    reasons = text_reasons(
        original=edit.original,
        candidate=candidate,
        literals=(),
        description=Description((), ()),
        path=edit.path,
        whole=True,
    )
    return judged(candidate, reasons)


def _rewrites_markers(edit: Edit, markers: Sequence[str]) -> bool:
    """With marker-like lines an overwrite must still hold most of the file to be one."""
    if not markers:
        return True
    kept = set(edit.lines)
    solid = [line for line in edit.text.lines if line.strip()]
    return sum(line in kept for line in solid) * 2 >= len(solid)


def _by_alignment(edit: Edit) -> Placement:
    """Place the snippet as it is, or better in the file's indentation where it drifted."""
    best: Placement | None = None
    variants = reindented(edit.lines, edit.text.lines, edit.path)
    anew = bool(variants) and writes_all(edit.lines, edit.text.lines)
    for variant in [*variants, Variant(edit.lines, not variants)]:
        placed = _placed(edit, variant.lines)
        if placed.status == "accepted":
            if variant.sure and not anew:
                return placed
            placed = Placement("verify", placed.text, ("indentation_differs",))
        if best is None or _rank(placed) > _rank(best):
            best = placed
    assert best is not None
    return best


def _placed(edit: Edit, lines: tuple[str, ...]) -> Placement:
    """The reading of the lines alone, or else the one that the explanation declares."""
    placed = _align(edit, lines)
    if placed.status == "accepted":
        return placed
    one_place = "ambiguous_location" not in placed.reasons
    lines_of_file = outline(edit.text.lines, edit.path)
    for fate in fates(edit.description, lines_of_file, quotes_count=one_place):
        told = _as_declared(edit, lines, fate)
        if told is not None:
            return told if told.status == "accepted" else placed
    return placed


def _as_declared(edit: Edit, lines: tuple[str, ...], fate: Fate) -> Placement | None:
    problem = build_problem(edit, lines)
    problem.fate = fate
    try:
        reading = read_snippet(problem, edit.description)
    except (TooComplex, Contradicted):
        return None
    reading = _without_broken(edit, problem, reading)
    reasons = declared_doubts(problem, reading, edit.description)
    candidate = result_text(edit.text, problem, reading.steps)
    reasons += _text_reasons(edit, problem, reading.steps)
    if candidate == edit.original:
        reasons.append("nothing_replaced")
    return judged(candidate, reasons)


def _rank(placement: Placement) -> tuple[bool, bool]:
    """Of several that cannot be accepted: the earlier, likelier one, unless it is wrong."""
    return placement.status == "verify", placement.reasons == ("indentation_differs",)


def _align(edit: Edit, lines: tuple[str, ...]) -> Placement:
    problem = build_problem(edit, lines)
    try:
        reading = read_snippet(problem, edit.description)
    except TooComplex:
        return Placement("refused", None, ("too_complex",))
    reading = _without_broken(edit, problem, reading)
    reasons = doubts(problem, reading, edit.description)
    steps, mended = with_forgotten(problem, reading.steps, edit.description)
    if mended:
        reasons.append("omitted_lines")
    candidate = result_text(edit.text, problem, steps)
    reasons += _text_reasons(edit, problem, steps)
    if _blanks_taken(edit, problem, steps):
        reasons.append("indentation_differs")
    if edit.description.overwrite:
        reasons.append("overwrite_with_markers")
    if _fewer_changes(edit, candidate):
        reasons.append("nothing_replaced")
    return judged(candidate, reasons)


def _text_reasons(edit: Edit, problem: Problem, steps: Sequence[Step]) -> list[str]:
    return text_reasons(
        original=edit.original,
        candidate=result_text(edit.text, problem, steps),
        literals=result_literals(problem, steps),
        description=edit.description,
        path=edit.path,
    )


def _blanks_taken(edit: Edit, problem: Problem, steps: Sequence[Step]) -> bool:
    """A new line lost or got blanks at its end because the file has such a line elsewhere."""
    fresh = [problem.tokens[s.token] for s in steps if s.op in (Op.INSERT, Op.CHANGE)]
    return any(
        _end(token.text) != _end(edit.written[token.line])
        for token in fresh
        if token.kind is Kind.LITERAL
    )


def _end(line: str) -> str:
    return line[len(line.rstrip()) :]


def _without_broken(edit: Edit, problem: Problem, reading: Reading) -> Reading:
    """The reading without rivals whose text breaks what the chosen one leaves whole.

    Where only one of all the readings leaves the file whole, it is the likelier one.
    """
    if not reading.rivals or len(reading.rivals) > MAX_CHECKED_RIVALS:
        return reading
    broken = BREAKS.intersection(_text_reasons(edit, problem, reading.steps))
    whole = [
        rival
        for rival in reading.rivals
        if not (BREAKS - broken).intersection(_text_reasons(edit, problem, rival.steps))
    ]
    if not broken:
        return replace(reading, rivals=tuple(whole))
    mended = [
        rival
        for rival in whole
        if not broken.intersection(_text_reasons(edit, problem, rival.steps))
    ]
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


def judged(candidate: str, reasons: Sequence[str]) -> Placement:
    """The status that the reasons found against a candidate leave it."""
    unique = tuple(dict.fromkeys(reasons))
    if not unique:
        return Placement("accepted", candidate, ())
    status: Literal["verify", "refused"] = "refused" if FATAL & set(unique) else "verify"
    return Placement(status, candidate, unique)
