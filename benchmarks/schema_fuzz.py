"""Holds a running server against the description that it publishes, with schemathesis.

    python -m benchmarks.schema_fuzz http://127.0.0.1:8099 [--examples 50] [--mail-log FILE]

Every operation is called in both dialects, as an owner and as a member of a new org, with data that
the description allows and with data that it forbids; as the owner also with the ids of a plan that
exists. No answer may be a 5xx or outside the description; what is allowed has to be taken, what is
forbidden refused. A server that is not in local mode has to print its mails: `--mail-log` names the
file that they go to.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.team import Person, Team, call, team_make

# Revokes the token that all other calls need; it is fuzzed at the end of each round.
LAST = "signOut"
CLI_VERSION = "2.2.1"
# They end what the ids of the others name.
ENDING = ("deletePlan", "deleteAllPlans", "deleteBranch", "signOut")
# The description can't say of a body whether it fits what is stored: whether a plan is archived,
# a model exists, keys came for it, or a limit lies above another. These may refuse what is well
# formed.
DEPENDING = (
    "archivePlan",
    "autoLoadContext",
    "buildPlan",
    "createBranch",
    "createEmailVerification",
    "createModelPack",
    "getReady",
    "inviteUser",
    "listPlansRunning",  # in the CLI dialect it has to name a project
    "loadContext",
    "rewindPlan",
    "setBudget",
    "setPrice",
    "setProviderKey",
    "tellPlan",
    "unarchivePlan",
    "updateContext",
    "updateDefaultSettings",
    "updateModelPack",
    "updateSettings",
    "upsertCustomModels",
)
EXPECTED = ("2xx", "400", "401", "403", "404", "409", "422", "429")


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
        for role, person, ids in _people(options.base, team, options.role):
            name = f"{dialect} dialect, {role}{', a plan that exists' if ids else ''}"
            print(f"\n##### {name}", flush=True)
            for choice in _choices(options.operation):
                arguments = ["--max-examples", str(options.examples), *choice]
                if options.seed is not None:
                    arguments += ["--seed", str(options.seed)]
                if _run(options.base, arguments, _headers(dialect, person), ids):
                    failed.append(name)
    if failed:
        raise SystemExit(f"Failed: {'; '.join(failed)}")
    print("\nNothing was found.")


Ids = Mapping[str, str]


def _people(base: str, team: Team, role: str | None) -> Iterator[tuple[str, Person, Ids]]:
    if role != "member":
        yield "owner", team.owner, _ids(base, team.owner)
        yield "owner", team.owner, {}
    if role != "owner":
        yield "member", team.member, {}


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
    expected = f"checks.positive_data_acceptance.expected-statuses = {json.dumps(EXPECTED)}\n"
    parameters = "".join(f'parameters."{name}" = {json.dumps(id)}\n' for name, id in ids.items())
    free = sorted(set(DEPENDING) - set(ENDING))
    parts = [f"include-operation-id = {json.dumps(free)}\n{expected}{parameters}"]
    if ids:
        others = sorted({*DEPENDING, *ENDING})
        parts.append(f"exclude-operation-id = {json.dumps(others)}\n{parameters}")
    return "".join(f"[[operations]]\n{part}\n" for part in parts)


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


def _run(base: str, arguments: Sequence[str], headers: Mapping[str, str], ids: Ids) -> int:
    """The exit code of a run."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
        config.write(_config(ids))
        config.flush()
        command = _command(base, config.name, arguments)
        for name, value in headers.items():
            command += ["--header", f"{name}: {value}"]
        return subprocess.run(command, check=False).returncode


def _command(base: str, config: str, arguments: Sequence[str]) -> list[str]:
    return [
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={config}",
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


if __name__ == "__main__":
    main()
