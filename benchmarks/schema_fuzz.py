"""Holds a running server against the description that it publishes, with schemathesis.

    python -m benchmarks.schema_fuzz http://127.0.0.1:8099 [--examples 50] [--mail-log FILE]

Every operation is called in both dialects, as an owner and as a member of a new org, with data that
the description allows and with data that it forbids. No answer may be a 5xx or outside the
description; what is allowed has to be taken, what is forbidden refused. A server that is not in
local mode has to print its mails: `--mail-log` names the file that they go to.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.team import Person, Team, team_make

# Revokes the token that all other calls need; it is fuzzed at the end of each round.
LAST = "signOut"
CLI_VERSION = "2.2.1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("base")
    parser.add_argument("--examples", type=int, default=50)
    parser.add_argument("--mail-log", type=Path)
    parser.add_argument("--dialect", choices=["api", "cli"])
    parser.add_argument("--role", choices=["owner", "member"])
    parser.add_argument("--seed", type=int)
    parser.add_argument("--operation", action="append", default=[])
    options = parser.parse_args()
    failed = []
    for dialect in [options.dialect] if options.dialect else ["api", "cli"]:
        team = team_make(options.base, options.mail_log)
        for role, person in _people(team, options.role):
            print(f"\n##### {dialect} dialect, {role}", flush=True)
            for choice in _choices(options.operation):
                common = ["--max-examples", str(options.examples)]
                if options.seed is not None:
                    common += ["--seed", str(options.seed)]
                if _run(options.base, [*common, *choice], _headers(dialect, person)):
                    failed.append(f"{dialect}/{role}")
    if failed:
        raise SystemExit(f"Failed: {', '.join(failed)}")
    print("\nNothing was found.")


def _people(team: Team, role: str | None) -> Iterator[tuple[str, Person]]:
    people = {"owner": team.owner, "member": team.member}
    yield from ((name, person) for name, person in people.items() if role in (None, name))


def _choices(operations: Sequence[str]) -> Iterator[list[str]]:
    if operations:
        yield [part for one in operations for part in ("--include-operation-id", one)]
        return
    yield ["--exclude-operation-id", LAST]
    yield ["--include-operation-id", LAST]


def _headers(dialect: str, person: Person) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {person.token}",
        "X-Org-Id": person.org_id,
        # An empty version is none: schemathesis would make one up.
        "X-Client-Version": CLI_VERSION if dialect == "cli" else "",
    }


def _run(base: str, arguments: Sequence[str], headers: dict[str, str]) -> int:
    """The exit code of a run; the server's own checks of a call stand in the description."""
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{base}/schema",
        "--phases=examples,coverage,fuzzing",
        "--mode=all",
        "--continue-on-failure",
        "--generation-database=none",
        "--no-color",
        "--workers=2",
        "--warnings=off",
        *arguments,
    ]
    for name, value in headers.items():
        command += ["--header", f"{name}: {value}"]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    main()
