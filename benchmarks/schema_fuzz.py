"""Holds a running server against the description that it publishes, with schemathesis.

    python -m benchmarks.schema_fuzz http://127.0.0.1:8099 [--examples 50] [--mail-log FILE]

Every operation is called in both dialects, as an owner and as a member of a new org, with data that
the description allows and with data that it forbids, first with the ids of a plan of that person's
own, then with made-up ones. No answer may be a 5xx or outside the description; what is allowed has
to be taken, what is forbidden refused. A server that is not in local mode has to print its mails:
`--mail-log` names the file that they go to. At the end stands a table of what was called.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.team import Person, Team, call, team_make

# Revokes the token that all other calls need; it is fuzzed at the end of each round.
LAST = "signOut"
CLI_VERSION = "2.2.1"
# They end what the ids of the others name.
ENDING = ("deletePlan", "deleteAllPlans", "deleteBranch", "signOut")
SHARED = Path(__file__).parents[1] / "schemathesis.toml"
ALL_PHASES = "examples,coverage,fuzzing,stateful"
_COUNTS = re.compile(r"^  ([\d,]+) generated(?:, [\d,]+ found ([\d,]+) unique)?", re.MULTILINE)

Ids = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Round:
    """What schemathesis is called with once, and as whom."""

    dialect: str
    role: str
    person: Person
    ids: Ids
    phases: str
    choice: Sequence[str]


@dataclass(slots=True)
class Found:
    cases: int = 0
    complaints: int = 0
    failed: bool = False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("base")
    parser.add_argument("--examples", type=int, default=50)
    parser.add_argument("--mail-log", type=Path)
    parser.add_argument("--dialect", choices=["api", "cli"])
    parser.add_argument("--role", choices=["owner", "member"])
    parser.add_argument("--phases", default=ALL_PHASES)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--operation", action="append", default=[])
    options = parser.parse_args()
    arguments = ["--max-examples", str(options.examples)]
    if options.seed is not None:
        arguments += ["--seed", str(options.seed)]
    table: dict[tuple[str, str], Found] = {}
    dialects = [options.dialect] if options.dialect else ["api", "cli"]
    # All at once: what is fuzzed uses up the mails that a network may ask for.
    teams = {dialect: team_make(options.base, options.mail_log) for dialect in dialects}
    for dialect, team in teams.items():
        for one in _rounds(options, dialect, team):
            found = table.setdefault((dialect, one.role), Found())
            _run(options.base, one, arguments, found)
    print(_shown(table))
    if any(found.failed for found in table.values()):
        raise SystemExit("Something was found.")


def _rounds(options: argparse.Namespace, dialect: str, team: Team) -> Iterator[Round]:
    for role, person in (("owner", team.owner), ("member", team.member)):
        if options.role not in (None, role):
            continue
        own, none = _ids(options.base, person), dict[str, str]()
        if options.operation:
            choice = [
                part for name in options.operation for part in ("--include-operation-id", name)
            ]
            yield Round(dialect, role, person, own, options.phases, choice)
            yield Round(dialect, role, person, none, options.phases, choice)
            continue
        others, last = ["--exclude-operation-id", LAST], ["--include-operation-id", LAST]
        yield Round(dialect, role, person, own, options.phases, others)
        # The coverage phase tries what is not there by itself.
        yield Round(dialect, role, person, none, "fuzzing", others)
        yield Round(dialect, role, person, none, options.phases, last)


def _ids(base: str, person: Person) -> Ids:
    """The ids of a plan with something in its context."""
    headers = {"Authorization": f"Bearer {person.token}", "X-Org-Id": person.org_id}
    project = call(base, "POST", "/projects", {"name": "fuzz"}, headers)["id"]
    plan = call(base, "POST", f"/projects/{project}/plans", {"name": "fuzz"}, headers)["id"]
    path = f"/plans/{plan}/main"
    file = {"contextType": "file", "name": "a.py", "file_path": "a.py", "body": "a = 1\n"}
    call(base, "POST", f"{path}/context", [file], headers)
    context = call(base, "GET", f"{path}/context", headers=headers)[0]["id"]
    sha = call(base, "GET", f"{path}/logs", headers=headers)["shas"][0]
    return {
        "projectId": project,
        "planId": plan,
        "branch": "main",
        "contextId": context,
        "sha": sha,
    }


def _config(ids: Ids) -> str:
    """What schemathesis is told of single operations. Of several parts the first counts."""
    (shared,) = tomllib.loads(SHARED.read_text())["operations"]
    depending: list[str] = shared["include-operation-id"]
    statuses = json.dumps(shared["checks"]["positive_data_acceptance"]["expected-statuses"])
    parameters = "".join(f'parameters."{name}" = {json.dumps(id)}\n' for name, id in ids.items())
    free = sorted(set(depending) - set(ENDING))
    expected = f"checks.positive_data_acceptance.expected-statuses = {statuses}\n"
    parts = [f"include-operation-id = {json.dumps(free)}\n{expected}{parameters}"]
    if ids:
        others = sorted({*depending, *ENDING})
        parts.append(f"exclude-operation-id = {json.dumps(others)}\n{parameters}")
    return "".join(f"[[operations]]\n{part}\n" for part in parts)


def _headers(dialect: str, person: Person) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {person.token}",
        "X-Org-Id": person.org_id,
        # An empty version is none: schemathesis would make one up.
        "X-Client-Version": CLI_VERSION if dialect == "cli" else "",
    }


def _run(base: str, one: Round, arguments: Sequence[str], found: Found) -> None:
    with_plan = ", a plan of their own" if one.ids else ""
    print(f"\n##### {one.dialect} dialect, {one.role}{with_plan}", flush=True)
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
        config.write(_config(one.ids))
        config.flush()
        command = _command(base, config.name, [f"--phases={one.phases}", *arguments, *one.choice])
        for name, value in _headers(one.dialect, one.person).items():
            command += ["--header", f"{name}: {value}"]
        ended = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    print(ended.stdout, flush=True)
    counts = _COUNTS.search(ended.stdout)
    cases, complaints = counts.groups("0") if counts else ("0", "0")
    found.cases += int(cases.replace(",", ""))
    found.complaints += int(complaints.replace(",", ""))
    found.failed |= ended.returncode != 0


def _command(base: str, config: str, arguments: Sequence[str]) -> list[str]:
    return [
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={config}",
        "run",
        f"{base}/schema",
        "--mode=all",
        "--checks=all",
        "--continue-on-failure",
        "--generation-database=none",
        "--no-color",
        "--workers=2",
        "--warnings=off",
        *arguments,
    ]


def _shown(table: Mapping[tuple[str, str], Found]) -> str:
    lines = ["| Dialect | Signed in as | Cases | Complaints |", "| --- | --- | --- | --- |"]
    for (dialect, role), found in table.items():
        lines.append(f"| {dialect} | {role} | {found.cases:,} | {found.complaints:,} |")
    return "\n".join(["", *lines, ""])


if __name__ == "__main__":
    main()
