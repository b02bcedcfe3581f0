"""The file map benchmark: `python -m benchmarks.file_maps DIR --out OUT.json`."""

import json
from pathlib import Path

import pytest

from benchmarks import file_maps, file_maps_recall
from benchmarks.file_maps_ctags import definitions
from benchmarks.file_maps_tags import Tag


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


def tag(kind: str, name: str, line: int, end: int = 0, **more: str) -> Tag:
    given = {"path": "a.py", "language": "Python", "pattern": f"/^{name}$/", **more}
    return Tag(kind=kind, name=name, line=line, end=end, **given)


def test_recall_counts_definitions_that_are_not_local() -> None:
    tags = [
        tag("function", "f", 1, 2),
        tag("function", "local", 2, 2),
        tag("class", "A", 3, 4),
        tag("member", "g", 4, 4),
        tag("variable", "x", 5, 5),
    ]
    counted, left_out = definitions(tags)

    scores = file_maps_recall.compare(counted, {"a.py": "def f()\nclass A\n"})

    assert {key: (score.found, score.expected) for key, score in scores.items()} == {
        ("Python", "classes"): (1, 1),
        ("Python", "functions"): (1, 1),
        ("Python", "methods"): (0, 1),
    }
    assert left_out == {"Python: local to a function": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        tag("function", "f", 1, roles="ref"),
        tag("function", "__anon1", 1),
        tag("function", "f", 1, pattern="/^something else$/"),
        tag("class", "meta", 1, language="JavaScript", pattern="/^meta: {$/"),
        tag("function", "f", 1, language="Lua", pattern="/^  f = function()$/"),
        tag("function", "f", 1, language="JavaScript", scope="create.inner"),
        tag("method", "a.f", 1, language="C#"),
        tag("typedef", "A", 1, language="C#", pattern="/^using A = B;$/"),
        tag("module", "A", 1, language="OCaml", pattern="/^let a = (module A : S)$/"),
        tag("type", "is", 1, language="OCaml", pattern="/^  the expected type is %a$/"),
        tag("function", "f", 1, language="OCaml", pattern="/^  and f x =$/"),
    ],
    ids=lambda wrong: f"{wrong.language} {wrong.kind} {wrong.name}",
)
def test_what_ctags_gets_wrong_is_not_counted(wrong: Tag) -> None:
    outer = tag("method", "create", 1, language="JavaScript")
    counted, left_out = definitions([outer, wrong])

    assert counted == [outer]
    assert sum(left_out.values()) == 1


def test_a_definition_in_quoted_text_is_not_counted(tmp_path: Path) -> None:
    (tmp_path / "a.rb").write_text("x = <<~TEXT\n  def f\n  end\nTEXT\ndef g\nend\n")
    tags = [
        tag("method", "f", 2, path="a.rb", language="Ruby"),
        tag("method", "g", 5, path="a.rb", language="Ruby"),
    ]
    counted, _ = definitions(tags, tmp_path)

    assert [one.name for one in counted] == ["g"]


def test_what_a_test_of_ocaml_expects_is_text(tmp_path: Path) -> None:
    (tmp_path / "a.ml").write_text("let g x = {|one line|}\n[%%expect {|\nval f : int\n|}]\n")
    tags = [
        tag("function", "g", 1, path="a.ml", language="OCaml"),
        tag("function", "f", 3, path="a.ml", language="OCaml"),
    ]
    counted, _ = definitions(tags, tmp_path)

    assert [one.name for one in counted] == ["g"]
