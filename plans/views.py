"""Plans, their branches, conversation, log, settings and config."""

from collections.abc import Sequence

from django.http import HttpResponse
from rest_framework.request import Request

from models_config.logic.json_shapes import CliSettingsJson, SettingsJson, SettingsUpdateJson
from models_config.logic.settings import settings_payload
from models_config.selectors import org_models
from models_config.serializers import SettingsBody, settings_input
from orgs.authentication import auth_of
from orgs.logic.permissions import Permission
from plandex_server.api.describe import Answer, Parameter, describes
from plandex_server.api.dialect import Dialect
from plandex_server.api.views import ApiViewSet, answer, dialect, parse
from plans import selectors
from plans import serializers as shapes
from plans.logic.log import log_body
from plans.models import Plan
from plans.selectors import (
    branch_get,
    branch_get_to_update,
    plan_get,
    plan_get_for,
    update_require,
)
from plans.services import branches, plans
from plans.services.convo import convo_read
from plans.services.settings import branch_settings_update, settings_of
from plans.services.versions import revision_head
from projects.selectors import project_get

_PROJECT_IDS = Parameter(
    "projectId",
    "Projects whose plans are wanted. Without any: all of them, in the CLI dialect none.",
    {"type": "array", "items": {"type": "string"}},
)


class ProjectPlansViewSet(ApiViewSet):
    """The plans of one project."""

    @describes(
        "createPlan",
        "Plans",
        "Create a new plan inside the given project. Without a name it is the draft.",
        body=shapes.NameRequest,
        returns={201: Answer("Plan created.", shapes.PlanJson)},
        errors=(403, 409),
    )
    def create(self, request: Request, project_id: str) -> HttpResponse:
        auth = auth_of(request)
        auth.require(Permission.CREATE_PLAN, "User cannot create a plan")
        project = project_get(auth=auth, project_id=project_id)
        body = parse(request, shapes.NameRequest)
        plan = plans.plan_create(project=project, owner=auth.user, name=body.name)
        return answer(shapes.new_plan_json(plan), status=201)

    @describes(
        "deleteAllPlans",
        "Plans",
        "Delete all of the caller's plans in the project.",
        returns={204: "Plans deleted."},
        errors=(409,),
    )
    def delete_all(self, request: Request, project_id: str) -> HttpResponse:
        auth = auth_of(request)
        project = project_get(auth=auth, project_id=project_id)
        plans.plans_delete(project=project, owner=auth.user)
        return answer(status=204)

    @describes(
        "getCurrentBranchesByPlanId",
        "Branches",
        "Return the current branch for each of the supplied plan ids. A branch that is gone is "
        "replaced by `main`, and plans out of reach are left out.",
        body=shapes.CurrentBranchesRequest,
        returns={200: Answer("Current branches.", dict[str, shapes.BranchJson])},
    )
    def current_branches(self, request: Request, project_id: str) -> HttpResponse:
        auth = auth_of(request)
        project = project_get(auth=auth, project_id=project_id)
        wanted = parse(request, shapes.CurrentBranchesRequest).current_branch_by_plan_id
        found = selectors.branches_current(auth=auth, project=project, wanted=wanted)
        return answer({plan_id: shapes.branch_json(branch) for plan_id, branch in found.items()})


