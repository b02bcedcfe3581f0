"""Keys that the server holds, budgets and `plandex usage`, with the CLI as it is."""

import json
import os
import re
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import Desk, desk_make
from tests.cli.model_server import ModelServer
from tests.cli.server import LiveServer

pytestmark = pytest.mark.cli

KEY = "scripted-key-0123456789abcdef"
Call = Callable[..., Any]


@pytest.fixture(scope="module")
def org_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("org-server"))
    yield live
    live.close()


@pytest.fixture(scope="module")
def org_home(
    tmp_path_factory: pytest.TempPathFactory, org_server: LiveServer, model_server: ModelServer
) -> Path:
    return desk_make(tmp_path_factory.mktemp("desk"), org_server.url, model_server.url).home


@pytest.fixture
def org_desk(tmp_path: Path, org_home: Path) -> Desk:
    shutil.copytree(org_home, tmp_path / "home")
    (tmp_path / "project").mkdir()
    return Desk(tmp_path / "home", tmp_path / "project", os.environ["PLANDEX_CLI"])


@pytest.fixture
def call(org_desk: Desk, org_server: LiveServer) -> Call:
    """A request of the API dialect, signed in as the desk is."""
    auth = json.loads((org_desk.home / ".plandex-home-v2" / "auth.json").read_text())

    def ask(method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(
            org_server.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {auth['token']}", "X-Org-Id": auth["orgId"]},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            content = response.read()
        return json.loads(content) if content else None

    return ask


def test_a_team_s_money(
    org_desk: Desk, call: Call, models: ModelServer, org_server: LiveServer
) -> None:
    """One story, since each step needs the one before: no key, the org's key, costs, a budget."""
    desk = org_desk
    provider = {"name": "scripted", "baseUrl": _base(call), "apiKeyEnvVar": "SCRIPTED_API_KEY"}
    call("POST", "/custom_models", {"providers": [provider]})
    desk.run("new", "--name", "first")
    with desk.open("tell", "Say hello") as terminal:
        assert terminal.end() != 0
        assert "Required API key(s) or model credentials are missing" in terminal.text

    call("PUT", "/provider_keys/custom%7Cscripted", {"values": {"SCRIPTED_API_KEY": KEY}})
    for role in ("planner", "summarizer", "names", "commit-messages"):
        price = {"modelId": f"scripted/{role}", "input": "100", "output": "200"}
        call("PUT", "/billing/prices", price)
    models.queue("planner", "Hello from the org's key.\n\n<PlandexFinish/>")
    assert "Hello from the org's key" in desk.run("tell", "Say hello").text
    assert set(models.asked.keys) == {f"Bearer {KEY}"}
    assert KEY not in org_server.log

    # Two calls of 100 tokens at $100 and 1 at $200 per million.
    for flag, heading in (
        ("--today", "SPENT TODAY"),
        ("--month", "SPENT THIS BILLING MONTH"),
        ("--plan", "SPENT ON PLAN"),
    ):
        shown = desk.run("usage", flag).text
        assert heading in shown
        assert re.search(r"\$0\.00 +\| \$0\.0204", shown)
        assert re.search(r"Response +\| \$0\.0102", shown)
        assert re.search(r"test-planner +\| \$0\.0102", shown)
    log = desk.run("usage", "--log").text
    assert log.count("-$0.0102") == 2
    assert "Price → $100.00 input / $200.00 output per 1M" in log
    assert "Used → 100 input / 1 output" in log

    call("PUT", "/billing/budgets", {"period": "month", "hardLimit": "0.01"})
    with desk.open("tell", "And again") as terminal:
        assert terminal.end() != 0
        assert "has spent $0.0204 of $0.01 for this month" in terminal.text
    call("PUT", "/billing/budgets", {"period": "month", "softLimit": "0.01", "hardLimit": "50"})
    models.queue("planner", "Hello again.\n\n<PlandexFinish/>")
    told = desk.run("tell", "And again").text
    assert "⚠️" in told and "has spent $0.0204 of $50.00" in told and "Hello again." in told
    assert "$49.95" in desk.run("usage").text


def _base(call: Call) -> str:
    (provider,) = call("GET", "/custom_providers")
    base: str = provider["baseUrl"]
    return base
