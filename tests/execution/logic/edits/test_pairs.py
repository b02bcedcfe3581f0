"""A fixed sample of invented changes to the project's own files, written as snippets."""

import random
from pathlib import Path

import pytest

from benchmarks.edit_pairs import Plan, make_case
from benchmarks.edit_sources import Pair, invented, usable
from benchmarks.edits import Row, run_case

ROOT = Path(__file__).resolve().parents[4]
SOURCES = sorted((ROOT / "execution/logic/edits").rglob("*.py"))


def _sample(noise: bool) -> list[Row]:
    rows: list[Row] = []
    for path in SOURCES:
        for seed in range(3):
            name = f"{path.name}:{seed}"
            before = path.read_text(encoding="utf-8")
            after = invented(before, random.Random(name))
            if after is None or not usable(before, after):
                continue
            pair = Pair(name, path.name, "python", before, after)
            case = make_case(pair, random.Random(name), Plan(0, 1, noise, "sparse"))
            if case is not None:
                rows.append(Row(dict(case), run_case(dict(case))))
    return rows


@pytest.mark.parametrize("noise", [False, True])
def test_sample(noise: bool) -> None:
    rows = _sample(noise)
    assert len(rows) > 30
    wrong = [row.case["id"] for row in rows if row.accepted and not row.exact]
    assert not wrong
    exact = sum(row.exact for row in rows)
    assert exact >= len(rows) * (0.6 if noise else 0.75), (exact, len(rows))


@pytest.mark.parametrize(
    ("new", "made"),
    [
        (["new"], True),
        ([], True),
        ([""], False),
        (["<<<<<<< HEAD", "new"], False),
        (["======="], False),
        (["========"], True),
    ],
    ids=["replaced", "removed", "only a gap stays", "a conflict", "its middle", "a line of signs"],
)
def test_what_nobody_writes_is_left_out(new: list[str], made: bool) -> None:
    old = [f"line {number}" for number in range(20)]
    after = "\n".join([*old[:8], *new, *old[10:], ""])
    pair = Pair("a", "a.txt", "text", "\n".join([*old, ""]), after)
    case = make_case(pair, random.Random(1), Plan(1, 1, False, "given"))
    assert (case is not None) is made
