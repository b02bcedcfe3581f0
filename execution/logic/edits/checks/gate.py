"""Checks on a candidate text, whoever made it. Every accepted text has passed them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from execution.logic.edits.checks.balance import torn
from execution.logic.edits.checks.syntax import new_errors
from execution.logic.edits.text.description import Description
from execution.logic.edits.text.languages import extension, usual_indents
from execution.logic.edits.text.lines import split_text
from execution.logic.edits.text.markers import looks_like_elision, looks_like_marker
from execution.logic.edits.text.matching import common_ends
from execution.logic.edits.text.names import defined_name
from execution.logic.edits.text.reindent import indented_anew
from execution.logic.edits.text.similarity import plain_typography, without_separator
from execution.logic.edits.text.storage import ReplayFailed, changed_spans, replacements_between
from execution.logic.edits.text.structure import Outline, outline

# A reason in this set means that the text is wrong; the others only that it is not certain.
FATAL = frozenset(
    {
        "marker_left",
        "literal_lost",
        "lines_lost",
        "not_the_edit",
        "original_lost",
        "import_doubled",
        "new_syntax_error",
        "not_storable",
        "too_complex",
    }
)
SMALL_FILE = 12  # solid lines; in a smaller file half of them is a small edit
_OVERLOADING = {
    "java",
    "kt",
    "scala",
    "cs",
    "cpp",
    "cc",
    "hpp",
    "ts",
    "tsx",
    "swift",
    "groovy",
    "ex",
}


def text_reasons(
    *,
    original: str,
    candidate: str,
    literals: Sequence[str],
    description: Description,
    path: str,
    whole: bool = False,
) -> list[str]:
    """What speaks against a candidate. ``whole``: the snippet is the whole new file."""
    old, new = split_text(original), split_text(candidate)
    reasons: list[str] = []
    differing, fresh = _differing(old.lines, new.lines)
    if not whole and markers_left(differing, fresh):
        reasons.append("marker_left")
    if not is_subsequence(literals, new.lines):
        reasons.append("literal_lost")
    if description.pure_insert and not keeps_original(old.lines, new.lines):
        reasons.append("original_lost")
    if new_errors(path, original, candidate):
        reasons.append("new_syntax_error")
    if torn(path, original, candidate):
        reasons.append("unbalanced")
    if not whole:
        if (
            indentation_differs(old.lines, fresh, path)
            and not indents_alike(literals, old.lines)
            and not indented_anew(old.lines, literals, description.ranges)
        ):
            reasons.append("indentation_differs")
        if elisions_added(old.lines, fresh):
            reasons.append("elision_comment")
        if description.types <= {"replace", "add", "append", "prepend"}:
            reasons.extend(_large_deletion(old.lines, new.lines, description))
        reasons.extend(_duplicates(old.lines, new.lines, literals, path))
    if not storable(original, candidate):
        reasons.append("not_storable")
    return reasons


def _differing(old: Sequence[str], new: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The texts without the lines that both begin and end with."""
    head, tail = common_ends(old, new)
    return old[head : len(old) - tail], new[head : len(new) - tail]


def markers_left(old: Sequence[str], new: Sequence[str]) -> bool:
    """A marker line in the new text more often than in the old one."""
    before = Counter(line.strip() for line in old if looks_like_marker(line))
    after = Counter(line.strip() for line in new if looks_like_marker(line))
    return bool(after - before)


def indentation_differs(old: Sequence[str], new: Sequence[str], path: str = "") -> bool:
    """New lines are indented by tabs in a file of spaces, or the other way round.

    Where no line of the file is indented, the language says which of them is usual.
    """
    known = set(old)
    after = {
        line[0] for line in new if line[:1] in ("\t", " ") and line not in known and line.strip()
    }
    if not after:
        return False
    kinds = Counter(line[0] for line in old if line[:1] in ("\t", " ") and line.strip())
    before = set(kinds) or usual_indents(path)
    if len(before) > 1:
        most, count = kinds.most_common(1)[0]
        rare = count * 10 >= kinds.total() * 9
        return rare and most not in after
    return len(before) == 1 and bool(after - before)


def indents_alike(literals: Sequence[str], old: Sequence[str]) -> bool:
    """The snippet shows an indented line as the file has it: it means other ones as it has them."""
    known = {line for line in old if line[:1] in ("\t", " ")}
    return any(line in known and sum(map(str.isalnum, line)) >= 3 for line in literals)


def elisions_added(old: Sequence[str], new: Sequence[str]) -> bool:
    """New comments that talk of code which is not shown."""
    found = [line.strip() for line in new if looks_like_elision(line)]
    return bool(found) and not {line.strip() for line in old}.issuperset(found)


def is_subsequence(wanted: Sequence[str], lines: Sequence[str]) -> bool:
    """Every wanted line occurs, in order; drift of white space and typography is allowed."""
    position = 0
    plain = [_loose(line) for line in lines]
    for line in wanted:
        text = _loose(line)
        while position < len(plain) and plain[position] != text:
            position += 1
        if position == len(plain):
            return False
        position += 1
    return True


def _loose(line: str) -> str:
    return " ".join(plain_typography(line).split())


def keeps_original(old: Sequence[str], new: Sequence[str]) -> bool:
    """All solid old lines are there in order; one may have gained or lost a separator."""
    position = 0
    for line in old:
        if not line.strip():
            continue
        bare = without_separator(line)
        while position < len(new) and without_separator(new[position]) != bare:
            position += 1
        if position == len(new):
            return False
        position += 1
    return True


def _large_deletion(
    old: Sequence[str], new: Sequence[str], description: Description
) -> Iterator[str]:
    """More than half of the file gone, though nothing was declared to that extent."""
    solid = sum(bool(line.strip()) for line in old)
    differing, _ = _differing(old, new)
    if solid <= SMALL_FILE or sum(bool(line.strip()) for line in differing) * 2 <= solid:
        return
    lost = sum(
        bool(line.strip())
        for span in changed_spans(old, new)
        for line in old[span.start : span.end]
    )
    declared = sum(high - low + 1 for low, high in description.ranges)
    if lost * 2 > solid and declared < lost:
        yield "large_deletion"


def _duplicates(
    old: Sequence[str], new: Sequence[str], literals: Sequence[str], path: str
) -> Iterator[str]:
    """A definition that was there once and now is there twice, though written once."""
    overloading = extension(path) in _OVERLOADING
    before = _definitions(outline(tuple(old), path), overloading)
    after = _definitions(outline(tuple(new), path), overloading)
    written = _definitions(outline(tuple(literals), path), overloading)
    twice = Counter(key[-1] for key in written.elements())
    if any(count > 1 and before[key] == 1 and twice[key[-1]] < 2 for key, count in after.items()):
        yield "duplicate_definition"


def _definitions(lines: Outline, overloading: bool) -> Counter[tuple[str, ...]]:
    """Defined names with the texts of the lines they stand in.

    Where one name may have several signatures, the whole header counts.
    """
    counts: Counter[tuple[str, ...]] = Counter()
    for index, line in enumerate(lines.lines):
        name = None if lines.blank[index] else defined_name(line)
        if name is not None:
            counts[(*lines.path_key(index), line.strip() if overloading else name[1])] += 1
    return counts


def storable(original: str, candidate: str) -> bool:
    """Whether replacements exist that give the candidate back."""
    try:
        replacements_between(original, candidate)
    except ReplayFailed:
        return False
    return True
