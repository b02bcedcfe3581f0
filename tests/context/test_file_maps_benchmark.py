"""The file map benchmark: `python -m benchmarks.file_maps DIR --out OUT.json`."""

import json
from pathlib import Path

import pytest

from benchmarks import file_maps, file_maps_recall


def test_it_writes_a_map_per_file_and_prints_speed_and_recall(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source"
    (source / ".git").mkdir(parents=True)
    (source / ".git" / "hidden.py").write_text("x = 1\n")
    (source / "a.py").write_text("def f(): ...\nclass A:\n    def g(self): ...\n")
    (source / "picture.png").write_bytes(b"\x89PNG\0")
    out = tmp_path / "out.json"
    monkeypatch.setattr("sys.argv", ["file_maps", str(source), "--out", str(out), "--workers", "1"])

    file_maps.main()

    result = json.loads(out.read_text(encoding="utf-8"))
    assert result["files"]["a.py"]["map"] == "def f()\nclass A\n  - def g(self)\n"
    assert result["files"]["a.py"]["tokens"] > 5
    assert result["files"].keys() == {"a.py"}
    assert result["bytes"] == (source / "a.py").stat().st_size
    assert result["seconds"] > 0
    assert "files/s" in capsys.readouterr().out


def tag(kind: str, name: str, line: int, end: int) -> dict[str, object]:
    return {
        "path": "a.py",
        "language": "Python",
        "kind": kind,
        "name": name,
        "line": line,
        "end": end,
    }


def test_recall_counts_definitions_that_are_not_local() -> None:
    tags = [
        tag("function", "f", 1, 2),
        tag("function", "local", 2, 2),
        tag("class", "A", 3, 4),
        tag("member", "g", 4, 4),
        tag("variable", "x", 5, 5),
    ]

    scores = file_maps_recall.compare(tags, {"a.py": "def f()\nclass A\n"})

    assert {key: (score.found, score.expected) for key, score in scores.items()} == {
        ("Python", "classes"): (1, 1),
        ("Python", "functions"): (1, 1),
        ("Python", "methods"): (0, 1),
    }
