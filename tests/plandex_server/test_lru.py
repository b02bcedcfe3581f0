"""What is kept of what was used last."""

from functools import partial

from plandex_server.lru import Lru
from tests.concurrency import together


def test_it_finds_what_it_keeps() -> None:
    kept: Lru[str, str] = Lru(heaviest=10)
    kept.put("a", "one")
    kept.put("b", "")
    assert [kept.get(key) for key in "abc"] == ["one", "", None]
    kept.clear()
    assert (kept.get("a"), kept.weight, len(kept)) == (None, 0, 0)


def test_what_was_used_longest_ago_goes_first() -> None:
    kept: Lru[str, str] = Lru(heaviest=10, most=2)
    for key in "ab":
        kept.put(key, key)
    kept.get("a")
    kept.put("c", "c")
    assert [kept.get(key) for key in "abc"] == ["a", None, "c"]


def test_all_together_may_weigh_so_much() -> None:
    kept: Lru[str, str] = Lru(heaviest=10)
    for _ in range(5):
        kept.put("a", "a", weight=5)
    kept.put("b", "b", weight=5)
    assert (kept.get("a"), kept.get("b"), kept.weight) == ("a", "b", 10)
    kept.put("c", "c", weight=1)
    assert [kept.get(key) for key in "abc"] == [None, "b", "c"]


def test_what_is_too_heavy_drives_nobody_out() -> None:
    kept: Lru[str, str] = Lru(heaviest=10)
    kept.put("a", "a")
    kept.put("b", "old")
    kept.put("b", "new", weight=11)
    assert [kept.get(key) for key in "ab"] == ["a", None]


def test_many_threads() -> None:
    kept: Lru[int, int] = Lru(heaviest=12, most=4)

    def work(number: int) -> None:
        for turn in range(300):
            key = (number + turn) % 6
            assert kept.get(key) in (None, key)
            kept.put(key, key, weight=1 + turn % 4)

    together([partial(work, number) for number in range(4)])
    assert len(kept) <= 4
    assert kept.weight == sum(weight for _, weight in kept._kept.values()) <= 12
