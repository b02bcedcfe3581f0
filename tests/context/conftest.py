import pytest
from pytest_django import Settings

from plans.models import Branch, Plan
from tests.factories import World
from tests.plans.factories import main_of, plan_make, user_of


@pytest.fixture(autouse=True)
def alone(settings: Settings) -> None:
    """Without the apps above; the tests of the hooks set their own."""
    settings.PENDING_CHANGES = settings.CONTEXT_NAMER = settings.CONTEXT_LOADED = ""


@pytest.fixture
def plan(world: World) -> Plan:
    """A plan of the owner's."""
    return plan_make(project=world.project, owner=user_of(world.owner))


@pytest.fixture
def main(plan: Plan) -> Branch:
    return main_of(plan)


@pytest.fixture
def small_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models with room for 100 tokens in the planner's and 50 in the architect's."""
    monkeypatch.setattr("context.selectors.pack_limits", lambda pack, models: _SmallLimits)


class _SmallLimits:
    planner_input = 100
    architect_input = 50
