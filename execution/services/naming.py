"""Names that a model chooses: of plans."""

from execution.logic.prompts.auxiliary import clean_name
from execution.services.auxiliary import name_of_plan
from execution.services.database_away import steadily
from execution.services.model_calls import ModelCaller
from execution.services.session import Session
from plans.logic.names import DRAFT
from plans.services.plans import plan_autoname


async def plan_name(session: Session, models: ModelCaller) -> None:
    """Names a plan that is still a draft after its first prompt; never fails the run."""
    if session.run.plan.name != DRAFT or not session.tell.prompt.strip():
        return
    answer = await name_of_plan(models, session.tell.prompt)
    name = clean_name(answer, fallback=session.tell.prompt)
    await steadily(plan_autoname, plan=session.run.plan, name=name)
