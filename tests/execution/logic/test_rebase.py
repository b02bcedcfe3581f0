"""Pending edits on a file that changed meanwhile."""

import random

import pytest

from execution.logic.changes import Result, replay_results
from execution.logic.rebase import merge, rebased
from tests.execution.pending_states import edited, made, removed

BASE = "one\ntwo\nthree\nfour\nfive\n"


@pytest.mark.parametrize(
    ("ours", "theirs", "merged"),
    [
        pytest.param(BASE, "x\n", "x\n", id="only theirs"),
        pytest.param("x\n", BASE, "x\n", id="only ours"),
        pytest.param("x\n", "x\n", "x\n", id="the same"),
        pytest.param(
            BASE.replace("two", "2"),
            BASE.replace("four", "4"),
            "one\n2\nthree\n4\nfive\n",
            id="apart",
        ),
        pytest.param(
            BASE.replace("two\n", ""), "zero\n" + BASE, "zero\none\nthree\nfour\nfive\n", id="above"
        ),
        pytest.param(BASE.replace("two", "2"), BASE.replace("two", "II"), None, id="one line"),
        pytest.param(BASE.replace("two", "2"), BASE.replace("three", "3"), None, id="neighbours"),
        pytest.param(BASE + "six\n", BASE + "6\n", None, id="both at the end"),
        pytest.param("0\n" + BASE, BASE + "6\n", "0\n" + BASE + "6\n", id="both ends"),
        pytest.param(
            BASE.replace("one", "1").replace("five", "5"),
            BASE.replace("one", "1").replace("three", "3"),
            "1\ntwo\n3\nfour\n5\n",
            id="one change is common",
        ),
        pytest.param("", "zero\n" + BASE, None, id="all is gone"),
        pytest.param("one\r\ntwo", "one\ntwo", "one\ntwo", id="line ends"),
    ],
)
def test_merge(ours: str, theirs: str, merged: str | None) -> None:
    base = "one\r\ntwo" if "\r" in ours else BASE
    assert merge(base, ours, theirs) == merged


def texts(pending: list[Result] | None, body: str) -> str | None:
    assert pending is not None
    return replay_results(pending, body)


def test_an_edit_stays_with_its_lines() -> None:
    """A search would find the line in what was added above."""
    old = "def a():\n    pass\n\ndef b():\n    return\n"
    new = "def z():\n    pass\n\n" + old
    pending = [edited("a.py", ("    pass\n", "    go()\n"))]
    assert replay_results(pending, new) == new.replace("pass", "go()", 1)  # the wrong one
    carried = rebased(pending, old, new)
    assert texts(carried, new) == "def z():\n    pass\n\n" + old.replace("pass", "go()")
    assert carried is not None and carried[0].id == pending[0].id


def test_an_edit_whose_surroundings_changed() -> None:
    pending = [edited("a.py", ("one\ntwo\n", "one\n2\n"))]
    new = "1\n" + BASE.removeprefix("one\n")
    assert rebased(pending, BASE, new) is None
    far = "0\n" + BASE.replace("four", "4")
    assert texts(rebased(pending, BASE, far), far) == "0\none\n2\nthree\n4\nfive\n"


def test_edits_of_several_replies_stay_apart() -> None:
    pending = [edited("a.py", ("two\n", "2\n")), edited("a.py", ("four\n", "4\n"))]
    new = "two\nfour\nx\n" + BASE
    carried = rebased(pending, BASE, new)
    assert carried is not None
    assert texts(carried[:1], new) == "two\nfour\nx\none\n2\nthree\nfour\nfive\n"
    assert texts(carried, new) == "two\nfour\nx\none\n2\nthree\n4\nfive\n"


def test_what_still_fits_is_left_as_it_is() -> None:
    pending = [edited("a.py", ("two\n", "2\n"))]
    carried = rebased(pending, BASE, BASE + "six\n")
    assert carried is not None and carried[0] is pending[0]


def test_an_edit_that_was_made_elsewhere_too() -> None:
    pending = [edited("a.py", ("two\n", "2\n"))]
    carried = rebased(pending, BASE, BASE.replace("two", "2"))
    assert carried is not None and not carried[0].is_pending


def test_only_edits_can_be_carried_over() -> None:
    edit = edited("a.py", ("two\n", "2\n"))
    assert rebased([made("a.py", BASE), edit], BASE, BASE + "x\n") is None
    assert rebased([edit, removed("a.py")], BASE, BASE + "x\n") is None
    assert rebased([edited("a.py", ("not there", "x"))], BASE, BASE + "x\n") is None


@pytest.mark.parametrize("seed", range(60))
def test_changes_far_apart_always_merge(seed: int) -> None:
    chance = random.Random(seed)
    base = [chance.choice(["a\n", "b\n", "}\n", "\n"]) for _ in range(60)]
    ours, theirs, both = list(base), list(base), list(base)
    at = chance.randrange(50, 58)
    ours[at] = both[at] = "ours\n"
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(40)
        theirs.insert(place, "theirs\n")
        both.insert(place, "theirs\n")
    new = "".join(theirs)
    old_text, our_text = "".join(base), "".join(ours)
    assert merge(old_text, our_text, new) == "".join(both)
    pending = [edited("a.py", (old_text, our_text))]
    assert texts(rebased(pending, old_text, new), new) == "".join(both)
