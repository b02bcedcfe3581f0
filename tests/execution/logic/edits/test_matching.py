"""Differing stretches are the ones that `difflib` finds."""

from difflib import SequenceMatcher
from random import Random

import pytest

from execution.logic.edits.text.matching import changes_between, common_ends


def _by_difflib(old: list[str], new: list[str]) -> list[list[int]]:
    opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [span for tag, *span in opcodes if tag != "equal"]


@pytest.mark.parametrize("kinds", [1, 2, 3, 6, 40])
def test_other_texts(kinds: int) -> None:
    random = Random(kinds)
    for _ in range(400):
        old, new = (random.choices(range(kinds), k=random.randrange(30)) for _ in range(2))
        texts = [str(one) for one in old], [str(one) for one in new]
        assert [list(span) for span in changes_between(*texts)] == _by_difflib(*texts)


@pytest.mark.parametrize("kinds", [2, 5, 40])
def test_edited_texts(kinds: int) -> None:
    random = Random(kinds)
    for _ in range(200):
        old = [str(one) for one in random.choices(range(kinds), k=60)]
        new = list(old)
        for _ in range(random.randrange(6)):
            at = random.randrange(len(new) + 1)
            new[at : at + random.randrange(4)] = random.choices(old, k=random.randrange(4))
        assert [list(span) for span in changes_between(old, new)] == _by_difflib(old, new)


def test_the_first_of_runs_that_are_as_long() -> None:
    assert changes_between(["a", "x", "a"], ["a"]) == [(1, 3, 1, 1)]
    assert changes_between(["a"], ["a", "x", "a"]) == [(1, 1, 1, 3)]
    assert changes_between(["b", "a", "b"], ["c", "b", "a"]) == [(0, 0, 0, 1), (2, 3, 3, 3)]


def test_common_ends_do_not_overlap() -> None:
    assert common_ends(["a", "a"], ["a"]) == (1, 0)
    assert common_ends(["a", "b", "c"], ["a", "x", "c"]) == (1, 1)
    assert common_ends([], ["a"]) == (0, 0)
