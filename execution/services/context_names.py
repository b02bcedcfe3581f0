"""Names for notes and piped data, by a model."""

from collections.abc import Sequence

from context.hooks import NamingKeys, Unnamed
from context.logic.items import ContextType
from execution.logic.prompts.auxiliary import (
    AuxiliaryRequest,
    clean_name,
    note_name_request,
    piped_data_name_request,
)
from execution.services.single_calls import lone_answers, lone_caller, model_caller
from models_config.logic.catalog import RoleId
from models_config.logic.credentials import auth_vars_of
from orgs.authentication import Auth
from plans.models import Branch

LIMIT_S = 20.0
"""A name is worth no longer wait; the CLI waits five minutes for the load."""


def context_names(
    *, auth: Auth, branch: Branch, items: Sequence[Unnamed], keys: NamingKeys
) -> list[str | None]:
    """One name per item, in order; None where no model could give one."""
    caller = lone_caller(
        branch=branch,
        user_id=auth.user.id,
        auth_vars=auth_vars_of(dict(keys.auth_vars), None, keys.open_ai_org_id),
        session_id=keys.session_id,
    )
    asked = model_caller(caller, branch)
    as_tool = asked.prefers_tool(RoleId.NAMES)
    requests = [_request(item, as_tool=as_tool) for item in items]
    answers = lone_answers(
        asked, caller, RoleId.NAMES, requests, purpose="Context name", seconds=LIMIT_S
    )
    return [
        _name(request, answer, item)
        for request, answer, item in zip(requests, answers, items, strict=True)
    ]


def _request(item: Unnamed, *, as_tool: bool) -> AuxiliaryRequest:
    if item.context_type is ContextType.NOTE:
        return note_name_request(item.body, as_tool=as_tool)
    return piped_data_name_request(item.body, as_tool=as_tool)


def _name(request: AuxiliaryRequest, answer: str | None, item: Unnamed) -> str | None:
    """The answer as a short dashed name; None for an answer in another form."""
    assert request.form is not None, "a name has an answer form"
    fields = request.form.read(answer, as_tool=request.as_tool) if answer else None
    return clean_name(fields["name"], fallback=item.body) if fields else None
