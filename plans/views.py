"""Plans, their branches, conversation, log, settings and config."""

from django.http import HttpResponse
from rest_framework.request import Request

from models_config.logic.settings import settings_payload
from models_config.selectors import org_models
from models_config.serializers import settings_input
from orgs.authentication import Auth, auth_of
from orgs.logic.permissions import Permission
from plandex_server.api.dialect import Dialect
from plandex_server.api.views import ApiViewSet, answer, dialect, parse
from plans import selectors
from plans import serializers as shapes
from plans.logic.log import log_body
from plans.models import Branch, Plan
from plans.selectors import branch_get, plan_get, plan_get_for, plan_require
from plans.services import branches, plans
from plans.services.convo import convo_read
from plans.services.settings import branch_settings_update, settings_of
from plans.services.versions import revision_head
from projects.selectors import project_get

_NOT_YOURS = "Only the plan owner can change this plan"


class ProjectPlansViewSet(ApiViewSet):
    """The plans of one project."""

    def create(self, request: Request, project_id: str) -> HttpResponse:
        auth = auth_of(request)
        auth.require(Permission.CREATE_PLAN, "User cannot create a plan")
        project = project_get(auth=auth, project_id=project_id)
        body = parse(request, shapes.NameRequest)
        plan = plans.plan_create(project=project, owner=auth.user, name=body.name)
        return answer(shapes.new_plan_json(plan), status=201)

    def delete_all(self, request: Request, project_id: str) -> HttpResponse:
        auth = auth_of(request)
        project = project_get(auth=auth, project_id=project_id)
        plans.plans_delete(project=project, owner=auth.user)
        return answer(status=204)

    def current_branches(self, request: Request, project_id: str) -> HttpResponse:
        auth = auth_of(request)
        project = project_get(auth=auth, project_id=project_id)
        wanted = parse(request, shapes.CurrentBranchesRequest).current_branch_by_plan_id
        found = selectors.branches_current(auth=auth, project=project, wanted=wanted)
        return answer({plan_id: shapes.branch_json(branch) for plan_id, branch in found.items()})


class PlanViewSet(ApiViewSet):
    def list(self, request: Request) -> HttpResponse:
        return _plans(request, archived=False)

    def list_archived(self, request: Request) -> HttpResponse:
        return _plans(request, archived=True)

    def retrieve(self, request: Request, plan_id: str) -> HttpResponse:
        auth = auth_of(request)
        plan = plan_get(auth=auth, plan_id=plan_id)
        [overview] = selectors.plan_overviews(auth=auth, plans=[plan])
        return answer(shapes.plan_json(overview))

    def destroy(self, request: Request, plan_id: str) -> HttpResponse:
        plan = plan_get_for(
            auth=auth_of(request),
            plan_id=plan_id,
            permission=Permission.DELETE_ANY_PLAN,
            msg="Only the plan owner can delete a plan",
        )
        plans.plan_delete(plan=plan)
        return answer(status=204)

    def rename(self, request: Request, plan_id: str) -> HttpResponse:
        plan = plan_get_for(
            auth=auth_of(request),
            plan_id=plan_id,
            permission=Permission.RENAME_ANY_PLAN,
            msg="Only the plan owner can rename a plan",
        )
        plans.plan_rename(plan=plan, name=parse(request, shapes.NameRequest).name)
        return answer()

    def archive(self, request: Request, plan_id: str) -> HttpResponse:
        plans.plan_archive(plan=_to_archive(request, plan_id))
        return answer()

    def unarchive(self, request: Request, plan_id: str) -> HttpResponse:
        plans.plan_unarchive(plan=_to_archive(request, plan_id))
        return answer()

    def retrieve_config(self, request: Request, plan_id: str) -> HttpResponse:
        plan = plan_get(auth=auth_of(request), plan_id=plan_id)
        return answer({"config": shapes.config_json(plan.config)})

    def update_config(self, request: Request, plan_id: str) -> HttpResponse:
        auth = auth_of(request)
        plan = plan_get(auth=auth, plan_id=plan_id)
        _require_update(auth, plan)
        body = parse(request, shapes.ConfigRequest, error=shapes.BAD_CONFIG)
        plans.plan_config_set(plan=plan, config=shapes.config_input(body, stored=plan.config))
        return answer()


