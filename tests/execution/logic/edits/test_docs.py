"""The page on the engine names every module of it."""

from pathlib import Path

import execution.logic.edits

PAGE = Path(__file__).resolve().parents[4] / "docs" / "edits.md"


def test_every_module_has_its_line() -> None:
    folder = Path(execution.logic.edits.__file__).parent
    page = PAGE.read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    named = {word for row in rows for word in row.split("|")[2].replace("`", "").split(", ")}
    modules = {path.stem for path in folder.rglob("*.py")} - {"__init__"}
    assert modules <= {word.strip() for word in named}