class PlanViewSet(ApiViewSet):
    @describes(
        "listPlans",
        "Plans",
        "List active plans for the user.",
        returns={200: Answer("List of plans.", Sequence[shapes.PlanJson])},
        parameters=(_PROJECT_IDS,),
    )
    def list(self, request: Request) -> HttpResponse:
        return _plans(request, archived=False)

    @describes(
        "listArchivedPlans",
        "Plans",
        "List plans the user has archived.",
        returns={200: Answer("Archived plans.", Sequence[shapes.PlanJson])},
        parameters=(_PROJECT_IDS,),
    )
    def list_archived(self, request: Request) -> HttpResponse:
        return _plans(request, archived=True)

    @describes(
        "getPlan",
        "Plans",
        "Retrieve a single plan.",
        returns={200: Answer("Plan details.", shapes.PlanJson)},
    )
    def retrieve(self, request: Request, plan_id: str) -> HttpResponse:
        auth = auth_of(request)
        plan = plan_get(auth=auth, plan_id=plan_id)
        [overview] = selectors.plan_overviews(auth=auth, plans=[plan])
        return answer(shapes.plan_json(overview))

    @describes(
        "deletePlan",
        "Plans",
        "Delete a single plan and its history.",
        returns={204: "Plan deleted."},
        errors=(403, 409),
    )
    def destroy(self, request: Request, plan_id: str) -> HttpResponse:
        plan = plan_get_for(
            auth=auth_of(request),
            plan_id=plan_id,
            permission=Permission.DELETE_ANY_PLAN,
            msg="Only the plan owner can delete a plan",
        )
        plans.plan_delete(plan=plan)
        return answer(status=204)

    @describes(
        "renamePlan",
        "Plans",
        "Rename an existing plan.",
        body=shapes.NewNameRequest,
        returns={200: "Plan renamed."},
        errors=(403, 409),
    )
    def rename(self, request: Request, plan_id: str) -> HttpResponse:
        plan = plan_get_for(
            auth=auth_of(request),
            plan_id=plan_id,
            permission=Permission.RENAME_ANY_PLAN,
            msg="Only the plan owner can rename a plan",
        )
        plans.plan_rename(plan=plan, name=parse(request, shapes.NewNameRequest).name)
        return answer()

    @describes(
        "archivePlan",
        "Plans",
        "Archive a plan.",
        returns={200: "Plan archived."},
        errors=(403, 409),
    )
    def archive(self, request: Request, plan_id: str) -> HttpResponse:
        plans.plan_archive(plan=_to_archive(request, plan_id))
        return answer()

    @describes(
        "unarchivePlan",
        "Plans",
        "Restore an archived plan.",
        returns={200: "Plan unarchived."},
        errors=(403, 409),
    )
    def unarchive(self, request: Request, plan_id: str) -> HttpResponse:
        plans.plan_unarchive(plan=_to_archive(request, plan_id))
        return answer()

    @describes(
        "sharePlan",
        "Plans",
        "Share a plan with the org: all of its members may read it.",
        returns={200: "Plan shared."},
        errors=(403,),
    )
    def share(self, request: Request, plan_id: str) -> HttpResponse:
        plans.plan_share(plan=_to_share(request, plan_id))
        return answer()

    @describes(
        "unsharePlan",
        "Plans",
        "Take a plan back that was shared with the org.",
        returns={200: "Plan not shared any more."},
        errors=(403,),
    )
    def unshare(self, request: Request, plan_id: str) -> HttpResponse:
        plans.plan_unshare(plan=_to_share(request, plan_id))
        return answer()

    @describes(
        "getPlanConfig",
        "Settings",
        "Get the per-plan configuration (autonomy flags, executor settings).",
        returns={200: Answer("Plan config.", shapes.PlanConfigAnswerJson)},
    )
    def retrieve_config(self, request: Request, plan_id: str) -> HttpResponse:
        plan = plan_get(auth=auth_of(request), plan_id=plan_id)
        return answer({"config": shapes.config_json(plan.config)})

    @describes(
        "updatePlanConfig",
        "Settings",
        "Replace the per-plan configuration.",
        body=shapes.ConfigBody,
        returns={200: "Plan config updated."},
        errors=(403,),
    )
    def update_config(self, request: Request, plan_id: str) -> HttpResponse:
        auth = auth_of(request)
        plan = plan_get(auth=auth, plan_id=plan_id)
        update_require(auth=auth, plan=plan)
        body = parse(request, shapes.ConfigRequest, error=shapes.BAD_CONFIG)
        plans.plan_config_set(plan=plan, config=shapes.config_input(body, stored=plan.config))
        return answer()


