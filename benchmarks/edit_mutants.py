"""Does a test notice each change of the gate? `python -m benchmarks.edit_mutants [MODULE ...]`.

Changes one operator, constant or yielded reason of the modules that decide about acceptance, one
at a time, runs the engine's tests that reach it, and prints the changes that no test noticed. The
files stay as they are: the tests are collected and run once, then each change is made in the
memory of a forked child.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from types import FrameType

import pytest

from benchmarks.edit_mutations import PACKAGE, Mutant, module_name, mutants_of, mutated

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
    "doubts.repeats",
    "doubts.leftovers",
    "doubts.growth",
    "doubts.newcomers",
    "doubts.told",
    "doubts.ranges",
    "model.imports",
    "model.exchanges",
)
TESTS = "tests/execution/logic/edits"
SLOW = ("test_robustness", "test_pairs")
MAX_SECONDS = 120  # a change that makes a loop endless is noticed as well


@dataclass(slots=True)
class Run:
    """Takes the place of pytest's loop over the tests: once as they are, once for each change."""

    mutants: Sequence[Mutant]
    survivors: int = 0
    failed: bool = False
    first: str = ""  # the first test that failed
    seconds: dict[str, float] = field(default_factory=dict)
    reached: dict[str, set[tuple[str, int]]] = field(default_factory=dict)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        following = [*session.items[1:], session.items[0]]  # fixtures of the session stay
        for item, after in zip(session.items, following, strict=True):
            started = perf_counter()
            with _calls(self.reached.setdefault(item.nodeid, set())):
                _run(item, after)
            self.seconds[item.nodeid] = perf_counter() - started
        if self.failed:
            raise pytest.UsageError(f"{self.first} fails though nothing is changed")
        say(f"{len(session.items)} tests, {len(self.mutants)} changes")
        for mutant in self.mutants:
            tests = [item for item in session.items if self._reaches(item, mutant)]
            tests.sort(key=lambda item: self.seconds[item.nodeid])
            if not self._is_noticed(mutant, tests):
                self.survivors += 1
                say(f"survived {len(tests)}: {mutant.path}:{mutant.line}: {mutant.what}")
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = True
            self.first = report.nodeid

    def _reaches(self, item: pytest.Item, mutant: Mutant) -> bool:
        """The test calls the changed function; a constant of the module concerns every test."""
        if mutant.function is None:
            return True
        low, high = mutant.function
        return any(
            module == mutant.module and low <= line <= high
            for module, line in self.reached[item.nodeid]
        )

    def _is_noticed(self, mutant: Mutant, tests: Sequence[pytest.Item]) -> bool:
        """The first failure ends the child."""
        child = os.fork()
        if child:
            _, status = os.waitpid(child, 0)
            return os.waitstatus_to_exitcode(status) != 0
        signal.alarm(MAX_SECONDS)
        try:
            mutated(mutant)
            for item, after in zip(tests, [*tests[1:], None], strict=True):
                _run(item, after)
                if self.failed:
                    os._exit(1)
            os._exit(0)
        except BaseException:  # whatever it is, it was noticed
            os._exit(1)


def _run(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=nextitem)


@contextlib.contextmanager
def _calls(found: set[tuple[str, int]]) -> Iterator[None]:
    """Notes which functions of the engine are called, by module and first line."""
    folder = f"/{PACKAGE.replace('.', '/')}/"
    known: dict[str, str | None] = {}

    def trace(frame: FrameType, event: str, argument: object) -> None:
        code = frame.f_code
        name = code.co_filename
        if name not in known:
            known[name] = module_name(Path(name)) if folder in name else None
        module = known[name]
        if module is not None:
            found.add((module, code.co_firstlineno))

    earlier = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(earlier)


def say(text: str) -> None:
    """On the terminal, where pytest's own words do not go."""
    os.write(_TERMINAL, f"{text}\n".encode())


_TERMINAL = os.dup(1)


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.edit_mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(MODULES))
    parser.add_argument("--sample", type=int, default=0, help="only so many, chosen by the seed")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    os.chdir(ROOT)
    mutants = [mutant for module in arguments.modules for mutant in mutants_of(module)]
    if arguments.sample:
        mutants = random.Random(arguments.seed).sample(mutants, arguments.sample)
    run = Run(mutants)
    tests = [str(path) for path in sorted(Path(TESTS).glob("test_*.py")) if path.stem not in SLOW]
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts="]
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    code = int(pytest.main([*options, *tests], plugins=[run]))
    if code == 0:
        say(f"{len(mutants) - run.survivors} of {len(mutants)} changes noticed")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
