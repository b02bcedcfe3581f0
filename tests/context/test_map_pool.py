"""Maps made in worker processes."""

import json
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from context.logic.file_maps import NO_MAP, map_file
from context.map_pool import MapCache, MapPool

CASES = json.loads(
    (Path(__file__).parents[1] / "data" / "file_map_cases.json").read_text(encoding="utf-8")
)["cases"]


@pytest.fixture
def maps() -> Iterator[MapPool]:
    pool = MapPool(workers=1)
    yield pool
    pool.close()


def test_every_path_is_answered(maps: MapPool) -> None:
    inputs = {"a.py": "def f(): pass\n", "empty.go": "", "data.bin": "\x00", "x.unknown": "?"}

    assert maps.map_files(inputs) == {
        "a.py": "def f()\n",
        "empty.go": "",
        "data.bin": NO_MAP,
        "x.unknown": NO_MAP,
    }


def test_a_worker_maps_as_the_process_itself(maps: MapPool) -> None:
    inputs = {case["path"]: case["source"] for case in CASES}

    assert maps.map_files(inputs) == {path: map_file(path, inputs[path]) for path in inputs}


def test_the_same_content_is_parsed_once(maps: MapPool) -> None:
    text = "class A: pass\n"
    maps.map_files({"a.py": text, "b.py": text})
    pids = maps.pool.worker_pids()
    maps.pool.close()

    assert len(pids) == 1
    assert maps.map_files({"c/d.py": text}) == {"c/d.py": "class A\n"}


def test_two_requests_for_the_same_content_share_its_map(
    maps: MapPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, asked_again = threading.Event(), threading.Event()
    mapped: list[str] = []

    def run(items: list[tuple[str, str]], **_: object) -> list[str]:
        if not items:  # the second request has nothing of its own to map
            asked_again.set()
            return []
        begun.set()
        assert asked_again.wait(10)
        mapped.extend(path for path, _ in items)
        return [map_file(*item) for item in items]

    monkeypatch.setattr(maps.pool, "run", run)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(maps.map_files, {"a.py": "def f(): pass\n"})
        assert begun.wait(10)
        second = maps.map_files({"b.py": "def f(): pass\n"})

    assert first.result() == {"a.py": "def f()\n"}
    assert second == {"b.py": "def f()\n"}
    assert mapped == ["a.py"]


def test_the_language_is_part_of_the_key(maps: MapPool) -> None:
    text = "class A {}\n"

    assert maps.map_files({"a.java": text, "a.md": text}) == {"a.java": "class A\n", "a.md": ""}


def test_a_crashing_file_is_logged_and_not_tried_again(
    maps: MapPool, caplog: pytest.LogCaptureFixture
) -> None:
    bomb = "{a:\n" * 120_000
    with caplog.at_level(logging.WARNING):
        answers = maps.map_files({"a.py": "x = 1\n", "bomb.ts": bomb, "b.py": "y = 2\n"})
        again = maps.map_files({"elsewhere.ts": bomb})

    assert answers == {"a.py": "x = 1\n", "bomb.ts": "", "b.py": "y = 2\n"}
    assert again == {"elsewhere.ts": ""}
    assert [record.getMessage().split(" (")[0] for record in caplog.records] == [
        "no map for bomb.ts"
    ]


def test_a_text_over_the_limit_is_cut_not_refused(maps: MapPool) -> None:
    text = "def first(): pass\n" + f"# {'é' * 200}\n" * 1400

    assert maps.map_files({"big.py": text}) == {"big.py": "def first()\n"}


def test_lone_surrogates_do_no_harm(maps: MapPool) -> None:
    assert maps.map_files({"a.py": "x = 1\ny = '\ud800'\n"})["a.py"].startswith("x = 1\n")


def test_the_cache_forgets_the_least_recently_used() -> None:
    cache = MapCache(limit=500)
    cache.put("1", "one")
    cache.put("2", "two")
    cache.get("1")
    cache.put("3", "three")

    assert cache.get("1") == "one"
    assert cache.get("2") is None
    assert cache.get("3") == "three"
