"""Answers of models outside a run, for a request that waits for them on its thread."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from execution.clients.base import ModelClient
from execution.clients.router import ModelRouter
from execution.logic.model_errors import ModelError
from execution.logic.prompts.auxiliary import AuxiliaryRequest
from execution.models import ModelCall
from execution.services.call_records import calls_add
from execution.services.held_keys import credentials_with_held
from execution.services.model_calls import ModelCaller
from execution.services.spending import Admitted
from execution.services.turns import models_read
from models_config.logic.catalog import RoleId
from models_config.logic.credentials import Credentials
from plans.models import Branch
from plans.services.versions import revision_head

logger = logging.getLogger(__name__)

AT_ONCE = 8
"""A load may bring hundreds of notes: a provider would take so many calls for an attack."""


@dataclass(slots=True)
class LoneCaller:
    """Implements `execution.services.model_calls.Caller`."""

    credentials: Credentials
    client: ModelClient
    org_id: str
    user_id: str
    plan_id: str
    session_id: str = ""
    calls: list[ModelCall] = field(default_factory=list)
    run_id: None = None

    async def begin(self, call: ModelCall, *, must_fit: bool) -> Admitted:
        """These small calls are written when the answers are there, by the thread that waits."""
        return Admitted({})

    def notice(self, key: str, text: str) -> None:
        """Nobody reads along."""


def lone_caller(
    *, branch: Branch, user_id: str, auth_vars: dict[str, str], session_id: str
) -> LoneCaller:
    """For a request about a branch, with the keys that came with it."""
    return LoneCaller(
        credentials=credentials_with_held(branch.plan.org_id, auth_vars),
        client=model_client(),
        org_id=branch.plan.org_id,
        user_id=user_id,
        plan_id=branch.plan_id,
        session_id=session_id,
    )


def model_client() -> ModelClient:
    """A client of its own: connections belong to the event loop that opened them."""
    return ModelRouter()


def model_caller(caller: LoneCaller, branch: Branch) -> ModelCaller:
    """Calls the models that the branch has now."""
    asked = ModelCaller(caller)
    asked.use(models_read(revision_head(branch), branch.plan.org_id))
    return asked


def lone_answers(
    asked: ModelCaller,
    caller: LoneCaller,
    role: RoleId,
    requests: Sequence[AuxiliaryRequest],
    *,
    purpose: str,
    seconds: float,
) -> list[str | None]:
    """The answers, some asked for at once; None for one that failed or was not there in time.

    Blocks the thread: never call it inside a transaction. Usage is recorded.
    """

    places = asyncio.Semaphore(AT_ONCE)

    async def answer(request: AuxiliaryRequest) -> str | None:
        form = request.form if request.as_tool else None
        try:
            async with asyncio.timeout(seconds), places:
                return await asked.text(role, request.messages, purpose=purpose, form=form)
        except (ModelError, TimeoutError) as failure:
            logger.warning("%s: no answer from a model: %s", purpose, type(failure).__name__)
        except Exception as failure:  # whatever goes wrong, the request itself can go on
            logger.error("%s: asking a model failed: %s", purpose, type(failure).__name__)
        return None

    async def answers() -> list[str | None]:
        try:
            return await asyncio.gather(*map(answer, requests))
        finally:
            if isinstance(caller.client, ModelRouter):
                await caller.client.close()

    found = asyncio.run(answers())
    calls_add(caller.calls)
    caller.calls.clear()
    return found
