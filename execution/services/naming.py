"""Names that a model chooses: of plans."""

import logging

from django.db import transaction
from django.db.models import F

from accounts.models import User
from execution.logic.prompts.auxiliary import clean_name
from execution.services import auxiliary
from execution.services.model_calls import ModelCaller
from execution.services.session import Session
from plandex_server.db import now
from plandex_server.threads import in_thread
from plans.logic.names import DRAFT, first_free_name
from plans.models import Plan

logger = logging.getLogger(__name__)


async def plan_name(session: Session, models: ModelCaller) -> None:
    """Names a plan that is still a draft after its first prompt; never fails the run."""
    if session.run.plan.name != DRAFT or not session.tell.prompt.strip():
        return
    answer = await auxiliary.name_of_plan(models, session.tell.prompt)
    name = clean_name(answer, fallback=session.tell.prompt)
    await in_thread(_rename, session.run.plan_id, name)


def _rename(plan_id: str, name: str) -> None:
    with transaction.atomic():
        plan = Plan.objects.select_for_update().get(pk=plan_id)
        if plan.name != DRAFT:
            return  # its user was quicker
        taken = Plan.objects.filter(project_id=plan.project_id, owner_id=plan.owner_id)
        plan.name = first_free_name(name, set(taken.values_list("name", flat=True)))
        plan.updated_at = now()
        plan.save(update_fields=["name", "updated_at"])
        User.objects.filter(pk=plan.owner_id).update(
            num_non_draft_plans=F("num_non_draft_plans") + 1
        )
