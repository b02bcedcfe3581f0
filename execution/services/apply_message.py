"""The commit message of an apply. Of several pending ones a model makes one."""

from collections.abc import Mapping, Sequence

from execution.logic.prompts.auxiliary import apply_commit_request
from execution.services.single_calls import lone_answers, lone_caller, model_caller
from models_config.logic.catalog import RoleId
from plans.models import Branch

LIMIT_S = 10.0
"""The CLI waits 30 s for the whole apply."""


def commit_message(
    *,
    branch: Branch,
    user_id: str,
    messages: Sequence[str],
    auth_vars: Mapping[str, str],
    session_id: str,
) -> str:
    """One message for the pending changes; without a model's help they are listed.

    May wait for a model: never call it inside a transaction.
    """
    if len(messages) <= 1:
        return joined(messages)
    caller = lone_caller(
        branch=branch, user_id=user_id, auth_vars=dict(auth_vars), session_id=session_id
    )
    [answer] = lone_answers(
        model_caller(caller, branch),
        caller,
        RoleId.COMMIT_MESSAGES,
        [apply_commit_request(messages)],
        purpose="Commit message",
        seconds=LIMIT_S,
    )
    return (answer or "").strip() or joined(messages)


def joined(messages: Sequence[str]) -> str:
    return "\n".join(messages)
