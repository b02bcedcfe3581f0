"""Errors in the two dialects, wherever they arise."""

import logging

import pytest

from tests.factories import World
from tests.wire.client import StrictClient

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


def test_health_and_version_need_no_token(cli: StrictClient) -> None:
    assert cli.get("/health").text == "OK"
    assert cli.get("/version").text == "2.2.1\n"
