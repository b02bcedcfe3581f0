"""Fixtures of the whole suite."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from pytest_django import Settings

from orgs.models import AuditErasure, AuditEvent
from plans.models import Plan
from tests.factories import World, world_make
from tests.plans.factories import plan_make, user_of
from tests.wire.client import StrictClient


@pytest.fixture(autouse=True, scope="session")
def static_root() -> None:
    """The folder that the static file middleware looks for."""
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def flushable_audit_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Lets tests with real transactions empty the database afterwards, which the audit log's
    triggers would refuse."""
    marker = request.node.get_closest_marker("django_db")
    if not (marker and marker.kwargs.get("transaction")) and (
        "transactional_db" not in request.fixturenames
    ):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    with transaction.atomic():
        erasure = AuditErasure.objects.create(why="the end of a test")
        AuditEvent.objects.all().delete()
        erasure.delete()


@pytest.fixture
def world(db: None) -> World:
    """A signed-in world: `owner`, `admin`, `member` of one org with a project, and a `stranger`."""
    return world_make()


@pytest.fixture
def plan(world: World) -> Plan:
    """A plan of the owner's, with nothing in it."""
    return plan_make(project=world.project, owner=user_of(world.owner))


@pytest.fixture
def local_mode(settings: Settings) -> None:
    settings.LOCAL_MODE = True


@pytest.fixture
def team_mode(settings: Settings) -> None:
    """People prove who they are: the mode of a server for a team."""
    settings.LOCAL_MODE = False


@pytest.fixture
def cli(db: None) -> StrictClient:
    """A CLI that has not signed in yet."""
    return StrictClient()
