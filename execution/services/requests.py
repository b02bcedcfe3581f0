"""From a request to its run: access, credentials, the row. Synchronous."""

from collections.abc import Mapping
from dataclasses import dataclass

from execution.errors import MissingCredentials, NothingToBuild
from execution.logic.requests import BuildPlanRequest, TellPlanRequest
from execution.models import Run, RunKind
from execution.services.deferred import deferred_builds
from execution.services.held_keys import credentials_with_held
from execution.services.new_runs import NewRun, run_create, run_repeated
from execution.services.spending import spending_check
from execution.services.turns import RunModels, models_read, plan_state_read
from models_config.logic.catalog import RoleId
from models_config.logic.credentials import NoCredentials, auth_vars_of, choose_provider
from models_config.logic.provider_auth import BadCredential
from orgs.authentication import Auth, authenticate
from orgs.models import Org
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
    auth = authenticate(requested.headers)
    new = _new(auth, requested, RunKind.TELL, request, owner)
    return run_repeated(new) or _told(new, auth.org)


def _told(new: NewRun, org: Org) -> Run:
    branch, org_id = new.branch, new.branch.plan.org_id
    models = models_read(revision_head(branch), org_id, org.models_stamp)
    _check_credentials(models, org_id, new.credentials, RoleId.PLANNER)
    _check_spending(new)
    return run_create(new)


def build_request_run(requested: Requested, request: BuildPlanRequest, owner: str) -> Run:
    """The run of a build; `NothingToBuild` when no reply left anything."""
    new = _new(authenticate(requested.headers), requested, RunKind.BUILD, request, owner)
    return run_repeated(new) or _built(new)


def _built(new: NewRun) -> Run:
    state = plan_state_read(revision_head(new.branch))
    if next(deferred_builds(state.descriptions), None) is None:
        raise NothingToBuild
    _check_spending(new)
    return run_create(new)


def _new(
    auth: Auth,
    requested: Requested,
    kind: RunKind,
    request: TellPlanRequest | BuildPlanRequest,
    owner: str,
) -> NewRun:
    """What is asked for, by somebody who may."""
    return NewRun(
        branch=branch_get_to_update(auth=auth, plan_id=requested.plan_id, name=requested.branch),
        user_id=auth.user.id,
        kind=kind,
        request=request,
        credentials=auth_vars_of(request.auth_vars, request.api_keys, request.open_ai_org_id),
        owner=owner,
        idempotency_key=requested.idempotency_key[:MAX_KEY_LENGTH],
    )


def _check_spending(new: NewRun) -> None:
    branch = new.branch
    spending_check(org_id=branch.plan.org_id, user_id=new.user_id, plan_id=branch.plan_id)


def _check_credentials(models: RunModels, org_id: str, given: dict[str, str], role: RoleId) -> None:
    """A run that can't call its first model is refused before it begins."""
    credentials = credentials_with_held(org_id, given)
    pack = models.pack
    try:
        choose_provider(pack.role(role).model_id, models.org, credentials, pack.local_provider)
    except (NoCredentials, BadCredential) as problem:
        raise MissingCredentials(str(problem)) from None
