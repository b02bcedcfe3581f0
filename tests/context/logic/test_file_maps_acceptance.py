"""Small files of ten languages with every definition they hold (tests/data/file_map_cases.json)."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from context.logic.file_maps import file_entries, map_file, nesting

DATA = Path(__file__).parents[2] / "data" / "file_map_cases.json"
CASES: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))["cases"]

Triple = tuple[str, str, tuple[str, ...]]


def test_there_are_cases() -> None:
    assert sum(len(case["expect"]) for case in CASES) == 342


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_definition_is_listed_and_no_other(case: dict[str, Any]) -> None:
    found = nesting(file_entries(case["path"], case["source"]))
    got = Counter((entry.kind, entry.name, path) for entry, path in found)
    expected = Counter(map(triple, case["expect"]))
    optional = set(map(triple, case["optional"]))

    assert expected - got == Counter()
    assert {extra for extra in got - expected if extra not in optional} == set()
    assert {name for _, name, _ in got} & set(case["absent"]) == set()


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_lines_show_the_signatures(case: dict[str, Any]) -> None:
    found = nesting(file_entries(case["path"], case["source"]))
    lines: dict[Triple, list[str]] = {}
    for entry, path in found:
        lines.setdefault((entry.kind, entry.name, path), []).append(entry.text)
    for item in case["expect"]:
        wanted = one_line(item.get("sig", ""))
        assert any(wanted in line for line in lines[triple(item)]), wanted


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_text_has_one_line_per_entry_and_nothing_from_bodies(case: dict[str, Any]) -> None:
    entries = file_entries(case["path"], case["source"])
    text = map_file(case["path"], case["source"])

    assert text.count("\n") == len(entries)
    assert [len(line) - len(line.lstrip()) for line in text.splitlines()] == [
        2 * entry.depth for entry in entries
    ]
    assert [never for never in case["never"] if never in text] == []


def triple(item: dict[str, Any]) -> Triple:
    return item["kind"], item["name"], tuple(item["nesting"])


def one_line(signature: str) -> str:
    line = re.sub(r"\s+", " ", signature)
    line = re.sub(r"(?<=[(\[]) | (?=[)\]])", "", line)
    return line.replace(",)", ")")
