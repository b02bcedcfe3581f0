"""One case file per language (tests/data/file_maps): a source and the entries of its map.

A case file holds `path: …`, a line of `=`, the source, a line of `=`, and the expected
entries: two blanks per level, the kind, the name, ` | `, the line of the map.
"""

from pathlib import Path

import pytest

from context.logic.file_maps import file_entries, map_file
from context.logic.file_maps.registry import language_for, registry

CASES = sorted((Path(__file__).parents[2] / "data" / "file_maps").glob("*.case"))
RULER = "=" * 60 + "\n"
# Their cases are in test_file_maps_acceptance.
ELSEWHERE = {
    *("python", "go", "typescript", "tsx", "javascript", "rust", "java", "csharp", "cpp"),
    *("php", "ruby"),
}


def read(case: Path) -> tuple[str, str, str]:
    head, source, expected = case.read_text(encoding="utf-8").split(RULER)
    return head.removeprefix("path:").strip(), source, expected


def shown(path: str, source: str) -> str:
    return "".join(
        f"{'  ' * entry.depth}{entry.kind} {entry.name} | {entry.text}\n"
        for entry in file_entries(path, source)
    )


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_the_map_lists_what_the_case_says(case: Path) -> None:
    path, source, expected = read(case)

    assert shown(path, source) == expected


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_a_cut_file_is_still_mapped(case: Path) -> None:
    path, source, _ = read(case)

    for end in range(0, len(source), max(1, len(source) // 12)):
        text = map_file(path, source[:end])
        assert all(line.strip() for line in text.splitlines())


def test_every_language_has_a_case() -> None:
    covered = {language.name for case in CASES if (language := language_for(read(case)[0]))}

    assert registry().by_name.keys() - covered - ELSEWHERE == set()


def test_there_are_many_languages() -> None:
    assert len(registry().by_name) >= 50
