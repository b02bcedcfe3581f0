"""One answer of a model outside a run: for a request that waits for it on its thread."""

import asyncio
from dataclasses import dataclass, field

from django.conf import settings

from execution.clients.base import ModelClient
from execution.clients.router import ModelRouter
from execution.logic.prompts.auxiliary import AuxiliaryRequest
from execution.models import ModelCall
from execution.services.model_calls import ModelCaller
from execution.services.turns import RunModels, models_read
from models_config.logic.catalog import RoleId
from models_config.logic.credentials import Credentials
from plans.models import Branch
from plans.services.versions import revision_head


@dataclass(slots=True)
class LoneCaller:
    """Implements `execution.services.model_calls.Caller`."""

    credentials: Credentials
    org_id: str
    user_id: str
    plan_id: str
    session_id: str = ""
    client: ModelClient = field(default_factory=ModelRouter)
    calls: list[ModelCall] = field(default_factory=list)
    run_id: None = None


def lone_caller(
    *, branch: Branch, user_id: str, auth_vars: dict[str, str], session_id: str
) -> LoneCaller:
    """For requests about a branch, with the keys that came with them."""
    return LoneCaller(
        credentials=Credentials(auth_vars, settings.OLLAMA_BASE_URL),
        org_id=branch.plan.org_id,
        user_id=user_id,
        plan_id=branch.plan_id,
        session_id=session_id,
    )


def lone_models(branch: Branch) -> RunModels:
    return models_read(revision_head(branch), branch.plan.org_id)


def lone_text(
    caller: LoneCaller,
    models: RunModels,
    role: RoleId,
    request: AuxiliaryRequest,
    *,
    purpose: str,
    seconds: float,
) -> str:
    """The answer, on an event loop of its own. Raises whatever failed; usage is recorded."""

    async def ask() -> str:
        called = ModelCaller(caller)
        called.use(models)
        try:
            async with asyncio.timeout(seconds):
                return await called.text(
                    role,
                    request.messages,
                    purpose=purpose,
                    form=request.form if request.as_tool else None,
                )
        finally:
            if isinstance(caller.client, ModelRouter):
                await caller.client.close()

    try:
        return asyncio.run(ask())
    finally:
        ModelCall.objects.bulk_create(caller.calls)
        caller.calls.clear()
