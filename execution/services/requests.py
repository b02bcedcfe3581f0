"""From a request to its run: access, credentials, the row. Synchronous."""

from collections.abc import Mapping
from dataclasses import dataclass

from execution.errors import MissingCredentials, NothingToBuild
from execution.logic.requests import BuildPlanRequest, CredentialsBody, TellPlanRequest
from execution.models import Run, RunKind
from execution.services.deferred import deferred_builds
from execution.services.held_keys import credentials_with_held
from execution.services.runs import NewRun, run_create
from execution.services.spending import spending_check
from execution.services.turns import RunModels, models_read, plan_state_read
from models_config.logic.catalog import RoleId
from models_config.logic.credentials import (
    BadCredential,
    NoCredentials,
    auth_vars_of,
    choose_provider,
)
from orgs.authentication import authenticate
from plans.models import Branch
from plans.selectors import branch_get_to_update
from plans.services.versions import revision_head

MAX_KEY_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Requested:
    """Who asks, and for which branch."""

    headers: Mapping[str, str]
    plan_id: str
    branch: str
    idempotency_key: str = ""


def tell_request_run(requested: Requested, request: TellPlanRequest, owner: str) -> Run:
    """The run of a tell; raises what the caller is to be told before any stream begins."""
    branch, user_id = _authorized(requested)
    models = models_read(revision_head(branch), branch.plan.org_id)
    credentials = _credentials(request)
    _check_credentials(models, branch.plan.org_id, credentials, RoleId.PLANNER)
    _check_spending(branch, user_id)
    return _create(requested, branch, user_id, RunKind.TELL, request, credentials, owner)


def build_request_run(requested: Requested, request: BuildPlanRequest, owner: str) -> Run:
    """The run of a build; `NothingToBuild` when no reply left anything."""
    branch, user_id = _authorized(requested)
    state = plan_state_read(revision_head(branch))
    if next(deferred_builds(state.descriptions), None) is None:
        raise NothingToBuild
    _check_spending(branch, user_id)
    credentials = _credentials(request)
    return _create(requested, branch, user_id, RunKind.BUILD, request, credentials, owner)


def _authorized(requested: Requested) -> tuple[Branch, str]:
    auth = authenticate(requested.headers)
    branch = branch_get_to_update(auth=auth, plan_id=requested.plan_id, name=requested.branch)
    return branch, auth.user.id


def _credentials(request: CredentialsBody) -> dict[str, str]:
    return auth_vars_of(request.auth_vars, request.api_keys, request.open_ai_org_id)


def _check_spending(branch: Branch, user_id: str) -> None:
    spending_check(org_id=branch.plan.org_id, user_id=user_id, plan_id=branch.plan_id)


def _check_credentials(models: RunModels, org_id: str, given: dict[str, str], role: RoleId) -> None:
    """A run that can't call its first model is refused before it begins."""
    credentials = credentials_with_held(org_id, given)
    pack = models.pack
    try:
        choose_provider(pack.role(role).model_id, models.org, credentials, pack.local_provider)
    except (NoCredentials, BadCredential) as problem:
        raise MissingCredentials(str(problem)) from None


def _create(
    requested: Requested,
    branch: Branch,
    user_id: str,
    kind: RunKind,
    request: TellPlanRequest | BuildPlanRequest,
    credentials: dict[str, str],
    owner: str,
) -> Run:
    return run_create(
        NewRun(
            branch=branch,
            user_id=user_id,
            kind=kind,
            request=request,
            credentials=credentials,
            owner=owner,
            idempotency_key=requested.idempotency_key[:MAX_KEY_LENGTH],
        )
    )
