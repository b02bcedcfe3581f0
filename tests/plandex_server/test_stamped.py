"""What is kept under a stamp: by whom it is found again, and what goes first."""

from functools import partial

from plandex_server.stamped import Stamped
from tests.concurrency import together


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def kept(clock: Clock | None = None) -> Stamped[str]:
    return Stamped(most=3, heaviest=10, seconds=60, clock=clock or Clock())


def test_only_the_very_stamp_finds_it() -> None:
    values = kept()
    values.keep("a", "1", "one")
    assert values.get("a", "1") == "one"
    assert values.get("a", "2") is None
    assert values.get("b", "1") is None
    assert values.get("a", "1") == "one", "who asked with another stamp has changed nothing"


def test_a_key_has_one_value() -> None:
    values = kept()
    values.keep("a", "1", "one")
    values.keep("a", "2", "two")
    assert values.get("a", "1") is None
    assert values.get("a", "2") == "two"
    assert len(values) == 1


def test_what_nobody_asked_for_longest_goes_first() -> None:
    values = kept()
    for key in "abc":
        values.keep(key, "1", key)
    assert values.get("a", "1") == "a"
    values.keep("d", "1", "d")
    assert [key for key in "abcd" if values.get(key, "1")] == ["a", "c", "d"]


def test_all_together_may_weigh_so_much() -> None:
    values = kept()
    values.keep("a", "1", "a", weight=6)
    values.keep("b", "1", "b", weight=4)
    assert len(values) == 2
    values.keep("b", "2", "b", weight=5)
    assert [values.get("a", "1"), values.get("b", "2")] == [None, "b"]
    values.keep("c", "1", "c", weight=5)
    assert len(values) == 2, "what went weighs nothing any more"


def test_what_is_too_heavy_is_not_kept_and_drives_nobody_out() -> None:
    values = kept()
    values.keep("a", "1", "a")
    values.keep("b", "1", "b")
    values.keep("b", "2", "heavy", weight=11)
    assert values.get("a", "1") == "a"
    assert values.get("b", "1") is None
    assert values.get("b", "2") is None


def test_it_is_not_kept_for_ever() -> None:
    clock = Clock()
    values = kept(clock)
    values.keep("a", "1", "one")
    clock.time += 59
    assert values.get("a", "1") == "one", "and asking does not prolong it"
    clock.time += 1
    assert values.get("a", "1") is None
    values.keep("a", "1", "again")
    assert values.get("a", "1") == "again"


def test_clear() -> None:
    values = kept()
    values.keep("a", "1", "a", weight=9)
    values.clear()
    assert values.get("a", "1") is None
    values.keep("b", "1", "b", weight=10)
    assert values.get("b", "1") == "b"


def test_many_threads() -> None:
    values: Stamped[tuple[str, str]] = Stamped(most=4, heaviest=12, seconds=60)

    def work(number: int) -> None:
        for turn in range(300):
            key, stamp = f"k{(number + turn) % 6}", f"s{turn % 2}"
            found = values.get(key, stamp)
            assert found in (None, (key, stamp))
            values.keep(key, stamp, (key, stamp), weight=1 + turn % 4)
            assert len(values) <= 5

    together([partial(work, number) for number in range(4)])
    assert len(values) <= 4
    assert values.weight <= 12