class BranchViewSet(ApiViewSet):
    @describes(
        "listBranches",
        "Branches",
        "List all branches that exist on the plan.",
        returns={200: Answer("List of branches.", Sequence[shapes.BranchJson])},
    )
    def list(self, request: Request, plan_id: str) -> HttpResponse:
        found = selectors.branch_list(auth=auth_of(request), plan_id=plan_id)
        return answer([shapes.branch_json(branch) for branch in found])

    @describes(
        "createBranch",
        "Branches",
        "Create a new branch off the specified branch of the plan.",
        body=shapes.NewNameRequest,
        returns={201: Answer("Branch created.", shapes.BranchJson)},
        errors=(403, 409),
    )
    def create(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        parent = branch_get_to_update(auth=auth, plan_id=plan_id, name=branch)
        body = parse(request, shapes.NewNameRequest)
        made = branches.branch_create(parent=parent, name=body.name, owner_id=auth.user.id)
        return answer(shapes.branch_json(made), status=201)

    @describes(
        "deleteBranch",
        "Branches",
        "Delete an existing branch from the plan.",
        returns={204: "Branch deleted."},
        errors=(403, 409),
    )
    def destroy(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = branch_get_to_update(auth=auth_of(request), plan_id=plan_id, name=branch)
        branches.branch_delete(branch=found)
        return answer(status=204)


class HistoryViewSet(ApiViewSet):
    """What a branch's history holds: its conversation and its log."""

    @describes(
        "listConvo",
        "Conversation",
        "List prompts and responses in the plan branch conversation.",
        returns={200: Answer("Conversation messages.", Sequence[shapes.ConvoMessageJson])},
    )
    def list_convo(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = branch_get(auth=auth_of(request), plan_id=plan_id, name=branch)
        messages = convo_read(revision_head(found))
        return answer([shapes.message_json(message, found) for message in messages])

    @describes(
        "listLogs",
        "Conversation",
        "List log events for the plan branch.",
        returns={200: Answer("Log entries.", shapes.LogJson)},
    )
    def list_logs(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = branch_get(auth=auth_of(request), plan_id=plan_id, name=branch)
        entries = selectors.log_shown(found)
        return answer({"shas": [entry.sha for entry in entries], "body": log_body(entries)})


class SettingsViewSet(ApiViewSet):
    """Model settings of a branch."""

    @describes(
        "getSettings",
        "Settings",
        "Get the model settings for the plan branch.",
        returns={200: Answer("Settings.", SettingsJson, cli=CliSettingsJson)},
    )
    def retrieve(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        found = branch_get(auth=auth, plan_id=plan_id, name=branch)
        stored = settings_of(revision_head(found), org_id=auth.org.id)
        api_form = dialect(request) is Dialect.API
        return answer(settings_payload(stored, org_models(auth.org.id), api_form=api_form))

    @describes(
        "updateSettings",
        "Settings",
        "Update the model settings for the plan branch: a pack's name, or a pack.",
        body=SettingsBody,
        returns={200: Answer("Settings updated.", SettingsUpdateJson)},
        errors=(403, 409, 422),
    )
    def update(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        message = branch_settings_update(
            branch=branch_get_to_update(auth=auth, plan_id=plan_id, name=branch),
            org_id=auth.org.id,
            user_id=auth.user.id,
            sent=settings_input(request),
            keep_roles=dialect(request) is Dialect.API,
        )
        return answer({"msg": message})


class DefaultPlanConfigViewSet(ApiViewSet):
    """The config that the user's next plans start with."""

    @describes(
        "getDefaultPlanConfig",
        "Settings",
        "Get the configuration that the caller's new plans start with.",
        returns={200: Answer("Default plan config.", shapes.PlanConfigAnswerJson)},
    )
    def retrieve(self, request: Request) -> HttpResponse:
        user = auth_of(request).user
        return answer({"config": shapes.config_json(user.default_plan_config)})

    @describes(
        "updateDefaultPlanConfig",
        "Settings",
        "Replace the configuration that the caller's new plans start with.",
        body=shapes.ConfigBody,
        returns={200: "Default plan config updated."},
    )
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


def _to_share(request: Request, plan_id: str) -> Plan:
    return plan_get_for(
        auth=auth_of(request),
        plan_id=plan_id,
        permission=Permission.MANAGE_ANY_PLAN_SHARES,
        msg="User cannot share this plan",
    )


def _to_archive(request: Request, plan_id: str) -> Plan:
    return plan_get_for(
        auth=auth_of(request),
        plan_id=plan_id,
        permission=Permission.ARCHIVE_ANY_PLAN,
        msg="User cannot archive this plan",
    )
