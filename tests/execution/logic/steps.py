"""Counting the steps of a computation: the same on every machine, unlike its time."""

import sys
from collections.abc import Callable
from types import FrameType


def steps(work: Callable[[], object]) -> int:
    """The function calls, of Python and of C, that the work makes."""
    count = 0

    def note(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        if event in ("call", "c_call"):
            count += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def is_linear(work: Callable[[str], object], text: str) -> bool:
    """Whether the work on a text four times as long takes about four times the steps; quadratic
    work would take sixteen times as many."""
    work(text[:100])  # what is done once only, such as filling caches
    quarter = steps(lambda: work(text[: len(text) // 4]))
    return steps(lambda: work(text)) <= 5 * quarter + 500
