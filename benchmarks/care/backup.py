"""Backups while people work, each restored into new places and compared.

    python -m benchmarks.care.backup [--seconds 60] [--backups 3]
    python -m benchmarks.care.backup --database postgresql://…/NAME --redis redis://…

The first form serves from SQLite, the second is a cluster; NAME has to be an empty database, and
others are made beside it (with --restore-to also for the first form). Witnesses write numbered
changes one after another, others tell. Of each backup is asked:

- does it restore into SQLite and into PostgreSQL, and are both the same, row by row, read by their
  own drivers (and not by the code that restored them)?
- is it of one moment: is there an instant at which every witness's last change in it was the last?
- do references hold, does every revision of every plan read under the name of its content, do the
  logs of runs have no gap, are the sums of usage those of the calls?

At the end the server is stopped, and a last backup's copies are compared with the database itself.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.care.load import Load, Witness
from benchmarks.care.models_thread import models_served
from benchmarks.care.site import ROOT, Site
from benchmarks.care.tables import differences, postgresql_rows, sqlite_rows
from benchmarks.care.trial import judged, parser_of, site_for

WARM_S = 3.0
# A restore brings the schema itself, and the moments at which it did.
OWN = ("django_migrations",)


@dataclass(frozen=True, slots=True)
class Taken:
    path: Path
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Copies:
    """Where one backup was restored to."""

    sqlite: Path
    postgresql: str
    seen: dict[str, int]
    counts: dict[str, int]
    problems: list[str]


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--restore-to", default="", help="a PostgreSQL to make databases on")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--backups", type=int, default=3)
    parser.add_argument("--tellers", type=int, default=6)
    options = parser.parse_args()
    with site_for(options) as site:
        bench = Bench(site, options)
        try:
            problems = bench.run()
        finally:
            bench.close()
    judged(problems)


class Bench:
    def __init__(self, site: Site, options: argparse.Namespace) -> None:
        self._site, self._folder, self._options = site, site.folder, options
        self._beside = options.restore_to or options.database
        self._made: list[str] = []

    def run(self) -> list[str]:
        options, problems = self._options, []
        with models_served(clock_chunks=40, clock_s=0.05) as models:
            self._site.start()
            load = Load([self._site.base], models.url, tellers=options.tellers)
            load.start()
            time.sleep(WARM_S)
            taken = []
            for number in range(options.backups):
                taken.append(self._back_up(f"{number}.backup"))
                time.sleep(max(0.0, options.seconds / options.backups - 1))
            load.stop()
        self._site.stop()
        print(f"runs that ended meanwhile: {dict(load.ends)}")
        problems += load.errors
        for one in taken:
            problems += self._judge(one, load.witnesses)
        return problems + self._at_rest()

    def close(self) -> None:
        self._site.stop()
        for name in self._made:
            with psycopg.connect(self._beside, autocommit=True) as connection:
                drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                connection.execute(drop.format(sql.Identifier(name)))

    def _back_up(self, name: str) -> Taken:
        path, began = self._folder / name, time.time()
        self._site.manage("backup", str(path))
        return Taken(path, began, time.time())

    def _judge(self, taken: Taken, witnesses: Sequence[Witness]) -> list[str]:
        copies = self._restored(taken.path)
        problems = [*copies.problems, *self._compared(copies)]
        early, late = 0.0, float("inf")
        for one in witnesses:
            first, last = one.moments(copies.seen.get(one.place, 0))
            early, late = max(early, first), min(late, last)
        if early > late:
            problems.append(f"{taken.path.name} is of no single moment: {early - late:.3f} s apart")
        if late < taken.began or early > taken.ended:
            problems.append(f"{taken.path.name} is not of the time when it was made")
        size = taken.path.stat().st_size / 1e6
        print(
            f"{taken.path.name}: {taken.ended - taken.began:.1f} s, {size:.1f} MB, "
            f"{sum(copies.counts.values())} rows, {copies.counts.get('plans.commit', 0)} "
            f"revisions, {copies.counts.get('execution.run', 0)} runs; the witnesses' changes "
            f"{list(copies.seen.values())}; problems {len(problems)}"
        )
        return [f"{taken.path.name}: {problem}" for problem in problems]

    def _at_rest(self) -> list[str]:
        """The server has stopped: its database is what a backup has to be."""
        copies = self._restored(self._back_up("rest.backup").path)
        problems = [*copies.problems, *self._compared(copies)]
        if self._options.database:
            rows, _ = postgresql_rows(self._options.database)
            copy, _ = postgresql_rows(copies.postgresql)
            problems += differences(rows, copy, OWN)
        elif copies.postgresql:
            copy, kinds = postgresql_rows(copies.postgresql)
            problems += differences(sqlite_rows(self._folder / "plandex.sqlite3", kinds), copy, OWN)
        print(f"at rest: {sum(copies.counts.values())} rows, problems {len(problems)}")
        return [f"at rest: {problem}" for problem in problems]

    def _compared(self, copies: Copies) -> list[str]:
        if not copies.postgresql:
            return []
        rows, kinds = postgresql_rows(copies.postgresql)
        return differences(rows, sqlite_rows(copies.sqlite, kinds), OWN)

    def _restored(self, path: Path) -> Copies:
        folder = self._folder / f"to-{path.stem}"
        places = [{"PLANDEX_DATA_DIR": str(folder), "DATABASE_URL": "", "REDIS_URL": ""}]
        if self._beside:
            places.append({**places[0], "DATABASE_URL": self._database()})
        reports = []
        for place in places:
            self._site.manage("restore", str(path), **place)
            self._site.manage("restore", "--check", str(path), **place)
            reports.append(self._verified(place))
        problems = [problem for report in reports for problem in report["problems"]]
        if any(report["seen"] != reports[0]["seen"] for report in reports):
            problems.append("the copies differ")
        return Copies(
            sqlite=folder / "plandex.sqlite3",
            postgresql=places[-1]["DATABASE_URL"],
            seen=reports[0]["seen"],
            counts=reports[0]["counts"],
            problems=problems,
        )

    def _database(self) -> str:
        name = f"care_{os.getpid()}_{len(self._made)}"
        with psycopg.connect(self._beside, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        self._made.append(name)
        return f"{self._beside.rpartition('/')[0]}/{name}"

    def _verified(self, place: dict[str, str]) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.care.verify"],
            cwd=ROOT,
            env={**self._site.env, **place},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SystemExit(f"the copy can't be looked at: {done.stderr[-2000:]}")
        return json.loads(done.stdout)


if __name__ == "__main__":
    main()
