"""A provider that rests costs the next runs nothing when their model has another one."""

from execution.clients.cooldown import FAILURES
from execution.logic.model_errors import http_error
from tests.execution.runs.stage import KEY, Stage, on_stage

DOWN = http_error(503, "down", {})
BOTH = {"OPENROUTER_API_KEY": KEY, "ANTHROPIC_API_KEY": "sk-ant-0123"}
ONE = {"ANTHROPIC_API_KEY": "sk-ant-0123"}


def _providers(stage: Stage) -> list[str]:
    return [request.choice.composite for request in stage.models.asked("planner")]


async def _tire(stage: Stage) -> None:
    """A run that ends at the second provider after the first one failed."""
    for _ in range(FAILURES):
        stage.models.queue("planner", DOWN)
    stage.models.queue("planner", "First.")
    stream = await stage.told(isChatOnly=True, authVars=BOTH)
    assert stream.reply == "First."
    assert _providers(stage) == ["anthropic"] * FAILURES + ["openrouter"]


@on_stage
async def test_the_next_run_goes_to_the_other_provider_at_once(stage: Stage) -> None:
    await _tire(stage)
    stage.models.queue("planner", "Second.")
    stream = await stage.told(isChatOnly=True, authVars=BOTH)
    assert stream.reply == "Second."
    assert _providers(stage)[FAILURES + 1 :] == ["openrouter"]


@on_stage
async def test_without_another_way_it_is_asked_all_the_same(stage: Stage) -> None:
    await _tire(stage)
    stage.models.queue("planner", "Second.")
    stream = await stage.told(isChatOnly=True, authVars=ONE)
    assert stream.reply == "Second."
    assert _providers(stage)[FAILURES + 1 :] == ["anthropic"]


@on_stage
async def test_success_ends_the_rest(stage: Stage) -> None:
    await _tire(stage)
    stage.models.queue("planner", "Second.")
    await stage.told(isChatOnly=True, authVars=ONE)
    stage.models.queue("planner", "Third.")
    stream = await stage.told(isChatOnly=True, authVars=BOTH)
    assert stream.reply == "Third."
    assert _providers(stage)[-1] == "anthropic"
