"""The edit engine: place a snippet of a model's reply into a file, or say why not.

`place` tries the ways of placing in order; `docs/edits.md` tells the whole story on a page.
"""

from execution.logic.edits.checks.syntax import syntax_errors
from execution.logic.edits.model.answers import RepairAnswer, parse_repair_answer, parse_whole_file
from execution.logic.edits.model.check import check_candidate
from execution.logic.edits.model.questions import in_words, repair_question, whole_file_question
from execution.logic.edits.place import place_edit
from execution.logic.edits.placement import Placement
from execution.logic.edits.text.storage import (
    Replacement,
    ReplayFailed,
    replacements_between,
    replay,
)

__all__ = [
    "Placement",
    "RepairAnswer",
    "Replacement",
    "ReplayFailed",
    "check_candidate",
    "in_words",
    "parse_repair_answer",
    "parse_whole_file",
    "place_edit",
    "repair_question",
    "replacements_between",
    "replay",
    "syntax_errors",
    "whole_file_question",
]
