"""Plans, and those of a project."""

from collections.abc import Sequence

from django.http import HttpResponse
from rest_framework.request import Request

from orgs.authentication import auth_of
from orgs.logic.permissions import Permission
from plandex_server.api.describe import Answer, Parameter, describes
from plandex_server.api.dialect import Dialect
from plandex_server.api.views import ApiViewSet, answer, dialect, parse
from plans import selectors
from plans import serializers as shapes
from plans.models import Plan
from plans.selectors import plan_get, plan_get_for
from plans.services import plans
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
