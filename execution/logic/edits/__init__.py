"""The edit engine: place a snippet of a model's reply into a file, or say why not.

`place` tries the ways of placing in order; `docs/edits.md` tells the whole story on a page.
"""

from execution.logic.edits.answers import RepairAnswer, parse_repair_answer, parse_whole_file
from execution.logic.edits.check import check_candidate
from execution.logic.edits.place import place_edit
from execution.logic.edits.placement import Placement
from execution.logic.edits.questions import in_words, repair_question, whole_file_question
from execution.logic.edits.storage import (
    Replacement,
    ReplayFailed,
    replacements_between,
    replay,
)
from execution.logic.edits.syntax import syntax_errors

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
