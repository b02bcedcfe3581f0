"""What a database holds of plans at rest, and what of it nothing reaches: found by the drivers and
by a walk of its own, not by the code that collects garbage."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from plans.logic.versions import decode_tree, unpack

OLD_DAYS = 40
TABLES = {
    "plans_plan": "id",
    "plans_branch": "plan_id",
    "plans_commit": "plan_id",
    "plans_planobject": "plan_id",
    "plans_convosummary": "plan_id",
    "execution_run": "plan_id",
    "execution_runevents": "(SELECT plan_id FROM execution_run r WHERE r.id = run_id)",
    "execution_modelcall": "plan_id",
    "execution_build": "plan_id",
}
"""Everything that belongs to a plan, and what says to which."""


class Database:
    """One of the two kinds, read and changed by its own driver."""

    def __init__(self, place: str | Path) -> None:
        self._place = place

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with closing(self._connect()) as connection:
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def age_some_runs(self) -> set[str]:
        """Makes every second run that has ended, and its calls, ones of long ago."""
        old = self._ago()
        runs = self.rows("SELECT id FROM execution_run WHERE finished_at IS NOT NULL ORDER BY id")
        aged = {row["id"] for row in runs[::2]}
        ids = ", ".join(f"'{run}'" for run in aged)
        with closing(self._connect()) as connection:
            connection.execute(f"UPDATE execution_run SET finished_at = {old} WHERE id IN ({ids})")
            connection.execute(
                f"UPDATE execution_modelcall SET started_at = {old} WHERE run_id IN ({ids})"
            )
            connection.commit()
        return aged

    def _ago(self) -> str:
        if isinstance(self._place, Path):
            return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', '-{OLD_DAYS} days')"
        return f"now() - interval '{OLD_DAYS} days'"

    def _connect(self) -> Any:
        if isinstance(self._place, Path):
            return sqlite3.connect(self._place, timeout=30)
        return psycopg.connect(self._place)


class Rest:
    """The rows of plans that nobody works on any more, by table and key."""

    def __init__(self, database: Database, aged: Collection[str]) -> None:
        plans = database.rows("SELECT id FROM plans_plan ORDER BY id")
        self._plans = ", ".join(f"'{plan['id']}'" for plan in plans)
        self._rows = self._read(database)
        self._gone = self._unreachable() | self._outdated(aged)

    def __str__(self) -> str:
        return f"{len(self._rows)} rows, of them {len(self._gone)} to go"

    def compared(self, database: Database) -> list[str]:
        found = self._read(database)
        kept = {key: row for key, row in self._rows.items() if key not in self._gone}
        problems = [f"{key} is gone" for key in kept if key not in found]
        problems += [
            f"{key} has changed" for key, row in kept.items() if found.get(key, row) != row
        ]
        problems += [f"{key} is still there" for key in self._gone if key in found]
        problems += [f"{key} is new" for key in found if key not in self._rows]
        return problems

    def _read(self, database: Database) -> dict[tuple[str, str], dict[str, Any]]:
        found = {}
        for table, plan in TABLES.items():
            for row in database.rows(f'SELECT * FROM "{table}" WHERE {plan} IN ({self._plans})'):
                plain = {name: _plain(value) for name, value in row.items()}
                found[table, str(row["id"])] = plain
        return found

    def _of(self, table: str) -> list[dict[str, Any]]:
        return [row for (name, _), row in self._rows.items() if name == table]

    def _unreachable(self) -> set[tuple[str, str]]:
        commits = {row["id"]: row for row in self._of("plans_commit")}
        objects = {(row["plan_id"], row["hash"]): row for row in self._of("plans_planobject")}
        needed: set[tuple[str, str]] = set()
        for branch in self._of("plans_branch"):
            place = branch["head_id"]
            while place is not None and ("plans_commit", str(place)) not in needed:
                needed.add(("plans_commit", str(place)))
                for tree in _json(commits[place]["trees"]).values():
                    needed |= _held(objects, branch["plan_id"], tree)
                place = commits[place]["parent_id"]
        tables = ("plans_commit", "plans_planobject")
        return {key for key in self._rows if key[0] in tables} - needed

    def _outdated(self, aged: Collection[str]) -> set[tuple[str, str]]:
        tables = ("execution_runevents", "execution_modelcall")
        return {
            key for key, row in self._rows.items() if key[0] in tables and row["run_id"] in aged
        }


def _held(
    objects: dict[tuple[str, str], dict[str, Any]], plan: str, tree: str
) -> set[tuple[str, str]]:
    """A tree's object, and those of what it names."""
    row = objects[plan, tree]
    blobs = decode_tree(unpack(row["data"], bool(row["compressed"]))).values()
    rows: Sequence[dict[str, Any]] = [row, *(objects[plan, blob] for blob in blobs)]
    return {("plans_planobject", str(one["id"])) for one in rows}


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _json(value: Any) -> dict[str, str]:
    found: dict[str, str] = json.loads(value) if isinstance(value, str) else value
    return found
