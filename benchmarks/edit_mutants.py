"""Does a test notice each change of the gate? `python -m benchmarks.edit_mutants [MODULE ...]`.

Changes one operator, number, list or reason of the modules that decide about acceptance, one
at a time, and prints the changes that no test noticed. All changes are compiled into the modules,
switched off. The tests run once so, and note for which changes the new value would have been
another one: only these tests can notice the change. Then a forked child for each change switches
it on and runs them, those first that noticed changes of the same function.
"""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time

import pytest

from benchmarks.edit_loading import SWITCHED, install, switch_on
from benchmarks.edit_mutations import Mutant, mutants_of
from benchmarks.edit_outcomes import NOTHING_DIFFERS, Outcomes

ROOT = Path(__file__).resolve().parent.parent
MODULES = (
    "checks.gate",
    "checks.balance",
    "doubts.certainty",
    "readings.soundness",
    "model.check",
    "doubts.gaps",
    "readings.agreement",
    "doubts.unfinished",
    "checks.syntax",
    "doubts.owners",
    "formats.dialects",
    "formats.diffs",
    "formats.finding",
    "readings.torn",
    "doubts.anchors",
    "doubts.declared",
    "readings.rivals",
    "readings.elsewhere",
    "readings.units",
    "drift",
    "doubts.repeats",
    "doubts.leftovers",
    "doubts.growth",
    "doubts.newcomers",
    "doubts.told",
    "doubts.gained",
    "doubts.ranges",
    "model.imports",
    "model.exchanges",
)
TESTS = "tests/execution/logic/edits"
SLOW = ("test_robustness", "test_pairs")
LEAST_SECONDS = 3  # of the processor: a change that makes a loop endless is noticed as well


@dataclass(slots=True)
class Run:
    """Takes the place of pytest's loop over the tests: once as they are, once for each change."""

    mutants: Sequence[Mutant]
    outcomes: Outcomes
    jobs: int = 1
    failed: str = ""  # the first test that failed
    seconds: dict[str, float] = field(default_factory=dict)
    differ: dict[str, set[str]] = field(default_factory=dict)  # by test the changes
    killers: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)  # by function
    children: dict[int, tuple[Mutant, int, int]] = field(default_factory=dict)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._run_unchanged(session.items)
        if self.failed:
            raise pytest.UsageError(f"{self.failed} fails though nothing is changed")
        say(f"{len(session.items)} tests, {len(self.mutants)} changes")
        gc.collect()
        gc.freeze()  # children leave the pages of what is there alone
        for mutant in self.mutants:
            if len(self.children) >= self.jobs:
                self._wait()
            tests = self._tests_for(mutant, session.items)
            if tests:
                self._start(mutant, tests)
            else:
                self._note(mutant, 0, NOTHING_DIFFERS)
        while self.children:
            self._wait()
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def _run_unchanged(self, items: Sequence[pytest.Item]) -> None:
        """Notes where a change would give another value."""
        SWITCHED.records = True
        following = [*items[1:], items[0]]  # fixtures of the session stay
        for item, after in zip(items, following, strict=True):
            SWITCHED.differ = self.differ.setdefault(item.nodeid, set())
            started = process_time()
            _run(item, after)
            self.seconds[item.nodeid] = process_time() - started
        SWITCHED.records = False

    def _tests_for(self, mutant: Mutant, items: Sequence[pytest.Item]) -> list[pytest.Item]:
        """A constant of the module concerns every test."""
        killers = self.killers.get((mutant.module, mutant.function), Counter())
        able = (item for item in items if mutant.name or mutant.key in self.differ[item.nodeid])
        return sorted(able, key=lambda item: (-killers[item.nodeid], self.seconds[item.nodeid]))

    def _start(self, mutant: Mutant, tests: Sequence[pytest.Item]) -> None:
        """The child tells the first failure, and ends."""
        reader, writer = os.pipe()
        child = os.fork()
        if child:
            os.close(writer)
            self.children[child] = mutant, reader, len(tests)
            return
        try:
            switch_on(mutant)
            for item, after in zip(tests, [*tests[1:], None], strict=True):
                seconds = LEAST_SECONDS + 5 * self.seconds[item.nodeid]
                signal.setitimer(signal.ITIMER_PROF, seconds)
                _run(item, after)
                if self.failed:
                    os.write(writer, self.failed.encode()[:4096])
                    os._exit(1)
            os._exit(0)
        except BaseException:  # whatever it is, it was noticed
            os._exit(1)

    def _wait(self) -> None:
        child, status = os.wait()
        mutant, reader, tests = self.children.pop(child)
        with os.fdopen(reader, "rb") as pipe:
            killer = pipe.read().decode()
        noticed = os.waitstatus_to_exitcode(status) != 0
        if killer:
            key = mutant.module, mutant.function
            self.killers.setdefault(key, Counter())[killer] += 1
        self._note(mutant, tests, (killer or "it ends otherwise") if noticed else "")

    def _note(self, mutant: Mutant, tests: int, killer: str) -> None:
        self.outcomes.add(mutant, killer)
        if killer in ("", NOTHING_DIFFERS):
            say(f"survived {tests}: {mutant.path}:{mutant.line}: {mutant.what}")


def _run(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=nextitem)


def say(text: str) -> None:
    """On the terminal, where pytest's own words do not go."""
    os.write(_TERMINAL, f"{text}\n".encode())


_TERMINAL = os.dup(1)


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.edit_mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(MODULES))
    parser.add_argument("--out", type=Path, help="keep the outcomes in this file")
    parser.add_argument("--resume", action="store_true", help="leave out what --out says noticed")
    parser.add_argument("--all-tests", action="store_true", help="also the two slow ones")
    parser.add_argument("--jobs", type=int, default=1, help="changes that are tried at a time")
    arguments = parser.parse_args(argv)
    os.chdir(ROOT)
    mutants = [mutant for module in arguments.modules for mutant in mutants_of(module)]
    outcomes = Outcomes.of(arguments.out, resume=arguments.resume)
    install(mutants)
    run = Run([one for one in mutants if not outcomes.noticed(one)], outcomes, arguments.jobs)
    slow = () if arguments.all_tests else SLOW
    tests = [str(path) for path in sorted(Path(TESTS).glob("test_*.py")) if path.stem not in slow]
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts="]
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    code = int(pytest.main([*options, *tests], plugins=[run]))
    if code == 0:
        say(outcomes.table(mutants))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
