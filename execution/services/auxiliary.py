"""The small model calls beside the replies. None of them may fail a run."""

import logging
from collections.abc import Sequence

from execution.logic.model_errors import ModelError
from execution.logic.prompts.auxiliary import (
    AuxiliaryRequest,
    describe_request,
    plan_name_request,
    task_finished_request,
)
from execution.logic.subtasks import Subtask
from execution.services.model_calls import ModelCaller
from models_config.logic.catalog import RoleId

logger = logging.getLogger(__name__)

COMMIT_MSG_WITHOUT_MODEL = "Update files"

# A reply that is there must not wait long for what only rounds it off. Each of these limits holds
# for all tries together; models on somebody's own machine get a multiple.
DESCRIBE_S = 15.0
IS_FINISHED_S = 25.0
"""Longer than the others: without an answer the task is worked on once more."""
NAME_S = 15.0
"""The prompt makes a name too."""


async def asked(
    models: ModelCaller,
    role: RoleId,
    request: AuxiliaryRequest,
    *,
    purpose: str,
    seconds: float,
) -> dict[str, str] | None:
    """The fields of the answer; None when the model failed or answered something else."""
    assert request.form is not None, "the call has an answer form"
    try:
        text = await models.text(
            role,
            request.messages,
            purpose=purpose,
            seconds=seconds,
            form=request.form if request.as_tool else None,
        )
    except ModelError as error:
        logger.warning("%s failed: %s", purpose, error.kind)
        return None
    return request.form.read(text, as_tool=request.as_tool)


async def describe(models: ModelCaller, reply: str) -> str:
    """A commit message for the changes of a reply."""
    role = RoleId.COMMIT_MESSAGES
    request = describe_request(reply, as_tool=models.prefers_tool(role))
    answer = await asked(models, role, request, purpose="Response summary", seconds=DESCRIBE_S)
    return (answer or {}).get("commitMsg", "").strip() or COMMIT_MSG_WITHOUT_MODEL


async def task_is_finished(
    models: ModelCaller, *, prompt: str, task: Subtask, earlier: Sequence[str], reply: str
) -> bool:
    """Whether the replies to a task complete it; in doubt not, so that the work goes on."""
    role = RoleId.AUTO_CONTINUE
    request = task_finished_request(
        prompt=prompt,
        task=task,
        earlier_replies=earlier,
        reply=reply,
        as_tool=models.prefers_tool(role),
    )
    answer = await asked(
        models, role, request, purpose="Task completion check", seconds=IS_FINISHED_S
    )
    return (answer or {}).get("subtaskFinished", "").lower() == "true"


async def name_of_plan(models: ModelCaller, prompt: str) -> str:
    """What a model would call the plan; empty when it can't say."""
    role = RoleId.NAMES
    request = plan_name_request(prompt, as_tool=models.prefers_tool(role))
    answer = await asked(models, role, request, purpose="Plan name", seconds=NAME_S)
    return (answer or {}).get("planName", "")
