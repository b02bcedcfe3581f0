"""Names that models give to notes and piped data when they are loaded."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest

from execution.clients.fake import SILENCE, FakeModels, fields_answer
from execution.logic.model_errors import ModelError
from execution.models import ModelCall
from plans.models import Plan
from tests.factories import World

KEYS = {"OPENROUTER_API_KEY": "k", "OPENAI_API_KEY": "k", "ANTHROPIC_API_KEY": "k"}


@pytest.fixture
def models() -> Iterator[FakeModels]:
    fake = FakeModels()
    with patch("execution.services.single_calls.model_client", lambda: fake):
        yield fake


def names(world: World, plan: Plan, *items: tuple[str, str]) -> list[str]:
    """Loads items of (type, body); the names of all contexts."""
    path = f"/plans/{plan.id}/main/context"
    sent = [
        {"contextType": kind, "body": body, "apiKeys": KEYS, "sessionId": "s1"}
        for kind, body in items
    ]
    world.owner.post(path, sent)
    return [item["name"] for item in world.owner.get(path).json]


def test_it_works(world: World, plan: Plan, models: FakeModels) -> None:
    models.defaults["names"] = fields_answer(name="Release checklist")
    assert names(world, plan, ("note", "first tag, then publish")) == ["release-checklist"]
    [request] = models.requests
    assert request.messages[-1].text == "first tag, then publish"
    [call] = ModelCall.objects.all()
    assert (call.role, call.session_id, call.plan_id) == ("names", "s1", plan.id)


def test_each_has_its_own_name(world: World, plan: Plan, models: FakeModels) -> None:
    def answer(request: object) -> str:
        body = models.requests[-1].messages[-1].text
        return fields_answer(name=f"about {body}")(models.requests[-1])

    models.defaults["names"] = answer
    found = names(world, plan, ("note", "cats"), ("piped data", "dogs"), ("note", "cats"))
    assert found == ["about-cats", "about-dogs", "about-cats-2"]
    assert ModelCall.objects.count() == 3


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(ModelError("no", retriable=False), id="failure"),
        pytest.param("I can't say", id="no name"),
        pytest.param(SILENCE, id="silence"),
    ],
)
def test_without_an_answer_the_first_words_serve(
    world: World,
    plan: Plan,
    models: FakeModels,
    monkeypatch: pytest.MonkeyPatch,
    step: ModelError | str,
) -> None:
    monkeypatch.setattr("execution.services.context_names.LIMIT_S", 0.05)
    monkeypatch.setattr("execution.logic.fallbacks._delay", lambda error, jitter: 0.0)
    for _ in range(8):
        models.queue("names", step)
    assert names(world, plan, ("note", "Tag, then publish!")) == ["tag-then-publish"]


def test_without_keys_too(world: World, plan: Plan) -> None:
    path = f"/plans/{plan.id}/main/context"
    world.owner.post(path, [{"contextType": "piped data", "body": "a b c", "apiKeys": None}])
    assert [item["name"] for item in world.owner.get(path).json] == ["a-b-c"]
    assert not ModelCall.objects.exists()
