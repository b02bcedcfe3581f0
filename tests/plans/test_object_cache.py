"""What a process keeps of a plan's objects."""

from plans.services.object_cache import MAX_OBJECT_BYTES, OVERHEAD_BYTES, ObjectCache


def test_it_finds_what_it_keeps_of_a_plan() -> None:
    cache = ObjectCache()
    cache.keep("a", {"1": b"one", "2": b""})
    assert cache.found("a", ["1", "2", "3"]) == {"1": b"one", "2": b""}
    assert cache.found("b", ["1"]) == {}
    cache.clear()
    assert cache.found("a", ["1"]) == {}


def test_it_keeps_what_was_used_last() -> None:
    cache = ObjectCache(max_bytes=2 * (10 + OVERHEAD_BYTES))
    cache.keep("a", {"1": b"x" * 10, "2": b"x" * 10})
    cache.found("a", ["1"])
    cache.keep("a", {"3": b"x" * 10})
    assert cache.found("a", ["1", "2", "3"]).keys() == {"1", "3"}


def test_it_counts_an_object_once() -> None:
    cache = ObjectCache(max_bytes=2 * (10 + OVERHEAD_BYTES))
    for _ in range(5):
        cache.keep("a", {"1": b"x" * 10})
    cache.keep("a", {"2": b"x" * 10})
    assert cache.found("a", ["1", "2"]).keys() == {"1", "2"}


def test_large_objects_are_not_kept() -> None:
    cache = ObjectCache()
    cache.keep("a", {"1": b"x" * (MAX_OBJECT_BYTES + 1), "2": b"x" * MAX_OBJECT_BYTES})
    assert cache.found("a", ["1", "2"]).keys() == {"2"}
