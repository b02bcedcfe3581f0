"""Names for notes and piped data, by a model."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from context.hooks import NamingKeys, Unnamed
from context.logic.items import ContextType
from execution.logic.prompts.auxiliary import (
    AuxiliaryRequest,
    note_name_request,
    piped_data_name_request,
)
from execution.services.single_calls import lone_caller, lone_models, lone_text
from execution.services.turns import RunModels
from models_config.logic.catalog import RoleId
from models_config.logic.credentials import auth_vars_of
from orgs.authentication import Auth
from plans.models import Branch

logger = logging.getLogger(__name__)

LIMIT_S = 20.0
AT_ONCE = 4


def context_names(
    *, auth: Auth, branch: Branch, items: Sequence[Unnamed], keys: NamingKeys
) -> list[str | None]:
    """One name per item, in order; None where no model could give one."""
    models = lone_models(branch)
    properties = models.org.properties(models.pack.role(RoleId.NAMES).model_id)
    as_tool = properties is not None and properties.preferred_output_format == "tool-call-json"

    def name(item: Unnamed) -> str | None:
        return _name(auth, branch, models, _request(item, as_tool=as_tool), keys)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(name, items))


def _request(item: Unnamed, *, as_tool: bool) -> AuxiliaryRequest:
    if item.context_type is ContextType.NOTE:
        return note_name_request(item.body, as_tool=as_tool)
    return piped_data_name_request(item.body, as_tool=as_tool)


def _name(
    auth: Auth, branch: Branch, models: RunModels, request: AuxiliaryRequest, keys: NamingKeys
) -> str | None:
    caller = lone_caller(
        branch=branch,
        user_id=auth.user.id,
        auth_vars=auth_vars_of(dict(keys.auth_vars), None, keys.open_ai_org_id),
        session_id=keys.session_id,
    )
    try:
        text = lone_text(
            caller, models, RoleId.NAMES, request, purpose="Context name", seconds=LIMIT_S
        )
    except Exception as failure:  # a load never fails for a name
        logger.warning("no name from a model: %s", type(failure).__name__)
        return None
    assert request.form is not None, "a name has an answer form"
    return (request.form.read(text, as_tool=request.as_tool) or {}).get("name")
