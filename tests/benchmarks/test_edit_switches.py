"""The engine as the check of the tests loads it: with every change in it, one switched on."""

import subprocess
import sys

import pytest

from benchmarks.edit_loading import install
from benchmarks.edit_mutations import mutants_of
from execution.logic.edits.checks import gate

SCRIPT = """
import sys
from benchmarks.edit_mutants import MODULES
from benchmarks.edit_mutations import mutants_of
from benchmarks.edit_loading import install, switch_on

mutants = [mutant for module in MODULES for mutant in mutants_of(module)]
install(mutants)
from execution.logic.edits import place_edit
from execution.logic.edits.checks import gate
from execution.logic.edits.text.description import Description

def answers():
    tall = "".join(f"line {n}\\n" for n in range(13))
    placed = place_edit(original="a = 1\\nb = 2\\n", snippet="# ... existing code ...\\nb = (\\n",
        description="Type: replace\\nReplace: line 2", path="a.py")
    reasons = gate.text_reasons(original=tall, candidate=tall[:21], literals=(),
        description=Description((), ()), path="a.txt")
    return placed.status, gate.is_subsequence(["a"], ["b"]), reasons

old = answers()
new = []
for module, function, what in (
    ("checks.gate", "is_subsequence", "return True"),
    ("checks.syntax", "_errors", "drop not"),
    ("checks.gate", "", "12 -> 13"),
):
    for mutant in mutants:
        if (mutant.module, mutant.function, mutant.what) == (module, function, what):
            switch_on(mutant)
            new.append(answers())
            break
sys.stdout.write(repr([old, *new]))
"""


def test_a_change_of_the_engine_shows() -> None:
    command = [sys.executable, "-c", SCRIPT]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    unchanged = ("refused", False, ["large_deletion"])
    assert eval(run.stdout) == [
        unchanged,
        ("refused", True, ["large_deletion"]),
        ("accepted", False, ["large_deletion"]),  # what holds something passes for blank
        ("refused", False, []),
    ]


def test_modules_that_are_loaded_cannot_be_changed() -> None:
    with pytest.raises(RuntimeError, match=gate.__name__):
        install(mutants_of("checks.gate"))
