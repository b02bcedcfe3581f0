"""The commit message of an apply. Of several pending ones a model makes one."""

import logging
from collections.abc import Mapping, Sequence

from execution.logic.changes import Description
from execution.logic.prompts.auxiliary import apply_commit_request
from execution.services.single_calls import lone_caller, lone_models, lone_text
from models_config.logic.catalog import RoleId
from plans.models import Branch

logger = logging.getLogger(__name__)

LIMIT_S = 10.0
"""The CLI waits 30 s for the whole apply."""


def commit_message(
    *,
    branch: Branch,
    user_id: str,
    descriptions: Sequence[Description],
    auth_vars: Mapping[str, str],
    session_id: str,
) -> str:
    """One message for the pending changes; without a model's help they are listed."""
    messages = list(dict.fromkeys(one.commit_msg.strip() for one in descriptions))
    messages = [message for message in messages if message]
    if len(messages) <= 1:
        return "".join(f"{message}\n" for message in messages)
    caller = lone_caller(
        branch=branch, user_id=user_id, auth_vars=dict(auth_vars), session_id=session_id
    )
    try:
        text = lone_text(
            caller,
            lone_models(branch),
            RoleId.COMMIT_MESSAGES,
            apply_commit_request(messages),
            purpose="Commit message",
            seconds=LIMIT_S,
        )
    except Exception as failure:  # whatever the provider does, the apply goes on
        logger.warning("no commit message from a model: %s", type(failure).__name__)
        text = ""
    return text.strip() or "\n".join(messages)
