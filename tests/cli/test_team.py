"""People on a server for a team: accounts by PIN, invites, removal, models and settings."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.desk import Desk, home_make, ranks_make
from tests.cli.people import another_account, new_account, org_new, sign_up, switch_account
from tests.cli.server import LiveServer
from tests.cli.terminal import DOWN, ENTER

pytestmark = pytest.mark.cli


@pytest.fixture(scope="module")
def team_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("team-server"), LOCAL_MODE="0")
    yield live
    live.close()


@pytest.fixture
def owner_desk(tmp_path: Path, team_server: LiveServer, request: pytest.FixtureRequest) -> Desk:
    """Somebody's who has just made an account and an org, at a domain that no other test uses."""
    desk = empty_desk(tmp_path)
    domain = domain_of(request)
    with sign_up(desk, team_server.url, lambda: team_server.log, f"olga@{domain}") as terminal:
        new_account(terminal, "Olga Owner")
        org_new(terminal, "Our Org")
        assert terminal.end() == 0
    return desk


def domain_of(request: pytest.FixtureRequest) -> str:
    """One of the test's own."""
    words = re.sub("[^a-z]+", "-", request.node.name)
    return f"{words[-50:].strip('-')}.test"  # a label of a domain has 63 characters at most


def empty_desk(folder: Path) -> Desk:
    desk = Desk(folder / "home", folder / "project", os.environ["PLANDEX_CLI"])
    desk.project.mkdir(parents=True)
    home_make(desk.home, ranks_make())
    return desk


def test_people_come_and_go(
    owner_desk: Desk, team_server: LiveServer, request: pytest.FixtureRequest
) -> None:
    mo = f"mo@{domain_of(request)}"
    assert "Invite sent" in owner_desk.run("invite", mo, "Mo Member", "Member").text
    assert "Pending" in owner_desk.run("users").text
    with another_account(owner_desk, team_server.url, lambda: team_server.log, mo) as terminal:
        new_account(terminal, "Mo Member")
        terminal.until("Org: Our Org")
        assert terminal.end() == 0
    assert owner_desk.run("users").text.count("Active") == 2
    with owner_desk.open("revoke", f"olga@{domain_of(request)}") as terminal:
        terminal.until("User does not have permission to remove user")
        assert terminal.end() == 1
    switch_account(owner_desk, "Olga Owner")
    assert "User removed" in owner_desk.run("revoke", mo).text
    assert owner_desk.run("users").text.count("Active") == 1


def test_an_invite_is_revoked(owner_desk: Desk, request: pytest.FixtureRequest) -> None:
    nia = f"nia@{domain_of(request)}"
    owner_desk.run("invite", nia, "Nia New", "Admin")
    assert "Invite revoked" in owner_desk.run("revoke", nia).text
    assert "Pending" not in owner_desk.run("users").text


def test_a_removed_user_is_told(
    owner_desk: Desk, team_server: LiveServer, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    mo = f"mo@{domain_of(request)}"
    owner_desk.run("invite", mo, "Mo Member", "Member")
    desk = empty_desk(tmp_path / "mo")
    with sign_up(desk, team_server.url, lambda: team_server.log, mo) as terminal:
        new_account(terminal, "Mo Member")
        assert terminal.end() == 0
    desk.run("new", "--name", "mine")
    owner_desk.run("revoke", mo)
    with desk.open("plans") as terminal:
        terminal.until("not a member of org")
        assert terminal.end() == 1


@pytest.mark.parametrize("command", ["users", "revoke"])
def test_local_mode_manages_nobody(desk: Desk, command: str) -> None:
    with desk.open(command) as terminal:
        terminal.until("which has a single user")
        assert terminal.end() == 1


def test_models_and_configs(owner_desk: Desk) -> None:
    desk = owner_desk
    desk.run("new", "--name", "one")
    assert "daily-driver" in desk.run("models").text
    assert "gemini-planner" in desk.run("model-packs").text
    changed = desk.run("set-model", "strong").text
    assert "model-pack | daily-driver → strong" in changed
    assert "openai/o3-high" in desk.run("models").text
    desk.run("set-model", "default", "cheap")
    assert "cheap" in desk.run("models", "default").text
    assert "basic" in desk.run("set-config", "default", "auto-mode", "basic").text
    desk.run("set-config", "auto-exec", "true")
    shown = desk.run("config").text
    assert "custom" in shown  # auto-mode: one setting was changed
    desk.run("new", "--name", "two")
    assert "basic" in desk.run("config").text


MODEL = {
    "modelId": "ours/large",
    "publisher": "ours",
    "description": "Our own",
    "defaultMaxConvoTokens": 75_000,
    "maxTokens": 200_000,
    "maxOutputTokens": 64_000,
    "reservedOutputTokens": 8_000,
    "preferredOutputFormat": "xml",
    "providers": [{"provider": "custom", "customProvider": "ours", "modelName": "ours-large"}],
}
CUSTOM = {
    "$schema": "https://plandex.ai/schemas/models-input.schema.json",
    "providers": [
        {"name": "ours", "baseUrl": "https://models.example.com/v1", "apiKeyEnvVar": "OUR_KEY"}
    ],
    "models": [MODEL],
    "modelPacks": [],
}


def test_custom_models_are_edited_and_saved(owner_desk: Desk) -> None:
    desk = owner_desk
    with desk.open("models", "custom") as terminal:
        terminal.until("preferred editor?")
        terminal.press(DOWN + DOWN + ENTER)
        terminal.until("To save changes")
        assert terminal.end() == 0
    [file] = (desk.home / ".plandex-home-v2").glob("accounts/*/custom-models.json")
    file.write_text(json.dumps(CUSTOM))
    saved = desk.run("models", "custom", "--save").text
    assert "ours/large" in saved
    assert "ours/large" in desk.run("models", "available", "--custom").text
    file.write_text(json.dumps(CUSTOM | {"models": []}))
    assert "ours/large" in desk.run("models", "custom", "--save").text
    assert "ours/large" not in desk.run("models", "available", "--custom").text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"models": [{"modelId": "ours/large"}]}, "defaultMaxConvoTokens"),
        ({"unknown": 1}, "unknown"),
        ({"models": [MODEL | {"modelId": "openai/gpt-4.1"}]}, "built-in"),
    ],
    ids=["a key is missing", "an unknown key", "a built-in model"],
)
def test_custom_models_that_make_no_sense_are_refused(
    owner_desk: Desk, change: dict[str, object], said: str
) -> None:
    file = owner_desk.home / "models.json"
    file.write_text(json.dumps(CUSTOM | change))
    with owner_desk.open("models", "custom", "--save", "--file", str(file)) as terminal:
        terminal.until(said)
        terminal.end()
    assert owner_desk.run("models", "available", "--custom").text.count("ours/") == 0
