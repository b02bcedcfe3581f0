"""Endpoints that review, apply, reject and rewind a plan's changes."""

from django.http import HttpResponse
from rest_framework.request import Request

from execution.logic.requests import (
    CredentialsBody,
    RejectFileRequest,
    RejectFilesRequest,
    RewindRequest,
)
from execution.responses import CurrentPlanJson, RewindJson, current_plan_json
from execution.services.apply import changes_apply
from execution.services.current_plan import current_plan
from execution.services.diffs import pending_diff
from execution.services.reject import all_reject, file_reject, files_reject
from execution.services.rewind import rewind
from execution.services.staged import staged_of
from execution.services.turns import plan_state_read
from models_config.logic.credentials import auth_vars_of
from orgs.authentication import auth_of
from plandex_server.api.describe import Answer, Parameter, describes
from plandex_server.api.views import ApiViewSet, answer, parse, text
from plans.models import Branch
from plans.selectors import branch_get, branch_get_to_update, commit_of_plan, plan_get
from plans.services.versions import revision_at, revision_head

BAD_REJECT = "Error decoding request"


class ChangesViewSet(ApiViewSet):
    @describes(
        "getCurrentPlanOnBranch",
        "Plans",
        "Snapshot of the current plan state on the specified branch.",
        returns={200: Answer("Plan snapshot on branch.", CurrentPlanJson)},
    )
    def current_plan(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = branch_get(auth=auth_of(request), plan_id=plan_id, name=branch)
        return answer(current_plan_json(current_plan(found)))

    @describes(
        "getCurrentPlanAtSha",
        "Plans",
        "Snapshot of the plan state at a version of its log.",
        returns={200: Answer("Plan snapshot.", CurrentPlanJson)},
    )
    def current_plan_at(self, request: Request, plan_id: str, sha: str) -> HttpResponse:
        plan = plan_get(auth=auth_of(request), plan_id=plan_id)
        return answer(current_plan_json(plan_state_read(revision_at(commit_of_plan(plan, sha)))))

    @describes(
        "getPlanDiffs",
        "Diffs",
        "Get the unified diff of pending changes for the plan branch, in colours unless `plain`.",
        returns={200: Answer("Diff payload.", text="diff --git a/main.py b/main.py")},
        parameters=(Parameter("plain", "`true`: without colours.", {"type": "string"}),),
    )
    def diffs(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = branch_get(auth=auth_of(request), plan_id=plan_id, name=branch)
        coloured = request.query_params.get("plain") != "true"
        diff = pending_diff(
            plan_state_read(revision_head(found), staged_of(found)), colour=coloured
        )
        return HttpResponse(diff, content_type="text/plain; charset=utf-8")

    @describes(
        "applyPlan",
        "Diffs",
        "Apply all pending file changes for the plan on the given branch.",
        body=CredentialsBody,
        returns={200: Answer("The commit message.", text="Add a log")},
        errors=(403, 409, 422),
        body_is_optional=True,
    )
    def apply(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = _to_change(request, plan_id, branch)
        # Other clients than the CLI have no keys to send.
        body = parse(request, CredentialsBody) if request._request.body else CredentialsBody()
        message = changes_apply(
            branch=found,
            user_id=auth_of(request).user.id,
            auth_vars=auth_vars_of(body.auth_vars, body.api_keys, body.open_ai_org_id),
            session_id=body.session_id,
        )
        return text(message)

    @describes(
        "rejectAllChanges",
        "Diffs",
        "Reject every pending file change for the plan on the branch.",
        returns={200: "Changes rejected."},
        errors=(403, 409, 422),
    )
    def reject_all(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = _to_change(request, plan_id, branch)
        all_reject(branch=found, user_id=auth_of(request).user.id)
        return answer()

    @describes(
        "rejectFile",
        "Diffs",
        "Reject pending changes for a single file.",
        body=RejectFileRequest,
        returns={200: "File change rejected."},
        errors=(403, 409, 422),
    )
    def reject_file(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = _to_change(request, plan_id, branch)
        path = parse(request, RejectFileRequest, error=BAD_REJECT).file_path
        file_reject(branch=found, user_id=auth_of(request).user.id, path=path)
        return answer()

    @describes(
        "rejectFiles",
        "Diffs",
        "Reject pending changes for the supplied list of files.",
        body=RejectFilesRequest,
        returns={200: "File changes rejected."},
        errors=(403, 409, 422),
    )
    def reject_files(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = _to_change(request, plan_id, branch)
        paths = parse(request, RejectFilesRequest, error=BAD_REJECT).paths
        files_reject(branch=found, user_id=auth_of(request).user.id, paths=paths)
        return answer()

    @describes(
        "rewindPlan",
        "Conversation",
        "Rewind the plan branch to a previous version SHA.",
        body=RewindRequest,
        returns={200: Answer("Plan rewound.", RewindJson)},
        errors=(403, 409, 422),
    )
    def rewind(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = _to_change(request, plan_id, branch)
        sha, entry = rewind(branch=found, sha=parse(request, RewindRequest).sha)
        value: RewindJson = {"latestSha": sha, "latestCommit": entry}
        return answer(value)


def _to_change(request: Request, plan_id: str, branch: str) -> Branch:
    """The branch, for a caller who may change its plan."""
    return branch_get_to_update(auth=auth_of(request), plan_id=plan_id, name=branch)
