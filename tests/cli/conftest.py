"""The real CLI against a live server. These tests run when PLANDEX_CLI names its binary."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.desk import Desk, desk_make
from tests.cli.model_server import ModelServer
from tests.cli.real_model import is_installed
from tests.cli.server import LiveServer


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves these tests out, instead of skipping them, where there is no CLI or no model."""
    missing = {
        name
        for name, is_there in (
            ("cli", bool(os.environ.get("PLANDEX_CLI"))),
            ("real_model", is_installed()),
        )
        if not is_there
    }
    left_out = [item for item in items if any(map(item.get_closest_marker, missing))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("server"))
    yield live
    live.close()


@pytest.fixture(scope="session")
def model_server() -> Iterator[ModelServer]:
    models = ModelServer()
    yield models
    models.close()


@pytest.fixture(scope="session")
def signed_in(
    tmp_path_factory: pytest.TempPathFactory, server: LiveServer, model_server: ModelServer
) -> Path:
    """The home folder of somebody who has signed in and has a pack of scripted models."""
    return desk_make(tmp_path_factory.mktemp("desk"), server.url, model_server.url).home


@pytest.fixture
def models(model_server: ModelServer) -> ModelServer:
    model_server.forget()
    return model_server


@pytest.fixture
def desk(tmp_path: Path, signed_in: Path) -> Desk:
    """A signed-in desk with an empty project."""
    shutil.copytree(signed_in, tmp_path / "home")
    (tmp_path / "project").mkdir()
    return Desk(tmp_path / "home", tmp_path / "project", os.environ["PLANDEX_CLI"])
