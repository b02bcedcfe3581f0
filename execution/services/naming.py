"""Names that a model chooses: of plans."""

import asyncio

from execution.logic.prompts.auxiliary import clean_name
from execution.services import auxiliary
from execution.services.model_calls import ModelCaller
from execution.services.session import Session
from plandex_server.threads import in_thread
from plans.logic.names import DRAFT
from plans.services.plans import plan_autoname

NAME_S = 20.0
"""A run does not wait longer for a name: its prompt makes one too."""


async def plan_name(session: Session, models: ModelCaller) -> None:
    """Names a plan that is still a draft after its first prompt; never fails the run."""
    if session.run.plan.name != DRAFT or not session.tell.prompt.strip():
        return
    answer = await _chosen(models, session.tell.prompt)
    name = clean_name(answer, fallback=session.tell.prompt)
    await in_thread(plan_autoname, plan=session.run.plan, name=name)


async def _chosen(models: ModelCaller, prompt: str) -> str:
    try:
        async with asyncio.timeout(NAME_S):
            return await auxiliary.name_of_plan(models, prompt)
    except TimeoutError:
        return ""