class BranchViewSet(ApiViewSet):
    def list(self, request: Request, plan_id: str) -> HttpResponse:
        found = selectors.branch_list(auth=auth_of(request), plan_id=plan_id)
        return answer([shapes.branch_json(branch) for branch in found])

    def create(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        parent = _branch_to_update(auth, plan_id, branch)
        body = parse(request, shapes.NameRequest)
        made = branches.branch_create(parent=parent, name=body.name, owner_id=auth.user.id)
        return answer(shapes.branch_json(made), status=201)

    def destroy(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        branches.branch_delete(branch=_branch_to_update(auth_of(request), plan_id, branch))
        return answer(status=204)


class HistoryViewSet(ApiViewSet):
    """What a branch's history holds: its conversation and its log."""

    def list_convo(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = branch_get(auth=auth_of(request), plan_id=plan_id, name=branch)
        messages = convo_read(revision_head(found))
        return answer([shapes.message_json(message, found) for message in messages])

    def list_logs(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = branch_get(auth=auth_of(request), plan_id=plan_id, name=branch)
        entries = selectors.log_shown(found)
        return answer({"shas": [entry.sha for entry in entries], "body": log_body(entries)})


class SettingsViewSet(ApiViewSet):
    """Model settings of a branch."""

    def retrieve(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        found = branch_get(auth=auth, plan_id=plan_id, name=branch)
        stored = settings_of(revision_head(found), org_id=auth.org.id)
        api_form = dialect(request) is Dialect.API
        return answer(settings_payload(stored, org_models(auth.org.id), api_form=api_form))

    def update(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        message = branch_settings_update(
            branch=_branch_to_update(auth, plan_id, branch),
            org_id=auth.org.id,
            user_id=auth.user.id,
            sent=settings_input(request),
            keep_roles=dialect(request) is Dialect.API,
        )
        return answer({"msg": message})


class DefaultPlanConfigViewSet(ApiViewSet):
    """The config that the user's next plans start with."""

    def retrieve(self, request: Request) -> HttpResponse:
        user = auth_of(request).user
        return answer({"config": shapes.config_json(user.default_plan_config)})

    def update(self, request: Request) -> HttpResponse:
        user = auth_of(request).user
        body = parse(request, shapes.ConfigRequest, error=shapes.BAD_CONFIG)
        config = shapes.config_input(body, stored=user.default_plan_config)
        plans.default_plan_config_set(user=user, config=config)
        return answer()


def _plans(request: Request, *, archived: bool) -> HttpResponse:
    """Without a project, the CLI gets none, as it expects, and other clients all of theirs."""
    project_ids: list[str] | None = request.query_params.getlist("projectId")
    if not project_ids and dialect(request) is Dialect.API:
        project_ids = None
    found = selectors.plan_list(auth=auth_of(request), project_ids=project_ids, archived=archived)
    return answer([shapes.plan_json(overview) for overview in found])


def _to_archive(request: Request, plan_id: str) -> Plan:
    return plan_get_for(
        auth=auth_of(request),
        plan_id=plan_id,
        permission=Permission.ARCHIVE_ANY_PLAN,
        msg="User cannot archive this plan",
    )


def _branch_to_update(auth: Auth, plan_id: str, name: str) -> Branch:
    branch = branch_get(auth=auth, plan_id=plan_id, name=name)
    _require_update(auth, branch.plan)
    return branch


def _require_update(auth: Auth, plan: Plan) -> None:
    plan_require(auth=auth, plan=plan, permission=Permission.UPDATE_ANY_PLAN, msg=_NOT_YOURS)
