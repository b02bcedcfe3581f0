"""Replacements give back exactly the wanted text, however repetitive the file is."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execution.logic.edits import Replacement, ReplayFailed, replacements_between, replay

LINES = st.lists(st.sampled_from(["a", "b", "", "ab", "x = a", "\ta", "}"]), max_size=25)
ENDS = st.sampled_from(["\n", "\r\n"])


def _text(lines: list[str], end: str, last: bool) -> str:
    return end.join(lines) + (end if last and lines else "")


@settings(max_examples=400, deadline=None)
@given(LINES, LINES, ENDS, ENDS, st.booleans(), st.booleans())
def test_any_pair_of_texts(
    old: list[str], new: list[str], end: str, other: str, last: bool, keeps: bool
) -> None:
    before, after = _text(old, end, last), _text(new, other, keeps)
    assert replay(before, replacements_between(before, after)) == after


def test_random_edits_of_repetitive_files() -> None:
    rng = random.Random(5)
    for _ in range(1500):
        old = [rng.choice(["x", "y", "if x:", "    y", ""]) for _ in range(rng.randint(1, 60))]
        new = list(old)
        for _ in range(rng.randint(1, 4)):
            at = rng.randint(0, len(new))
            new[at : at + rng.randint(0, 3)] = rng.choices(["x", "z", ""], k=rng.randint(0, 3))
        before, after = "\n".join(old) + "\n", "\n".join(new) + "\n"
        assert replay(before, replacements_between(before, after)) == after


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a\n" + "b" * 70_000 + "\nc\n", "a\n" + "b" * 70_000 + "\nd\n"),
        ("a\0b\nc\n", "a\0b\nd\n"),
        ("a\nb\n", "a\nb"),
        ("a\nb", "a\nb\n"),
        ("", "text\n"),
        ("text\n", ""),
        ("xa = 1\na = 1\n", "xa = 1\na = 2\n"),
        ("f\nend\n" * 3, "f\nend\n" * 2 + "f\ng\nend\n"),
        ("a\r\nb\r\n", "a\r\nc\r\n"),
        ("\ufeffa\nb\n", "\ufeffa\nc\n"),
    ],
)
def test_hard_texts(old: str, new: str) -> None:
    assert replay(old, replacements_between(old, new)) == new


def test_equal_texts_need_none() -> None:
    assert replacements_between("a\n", "a\n") == []


def test_replacements_hold_whole_lines() -> None:
    old = "".join(f"line {n}\n" for n in range(100))
    found = replacements_between(old, old.replace("line 50\n", "new\n"))
    assert found == [Replacement("line 50\n", "new\n")]


def test_replay_goes_on_behind_the_inserted_text() -> None:
    found = [Replacement("a\n", "a\na\n"), Replacement("a\n", "b\n")]
    assert replay("a\na\n", found) == "a\na\nb\n"


def test_replay_fails_when_the_text_is_gone() -> None:
    with pytest.raises(ReplayFailed):
        replay("a\n", [Replacement("b\n", "c\n")])
    with pytest.raises(ReplayFailed):
        replay("a\nb\n", [Replacement("b\n", "c\n"), Replacement("a\n", "d\n")])
