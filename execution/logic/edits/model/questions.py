"""The questions asked of a model when a placement is not certain.

The fixed text comes first, so that providers can cache it; the case follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import unified_diff

from execution.logic.edits.placement import Placement
from execution.logic.edits.text.lines import split_text

MAX_DIFF_LINES = 400

_REASONS = {
    "ambiguous_location": "The change fits at more than one place.",
    "ambiguous_blank_lines": "It is unclear how many blank lines belong around the change.",
    "no_anchor": "No line next to the change says where it belongs.",
    "adjacent_markers": "Two markers follow each other without a line between them.",
    "block_mismatch": "A closing line may belong to another block.",
    "omitted_lines": "The update leaves out lines without a marker; they were kept.",
    "context_lost": "A line would go that the explanation names as one that stays.",
    "kind_mismatch": "The explanation calls something added that replaces code, or the reverse.",
    "similar_line": "A line was replaced only because it is similar to a new one.",
    "unmarked_removal": "Lines would go although no marker says that they were removed.",
    "unclear_extent": "It is unclear where the replaced code ends.",
    "empty_reference": "A reference stands for no code of the file.",
    "unused_anchor": "A line of the file beside a marker would be there twice.",
    "open_header": "New code ends with the head of a block before a marker.",
    "weak_anchor": "Only lines that the file has several times show where new lines belong.",
    "unbalanced": "A bracket is opened or closed once too often.",
    "definition_lost": "Something that was defined would be gone.",
    "lines_dropped": "Of several changed lines some would go without a new form.",
    "indentation_differs": "New lines are indented with other characters than the file.",
    "lines_lost": "Lines would be gone that the update does not touch.",
    "not_the_edit": "The result does not follow from the update.",
    "nothing_changed": "The result is the file as it was.",
    "nothing_removed": "A removal marker stands where nothing could be removed.",
    "nothing_replaced": "The explanation speaks of replaced code, but nothing was replaced.",
    "range_mismatch": "The declared lines are not those that changed.",
    "outside_range": "Lines outside the declared ones were removed.",
    "large_deletion": "More than half of the file would go.",
    "duplicate_definition": "A definition would be there twice.",
    "elision_comment": "A comment seems to stand for code that is not shown.",
    "marker_left": "A marker would be left in the file.",
    "literal_lost": "A line of the update is missing from the result.",
    "original_lost": "The change only adds, but lines of the file are missing.",
    "import_doubled": "A name would be imported twice.",
    "new_syntax_error": "The result has a syntax error that the file did not have.",
    "overwrite_with_markers": "The update claims to be the whole file, but has markers.",
    "block_not_found": "The lines to search for are not in the file.",
    "unreadable_blocks": "The search and replace blocks are incomplete.",
    "overlapping_blocks": "Two blocks change the same lines.",
    "context_differs": "Lines around a replaced block are not quite those of the file.",
    "too_complex": "The file repeats itself too much to place the update by its lines.",
}

_READING = """\
An update shows the changed parts of a file. A comment line such as "... existing code ..."
stands for code of the file that stays as it is; a comment line with "Plandex: removed code"
stands for code that goes. Lines that also stand in the file show where the change belongs.
Code between two such lines takes the place of what the file has there.
"""

_REPAIR = (
    """\
You check how an update was merged into a file, and put it right where it is wrong.

"""
    + _READING
    + """
Judge only this: is every change at its place and depth, is it complete, is nothing else
changed, lost or doubled, and is no marker left? Style and bugs of the code are not your concern.

Think first, briefly, under the heading "## Evaluate Diff". Then give your verdict, each tag
alone on its line.

If the merge is right, end with:

<PlandexCorrect/>
<PlandexFinish/>

If it is wrong or missing, write the replacements that turn the ORIGINAL file into the right
result, as few and as small as possible, in file order, without overlaps:

<PlandexIncorrect/>
<PlandexReplacements>
<Replacement>
<Old>
pdx-4: first line to replace, exactly as in the file, with its number
pdx-5: last line to replace
</Old>
<New>
the new lines, without numbers, in the indentation of the file
</New>
</Replacement>
</PlandexReplacements>
<PlandexFinish/>

Whole lines only. To insert, replace a neighbouring line by itself and the new lines. To delete,
leave <New> empty. Quote every line of <Old>.
"""
)

_WHOLE = (
    """\
You merge an update into a file and write the whole resulting file.

"""
    + _READING
    + """
Put the code of the file in place of every marker. Change nothing else: every other line of the
file stays exactly as it is, comments and blank lines included. Write the file between these
tags, each alone on its line, without numbers, without a fence, and nothing after it:

<PlandexWholeFile>
the whole file
</PlandexWholeFile>
"""
)


def numbered(text: str, prefix: str = "pdx-") -> str:
    """Each line with its number; no line more or less than the text has."""
    lines = split_text(text).lines
    return "\n".join(f"{prefix}{number}: {line}" for number, line in enumerate(lines, 1))


def repair_question(
    *,
    path: str,
    original: str,
    snippet: str,
    description: str,
    placement: Placement,
    earlier: Sequence[str] = (),
) -> str:
    """Ask whether the candidate is right, and for replacements if it is not."""
    parts = [_REPAIR, _case(path, original, snippet, description)]
    if placement.text is not None:
        parts.append("Merge to check, as a diff:\n\n" + _diff(path, original, placement.text))
    else:
        parts.append("There is no merge yet: the update could not be placed.")
    known = in_words(placement.reasons)
    if known:
        parts.append("Why it is in doubt:\n" + "\n".join(f"- {line}" for line in known))
    if earlier:
        parts.append("Earlier answers failed:\n" + "\n".join(f"- {line}" for line in earlier))
    return "\n\n".join(parts) + "\n"


def in_words(reasons: Sequence[str]) -> list[str]:
    """The reasons as sentences, for a model."""
    return [_REASONS[reason] for reason in reasons if reason in _REASONS]


def whole_file_question(*, path: str, original: str, snippet: str, description: str) -> str:
    """Ask for the whole merged file."""
    lines = "\n".join(split_text(original).lines)
    update = "\n".join(split_text(snippet).lines)
    return (
        "\n\n".join(
            [
                _WHOLE,
                f"Path: {path}",
                f"Explanation of the update:\n\n{description.strip()}",
                f"File:\n\n{lines}",
                f"Update:\n\n{update}",
            ]
        )
        + "\n"
    )


def _case(path: str, original: str, snippet: str, description: str) -> str:
    return "\n\n".join(
        [
            f"Path: {path}",
            f"Original file:\n\n{numbered(original)}",
            f"Explanation of the update:\n\n{description.strip()}",
            f"Update:\n\n{numbered(snippet, 'pdx-new-')}",
        ]
    )


def _diff(path: str, original: str, candidate: str) -> str:
    old, new = split_text(original).lines, split_text(candidate).lines
    lines = list(unified_diff(old, new, f"a/{path}", f"b/{path}", lineterm=""))
    if len(lines) > MAX_DIFF_LINES:
        lines = [*lines[:MAX_DIFF_LINES], "(the diff goes on)"]
    return "\n".join(lines) if lines else "(no difference)"
