"""Other readings of a snippet that come close to the chosen one, and which of them count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from execution.logic.edits.alignment.align import Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import group_hunks
from execution.logic.edits.readings.agreement import agreement
from execution.logic.edits.readings.soundness import structural_doubts
from execution.logic.edits.text.description import Description

CLEARLY_DEARER = 10


@dataclass(frozen=True, slots=True)
class Rival:
    """A sound reading that comes to another text, and how much dearer it is."""

    slack: int
    steps: tuple[Step, ...]


def is_sound(problem: Problem, steps: Sequence[Step], description: Description) -> bool:
    hunks = group_hunks(problem, steps)
    return next(structural_doubts(problem, steps, hunks, description), None) is None


def standing(problem: Problem, steps: Sequence[Step], description: Description) -> int:
    """1 for a reading that does to the line what the explanation says, else 0."""
    hunks = group_hunks(problem, steps)
    agreed = agreement(problem, steps, hunks, description)
    return int(agreed.paired and agreed.confirms_all(hunks))


@dataclass(frozen=True, slots=True)
class Judge:
    """Which dearer readings count as rivals of the chosen one."""

    problem: Problem
    description: Description
    standing: int

    def admits(self, slack: int, steps: Sequence[Step]) -> bool:
        """It is sound, and it does not fit the explanation worse.

        Between readings that cost about the same the explanation decides nothing.
        """
        if not is_sound(self.problem, steps, self.description):
            return False
        if slack < CLEARLY_DEARER:
            return True
        return standing(self.problem, steps, self.description) >= self.standing
