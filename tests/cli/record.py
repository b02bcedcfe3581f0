"""Records what the real CLI sends, for `tests/wire/recorded.py` to send again.

PLANDEX_CLI=/path/to/plandex python -m tests.cli.record
"""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from tests.cli.desk import Desk, home_make, models_save, ranks_make
from tests.cli.model_server import ModelServer
from tests.cli.people import another_account, new_account, org_new, sign_up, switch_account
from tests.cli.recorder import Call, Recorder, scrubbed
from tests.cli.server import LiveServer
from tests.execution.runs.replies import creating, done, plan_of

FOLDER = Path(__file__).resolve().parents[1] / "data" / "recorded"
REPLIES = {
    "planner": [plan_of("Write it", uses="`main.py`, `hello.py`")],
    "coder": [creating("hello.py", "print('hello')\n") + done("Write it")],
}
OLGA, MO = "olga@example.com", "mo@example.com"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = LiveServer(folder, LOCAL_MODE="0")
        models, recorder = ModelServer(), Recorder(server.url)
        try:
            desk = Desk(folder / "home", folder / "project", os.environ["PLANDEX_CLI"])
            desk.project.mkdir()
            home_make(desk.home, ranks_make())
            _team(desk, server, recorder)
            people = recorder.taken()
            _plan_cycle(desk, models)
            cycle = recorder.taken()
        finally:
            recorder.close()
            models.close()
            server.close()
    _save("people", people, {})
    # The second one goes on where the first ends.
    _save("plan_cycle", [*people, *cycle], REPLIES)


def _team(desk: Desk, server: LiveServer, recorder: Recorder) -> None:
    def mails() -> str:
        return server.log

    with sign_up(desk, recorder.url, mails, OLGA) as terminal:
        new_account(terminal, "Olga Owner")
        org_new(terminal, "Our Org")
        assert terminal.end() == 0
    desk.run("invite", MO, "Mo Member", "Member")
    with another_account(desk, recorder.url, mails, MO) as terminal:
        new_account(terminal, "Mo Member")
        assert terminal.end() == 0
    desk.run("users")
    switch_account(desk, "Olga Owner")
    desk.run("revoke", MO)
    desk.run("users")


def _plan_cycle(desk: Desk, models: ModelServer) -> None:
    models_save(desk, models.url)
    desk.run("set-config", "default", "auto-load-context", "false")
    desk.run("set-config", "default", "skip-changes-menu", "true")
    for role, texts in REPLIES.items():
        for text in texts:
            models.queue(role, text)
    desk.write("main.py", "import sys\n")
    desk.run("new", "--name", "first")
    desk.run("load", "main.py")
    desk.run("tell", "Say hello")
    desk.run("diff", "--plain")
    desk.apply()
    desk.run("convo")
    desk.run("log")
    desk.run("rewind", "1", "--revert")
    desk.run("reject", "--all")
    desk.run("checkout", "side", "--yes")
    desk.run("branches")
    desk.run("checkout", "main")
    desk.run("delete-branch", "side")
    desk.run("ls")
    desk.run("rm", "main.py")
    desk.run("rename", "renamed")
    desk.run("plans")
    desk.run("current")
    desk.run("archive", "renamed")
    desk.run("unarchive", "renamed")
    with desk.open("delete-plan", "renamed") as terminal:
        terminal.until("Are you sure")
        terminal.press("y")
        assert terminal.end() == 0


def _save(name: str, calls: list[Call], replies: dict[str, list[str]]) -> None:
    FOLDER.mkdir(exist_ok=True)
    recorded: dict[str, Any] = {"replies": replies, "calls": scrubbed(calls)}
    text = json.dumps(recorded, indent=1, ensure_ascii=False)
    (FOLDER / f"{name}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
