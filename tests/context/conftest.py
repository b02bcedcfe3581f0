import pytest
from pytest_django import Settings

from plans.models import Branch, Plan
from tests.plans.factories import main_of


@pytest.fixture(autouse=True)
def alone(settings: Settings) -> None:
    """Without the apps above; the tests of the hooks set their own."""
    settings.PENDING_CHANGES = settings.CONTEXT_NAMER = settings.CONTEXT_LOADED = ""


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
