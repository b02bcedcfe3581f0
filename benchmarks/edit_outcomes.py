"""What came out of each change of the engine, kept in a file so that a run can go on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.edit_mutations import Mutant

NOTHING_DIFFERS = "no test has another value there"


@dataclass(slots=True)
class Outcomes:
    """By change the test that noticed it first; empty for a survivor."""

    path: Path | None = None
    rows: dict[str, dict[str, str | int]] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path | None, *, resume: bool) -> Outcomes:
        """What a file holds, if the run goes on with it: of functions that are still the same."""
        if path is None or not resume or not path.exists():
            return cls(path)
        return cls(path, json.loads(path.read_text(encoding="utf-8")))

    def add(self, mutant: Mutant, killer: str) -> None:
        self.rows[mutant.place] = {
            "module": mutant.module,
            "line": mutant.line,
            "what": mutant.what,
            "function": mutant.function,
            "killer": killer,
        }
        if self.path is not None:
            whole = json.dumps(self.rows, indent=1)
            beside = self.path.with_suffix(".part")
            beside.write_text(whole, encoding="utf-8")
            beside.replace(self.path)

    def noticed(self, mutant: Mutant) -> bool:
        row = self.rows.get(mutant.place)
        return row is not None and row["killer"] not in ("", NOTHING_DIFFERS)

    def table(self, mutants: Sequence[Mutant]) -> str:
        """How many changes of each module were noticed."""
        lines = ["| Module | Changes | Noticed | Survived |", "| --- | --- | --- | --- |"]
        for module in dict.fromkeys(mutant.module for mutant in mutants):
            lines.append(self._row(f"`{module}`", [m for m in mutants if m.module == module]))
        return "\n".join([*lines, self._row("in all", mutants)])

    def _row(self, name: str, mutants: Sequence[Mutant]) -> str:
        noticed = sum(map(self.noticed, mutants))
        return f"| {name} | {len(mutants)} | {noticed} | {len(mutants) - noticed} |"
