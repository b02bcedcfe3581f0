"""Which other readings count beside the chosen one."""

import pytest

from execution.logic.edits.readings.rivals import Judge, is_sound, standing
from execution.logic.edits.text.description import parse_description
from tests.execution.logic.edits.handmade import REF, problem_of, steps_of

FLAT = "alpha one\nbeta two\ngamma three\ndelta four\n"
SNIPPET = f"alpha one\nnew\ngamma three\n{REF}"
SOUND, UNSOUND = "M1:0 S-1:1 I2:2 M3:2 K4:3", "M1:0 S-1:1 I2:2 S-1:2 K4:3"
EXACT, OTHER = "Type: replace\nReplace: line 2", "Type: replace\nReplace: line 4"


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        (EXACT, 1),
        ("Type: replace\nContext: between `alpha one` and `gamma three`", 1),
        ("Type: replace", 0),  # its kind fits, its extent is not said
        ("Type: remove\nReplace: line 2", 0),  # its extent is said, the kind does not fit
        (OTHER, 0),
        ("", 0),
    ],
)
def test_a_reading_does_to_the_line_what_is_said(said: str, stands: int) -> None:
    problem, description = problem_of(FLAT, SNIPPET, said, "a.txt"), parse_description(said)
    assert standing(problem, steps_of(SOUND), description) == stands


def test_lines_that_go_before_a_reference_are_unsound() -> None:
    problem = problem_of(FLAT, SNIPPET, "", "a.txt")
    assert is_sound(problem, steps_of(SOUND), parse_description(""))
    assert not is_sound(problem, steps_of(UNSOUND), parse_description(""))


@pytest.mark.parametrize(
    ("said", "slack", "chosen", "words", "admitted"),
    [
        ("", 0, 0, SOUND, True),
        ("", 0, 0, UNSOUND, False),
        ("", 9, 1, SOUND, True),  # the explanation decides nothing
        ("", 10, 1, SOUND, False),
        ("", 10, 0, SOUND, True),
        (EXACT, 10, 1, SOUND, True),
        (EXACT, 10, 0, SOUND, True),
        ("", 10, 0, UNSOUND, False),
    ],
)
def test_a_dearer_reading_fits_the_explanation_no_worse(
    said: str, slack: int, chosen: int, words: str, admitted: bool
) -> None:
    problem, description = problem_of(FLAT, SNIPPET, said, "a.txt"), parse_description(said)
    assert Judge(problem, description, chosen).admits(slack, steps_of(words)) is admitted
