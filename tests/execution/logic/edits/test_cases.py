"""The acceptance cases: what each snippet must come to, and what may not be accepted."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from execution.logic.edits import (
    check_candidate,
    place_edit,
    replacements_between,
    replay,
)

ROOT = Path(__file__).resolve().parents[4]
CASES: list[dict[str, Any]] = json.loads(
    (ROOT / "tests/data/edit_cases.json").read_text(encoding="utf-8")
)
RECOVERED = 17  # all of the recovery tier is exact, whether accepted or left to verify


def _placed(case: dict[str, Any]) -> Any:
    return place_edit(
        original=case["original"],
        snippet=case["proposed"],
        description=case["desc"],
        path=case["path"],
    )


def _checked(case: dict[str, Any], candidate: str) -> Any:
    return check_candidate(
        original=case["original"],
        snippet=case["proposed"],
        description=case["desc"],
        path=case["path"],
        candidate=candidate,
    )


def test_there_are_cases_of_every_tier() -> None:
    tiers = [case["tier"] for case in CASES]
    assert {tier: tiers.count(tier) for tier in tiers} == {
        "core": 62,
        "recovery": 17,
        "ambiguous": 4,
    }


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    placement = _placed(case)
    if case["tier"] == "core":
        assert placement.reasons == ()
        assert placement.status == "accepted"
    if case["tier"] == "ambiguous":
        assert placement.status != "accepted"
        assert placement.reasons
    else:
        assert placement.text == case["expected"]
    if placement.status == "accepted":
        assert placement.text == case["expected"]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_stored_form_replays(case: dict[str, Any]) -> None:
    found = replacements_between(case["original"], case["expected"])
    assert replay(case["original"], found) == case["expected"]
    assert all(change.old or not case["original"] for change in found)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_right_text_of_a_model_passes(case: dict[str, Any]) -> None:
    checked = _checked(case, case["expected"])
    assert checked.status != "refused", checked.reasons
    assert checked.text == case["expected"]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_text_that_lost_a_line_is_refused(case: dict[str, Any]) -> None:
    lines = case["expected"].split("\n")
    for number, line in enumerate(lines):
        if line.strip():
            lossy = "\n".join(lines[:number] + lines[number + 1 :])
            assert _checked(case, lossy).status == "refused", line


@pytest.mark.parametrize("case", CASES[::3], ids=[case["id"] for case in CASES[::3]])
def test_a_text_with_a_foreign_line_is_refused(case: dict[str, Any]) -> None:
    lines = case["expected"].split("\n")
    for number in range(0, len(lines), 3):
        foreign = "\n".join([*lines[:number], "zz = unrelated", *lines[number:]])
        assert _checked(case, foreign).status == "refused"


def test_the_unedited_file_is_no_result() -> None:
    for case in CASES:
        if case["expected"] != case["original"]:
            assert _checked(case, case["original"]).status == "refused"


def test_same_outcome_under_other_hash_seeds() -> None:
    code = (
        "import json,sys;from execution.logic.edits import place_edit as p;"
        "print(json.dumps([(r.status,r.text,r.reasons) for c in json.load(open(sys.argv[1],"
        "encoding='utf-8')) for r in [p(original=c['original'],snippet=c['proposed'],"
        "description=c['desc'],path=c['path'])]]))"
    )
    wanted = [[p.status, p.text, list(p.reasons)] for p in map(_placed, CASES)]
    for seed in ("1", "77"):
        out = subprocess.run(
            [sys.executable, "-c", code, str(ROOT / "tests/data/edit_cases.json")],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        assert json.loads(out.stdout) == wanted
