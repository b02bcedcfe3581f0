"""Files made to hurt the mapper, through the real worker processes."""

import random
from collections.abc import Iterator

import pytest

from context.map_pool import MapPool

SIZE = 300_000


def broken_into_lines(unit: str) -> str:
    """The unit over and over, in lines: a single long line would not be parsed at all."""
    text = unit * (SIZE // len(unit))
    return "\n".join(text[at : at + 199] for at in range(0, len(text), 199))


def noise() -> str:
    generator = random.Random(7)
    return broken_into_lines(
        "".join(generator.choices("(){}[]<>;:,.\"'`#@$%&*+-=/\\|~ ab1", k=SIZE))
    )


HOSTILE = {
    "stack.ts": broken_into_lines("{a:"),
    "memory.java": broken_into_lines("a<"),
    "query.go": broken_into_lines("-"),
    "call.js": broken_into_lines("a("),
    "templates.cpp": broken_into_lines("a<"),
    "tags.html": broken_into_lines("<div>"),
    "quotes.vue": broken_into_lines('<a b="'),
    "indent.py": "".join(" " * depth + "if x:\n" for depth in range(700)),
    "comment.sql": broken_into_lines("/*"),
    "noise.c": noise(),
    "noise.rb": noise(),
    "conditions.h": "#if A\n" * 40_000,
    "keys.yaml": "".join(" " * depth + "a:\n" for depth in range(700)),
    "nul.py": "x = 1\n\0" * 1000,
    "replaced.py": "\ufffd" * 100_000,
}


@pytest.fixture(scope="module")
def maps() -> Iterator[MapPool]:
    pool = MapPool(workers=2)
    yield pool
    pool.close()


@pytest.mark.parametrize("path", HOSTILE)
def test_a_hostile_file_harms_no_other(maps: MapPool, path: str) -> None:
    answers = maps.map_files({path: HOSTILE[path], "good.py": "def good(): ...\n"})

    assert answers.keys() == {path, "good.py"}
    assert answers["good.py"] == "def good()\n"
