"""Run the edit engine on cases: `python -m benchmarks.edits CASES.json [--out OUT.json]`.

Prints what was accepted, left to verify and refused, by tier, and the criteria that can be
measured on the file. Cases have the form of `tests/data/edit_cases.json`.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, TypedDict

from benchmarks.edit_pairs import NOISES
from execution.logic.edits import place_edit, replacements_between, replay

SEEDS, SEEDED_CASES = 50, 100
RANDOM_EDITS = 10_000


class Outcome(TypedDict):
    id: str
    status: str
    text: str | None
    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Row:
    """What one case came to."""

    case: dict[str, Any]
    outcome: Outcome

    @property
    def exact(self) -> bool:
        return bool(self.outcome["text"] == self.case["expected"])

    @property
    def accepted(self) -> bool:
        return self.outcome["status"] == "accepted"


def run_case(case: dict[str, Any]) -> Outcome:
    started = perf_counter()
    placement = place_edit(
        original=case["original"],
        snippet=case["proposed"],
        description=case["desc"],
        path=case["path"],
    )
    return Outcome(
        id=case["id"],
        status=placement.status,
        text=placement.text,
        reason=",".join(placement.reasons),
        seconds=round(perf_counter() - started, 6),
    )


def run_cases(cases: Sequence[dict[str, Any]]) -> list[Row]:
    return [Row(case, run_case(case)) for case in cases]


def share(part: int, whole: int) -> str:
    return f"{part}/{whole}" + (f" ({100 * part / whole:.2f} %)" if whole else "")


def print_tiers(rows: Sequence[Row]) -> None:
    tiers = list(dict.fromkeys(row.case["tier"] for row in rows))
    print("tier          cases  exact+acc  WRONG+acc  exact+verify  other")
    for tier in tiers:
        mine = [row for row in rows if row.case["tier"] == tier]
        good = sum(row.exact and row.accepted for row in mine)
        wrong = sum(not row.exact and row.accepted for row in mine)
        verify = sum(row.exact and not row.accepted for row in mine)
        rest = len(mine) - good - wrong - verify
        print(f"{tier:12} {len(mine):6} {good:10} {wrong:10} {verify:13} {rest:6}")


def print_forms(rows: Sequence[Row]) -> None:
    """Cases by the form of the reply or by its noise."""
    by_tag: dict[str, list[Row]] = {}
    for row in rows:
        for tag in row.case["tags"]:
            if tag.startswith("form-") or tag in NOISES:
                by_tag.setdefault(tag, []).append(row)
    if by_tag:
        print("\nform or noise           cases  accepted  exact  WRONG")
    for tag, mine in sorted(by_tag.items()):
        right = sum(row.exact and row.accepted for row in mine)
        exact = sum(row.exact for row in mine)
        wrong = sum(row.accepted and not row.exact for row in mine)
        share = (100 * right / len(mine), 100 * exact / len(mine))
        print(f"{tag:22} {len(mine):6} {share[0]:8.1f}% {share[1]:5.1f}% {wrong:6}")


def print_criteria(
    rows: Sequence[Row], cases_path: Path, seeds: int = SEEDS, random_edits: int = RANDOM_EDITS
) -> None:
    """The lines of the table S1-S12 that this file can decide."""
    by_tier: dict[str, list[Row]] = {}
    for row in rows:
        by_tier.setdefault(row.case["tier"], []).append(row)
    core, recovery = by_tier.get("core", []), by_tier.get("recovery", [])
    ambiguous = by_tier.get("ambiguous", [])
    generated, noise = by_tier.get("generated", []), by_tier.get("noise", [])
    lines: list[tuple[str, str]] = []
    if core:
        lines.append(
            (
                "S1 core: exact and accepted",
                share(sum(r.exact and r.accepted for r in core), len(core)),
            )
        )
    lines.append(
        (
            "S2 accepted but not exact",
            share(sum(r.accepted and not r.exact for r in rows), len(rows)),
        )
    )
    if recovery:
        lines.append(("S3 recovery: exact", share(sum(r.exact for r in recovery), len(recovery))))
    if ambiguous:
        lines.append(
            ("S4 ambiguous: accepted", share(sum(r.accepted for r in ambiguous), len(ambiguous)))
        )
    same = _same_under_seeds(cases_path, rows, seeds)
    lines.append((f"S5 same output under {seeds} hash seeds", same))
    lines.append(("S6 stored form replays", share(sum(_replays(r.case) for r in rows), len(rows))))
    replayed = sum(replays_at_random(number) for number in range(random_edits))
    lines.append(("S6 random edits replay", share(replayed, random_edits)))
    for name, part in (("S7 generated", generated), ("S8 noise", noise)):
        if part:
            lines.append(
                (
                    f"{name}: exact and accepted",
                    share(sum(r.exact and r.accepted for r in part), len(part)),
                )
            )
            lines.append((f"{name}: exact", share(sum(r.exact for r in part), len(part))))
            lines.append(
                (
                    f"{name}: accepted and wrong",
                    share(sum(r.accepted and not r.exact for r in part), len(part)),
                )
            )
    if core:
        flagged = sum(not row.accepted for row in core)
        lines.append(("S9 model calls per core edit, at least", f"{flagged / len(core):.3f}"))
    times = sorted(row.outcome["seconds"] for row in rows)
    lines.append(
        (
            "S10 seconds: median, p95, most",
            ", ".join(f"{times[int((len(times) - 1) * q)]:.4f}" for q in (0.5, 0.95, 1)),
        )
    )
    lines.append(("S11 answers of models", "see tests/execution/logic/edits/test_answers.py"))
    lines.append(("S12 a failing file leaves the others", "see tests/execution"))
    for name, value in lines:
        print(f"{name:44} {value}")


def _replays(case: dict[str, Any]) -> bool:
    found = replacements_between(case["original"], case["expected"])
    return bool(replay(case["original"], found) == case["expected"])


def replays_at_random(seed: int) -> bool:
    """Store and replay one random edit of a text that repeats itself."""
    rng = random.Random(seed)
    kinds = ["f\n", "  g\n", "end\n", "\n", "xf\n"][: rng.randint(1, 5)]
    old = rng.choices(kinds, k=rng.randint(0, 40))
    new = list(old)
    for _ in range(rng.randint(1, 5)):
        at = rng.randint(0, len(new))
        new[at : at + rng.randint(0, 6)] = rng.choices([*kinds, "new\n"], k=rng.randint(0, 6))
    before, after = "".join(old), "".join(new)
    if rng.random() < 0.1:
        after = after.rstrip("\n")
    return replay(before, replacements_between(before, after)) == after


def _same_under_seeds(path: Path, rows: Sequence[Row], seeds: int) -> str:
    """Run the first cases in fresh interpreters and compare the texts."""
    wanted = [
        [r.outcome["status"], r.outcome["text"], r.outcome["reason"]] for r in rows[:SEEDED_CASES]
    ]
    code = (
        "import json,sys;from benchmarks.edits import run_case;"
        f"cases=json.load(open(sys.argv[1],encoding='utf-8'))[:{SEEDED_CASES}];"
        "print(json.dumps([[o['status'],o['text'],o['reason']] for o in map(run_case,cases)]))"
    )
    same = 0
    for seed in range(1, seeds + 1):
        out = subprocess.run(
            [sys.executable, "-c", code, str(path)],
            env={"PYTHONHASHSEED": str(seed), "PATH": ""},
            cwd=Path(__file__).resolve().parent.parent,
            capture_output=True,
            check=True,
        ).stdout
        same += json.loads(out) == wanted
    return share(same, seeds)


def print_failures(rows: Sequence[Row]) -> None:
    """Why cases were not accepted, most frequent first."""
    reasons = Counter(row.outcome["reason"] for row in rows if not row.accepted)
    for reason, count in reasons.most_common(15):
        exact = sum(r.exact for r in rows if not r.accepted and r.outcome["reason"] == reason)
        print(f"  {count:5} ({exact} exact)  {reason}")


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.edits", description=__doc__)
    parser.add_argument("cases", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--random-edits", type=int, default=RANDOM_EDITS)
    arguments = parser.parse_args(argv)
    cases = json.loads(arguments.cases.read_text(encoding="utf-8"))
    rows = run_cases(cases)
    if arguments.out:
        outcomes = [row.outcome for row in rows]
        arguments.out.write_text(
            json.dumps(outcomes, ensure_ascii=False, indent=1), encoding="utf-8"
        )
    print_tiers(rows)
    print_forms(rows)
    print()
    print_criteria(rows, arguments.cases.resolve(), arguments.seeds, arguments.random_edits)
    print("\nnot accepted, by reason:")
    print_failures(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
