"""What somebody is told whose server can't start."""

import asyncio
import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django.fixtures import Settings

from tests.cli.server import CLUSTER, ROOT, LiveServer


@pytest.fixture
def data_folder(tmp_path: Path, settings: Settings) -> Path:
    settings.DATABASE_URL = ""
    settings.DATA_DIR = tmp_path / "data"
    settings.STATIC_ROOT = settings.DATA_DIR / "static"
    return tmp_path / "data"


def test_the_port_is_taken(data_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"{port}: Address already in use"):
            call_command("serve", host="127.0.0.1", port=port)


def test_the_host_is_not_of_this_machine(data_folder: Path, settings: Settings) -> None:
    settings.LOCAL_MODE = False
    with pytest.raises(CommandError, match="8099: Cannot assign requested address"):
        call_command("serve", host="192.0.2.1", port=8099)


def test_another_server_uses_the_data_folder(data_folder: Path) -> None:
    data_folder.mkdir()
    with (data_folder / "server.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="Another server uses"):
            call_command("serve", host="127.0.0.1", port=8099)


def test_the_data_folder_is_a_file(data_folder: Path) -> None:
    data_folder.write_text("")
    with pytest.raises(CommandError, match="can't be used: Not a directory"):
        call_command("serve", host="127.0.0.1", port=8099)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORT", "eighty", "PORT must be a whole number, not 'eighty'."),
        (
            "DATABASE_URL",
            "user:secret@db",
            "DATABASE_URL must be like postgresql://user:password@host:port/name.",
        ),
        (
            "PLANDEX_DATA_DIR",
            "/dev/null/data",
            "The data folder /dev/null/data can't be used: Not a directory. Set PLANDEX_DATA_DIR.",
        ),
    ],
)
def test_a_setting_makes_no_sense(tmp_path: Path, name: str, value: str, words: str) -> None:
    env = {key: text for key, text in os.environ.items() if key not in CLUSTER}
    env |= {"PLANDEX_DATA_DIR": str(tmp_path)} | {name: value}
    ended = subprocess.run(
        [sys.executable, "manage.py", "serve"], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert (ended.returncode, ended.stderr) == (1, words + "\n")


def test_a_whole_file_fits_into_a_frame(tmp_path: Path) -> None:
    """As the answer to a run's question."""
    server = LiveServer(tmp_path)
    try:
        told = asyncio.run(_told(server.url, {"action": "stop", "body": "x" * 4 * 1024 * 1024}))
    finally:
        server.close()
    assert told["error"]["message"] == "No active model stream for plan"


async def _told(base: str, frame: object) -> dict[str, Any]:
    """What a signed-in client is told of a frame."""
    async with aiohttp.ClientSession(base) as session:
        account = {"email": "local-admin@plandex.ai", "pin": "", "userName": "Local"}
        token = (await _posted(session, "/accounts", account))["token"]
        session.headers["Authorization"] = f"Bearer {token}"
        session.headers["X-Org-Id"] = (await _posted(session, "/orgs", {"name": "Here"}))["id"]
        project = await _posted(session, "/projects", {"name": "p"})
        plan = await _posted(session, f"/projects/{project['id']}/plans", {"name": "p"})
        async with session.ws_connect(f"/ws/plans/{plan['id']}/main") as socket:
            await socket.send_json(frame)
            answer: dict[str, Any] = await socket.receive_json(timeout=30)
            return answer


async def _posted(session: aiohttp.ClientSession, path: str, body: object) -> dict[str, Any]:
    async with session.post(path, json=body) as answer:
        found: dict[str, Any] = await answer.json()
        assert answer.status < 400, found
        return found
