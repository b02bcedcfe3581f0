"""Errors in the two dialects, wherever they arise."""

import errno
import logging
import sqlite3

import psycopg
import pytest
from asgiref.sync import async_to_sync
from django.db import OperationalError

from tests.execution.runs.exchange import Exchange
from tests.factories import World
from tests.wire.client import Reply, StrictClient

SECRET = "sk-0123456789"


def test_an_unknown_path(world: World) -> None:
    assert world.owner.get("/nowhere", status=404).text == "There is nothing at this address.\n"
    assert world.owner.api.get("/orgs/", status=404).json["code"] == 404


def test_a_wrong_method(world: World) -> None:
    world.owner.patch("/projects", status=405)
    assert world.owner.api.patch("/projects", status=405).json["code"] == 405


def test_a_defect_is_logged_without_its_text(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**kwargs: object) -> None:
        raise KeyError(SECRET)

    monkeypatch.setattr("projects.views.project_list", fail)
    for client in (world.owner, world.owner.api):
        with caplog.at_level(logging.ERROR):
            reply = client.get("/projects", status=500)
        assert "its log says why" in reply.text
    assert "KeyError" in caplog.text
    assert SECRET not in caplog.text + reply.text


def _sqlite_full() -> Exception:
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA max_page_count = 1")
    try:
        connection.execute("CREATE TABLE big (text)")
    except sqlite3.OperationalError as error:
        return error
    finally:
        connection.close()
    raise AssertionError("the database grew")


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (_sqlite_full(), "The server's disk is full"),
        (OSError(errno.ENOSPC, "No space left on device"), "The server's disk is full"),
        (psycopg.errors.DiskFull("could not extend file"), "The server's disk is full"),
        (psycopg.errors.ReadOnlySqlTransaction("cannot execute"), "can only be read"),
        (psycopg.errors.LockNotAvailable("canceling statement"), "database is busy"),
        (psycopg.errors.AdminShutdown("terminating"), "can't use its database now"),
        (psycopg.OperationalError("connection refused"), "can't use its database now"),
        (psycopg.errors.UndefinedTable("no such table"), "its log says why"),
    ],
)
def test_an_outage_is_told(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    cause: Exception,
    words: str,
) -> None:
    def fail(**kwargs: object) -> None:
        raise OperationalError(str(cause)) from cause

    monkeypatch.setattr("projects.views.project_list", fail)
    assert words in world.owner.get("/projects", status=500).text
    api = world.owner.api.get("/projects", status=500).json
    assert words in api["message"]
    assert (words in caplog.text) == (api["details"]["reason"] == "storage_failed")


def test_health_and_version_need_no_token(cli: StrictClient) -> None:
    assert cli.get("/health").text == "OK"
    assert cli.get("/version").text == "2.2.1\n"


@pytest.mark.parametrize("path", ["/health", "/version", "/nowhere", "/health/live"])
def test_no_answer_is_taken_for_something_else(path: str) -> None:
    """By a browser, which guesses what it is not told."""

    async def asked() -> Reply:
        return await Exchange("GET", path, {}, b"").reply()

    assert async_to_sync(asked)().headers["X-Content-Type-Options"] == "nosniff"
