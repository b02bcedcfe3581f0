"""Endpoints that review, apply, reject and rewind a plan's changes."""

from django.http import HttpResponse
from rest_framework.request import Request

from execution.logic.commit_messages import (
    reject_all_message,
    reject_file_message,
    reject_files_message,
)
from execution.logic.git_diff import git_diff
from execution.logic.requests import (
    CredentialsBody,
    RejectFileRequest,
    RejectFilesRequest,
    RewindRequest,
)
from execution.responses import current_plan_json
from execution.services.apply import changes_apply
from execution.services.reject import changes_reject
from execution.services.rewind import rewind
from execution.services.turns import plan_state_read
from models_config.logic.credentials import auth_vars_of
from orgs.authentication import auth_of
from plandex_server.api.views import ApiViewSet, answer, parse, text
from plans.models import Branch
from plans.selectors import branch_get, commit_of_plan, plan_get
from plans.services.versions import revision_at, revision_head

BAD_REJECT = "Error decoding request"


class ChangesViewSet(ApiViewSet):
    def current_plan(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        state = plan_state_read(revision_head(_branch(request, plan_id, branch)))
        return answer(current_plan_json(state))

    def current_plan_at(self, request: Request, plan_id: str, sha: str) -> HttpResponse:
        plan = plan_get(auth=auth_of(request), plan_id=plan_id)
        return answer(current_plan_json(plan_state_read(revision_at(commit_of_plan(plan, sha)))))

    def diffs(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        state = plan_state_read(revision_head(_branch(request, plan_id, branch)))
        files = state.files
        touched = {*files.files, *files.removed}
        old = {path: body for path, body in state.body_by_path.items() if path in touched}
        # A file that was never loaded has no known content: its removal shows as one of nothing.
        old |= {path: "" for path in files.removed if path not in old}
        coloured = request.query_params.get("plain") != "true"
        return text(git_diff(old, files.files, colour=coloured))

    def apply(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = _branch(request, plan_id, branch)
        body = parse(request, CredentialsBody)
        message = changes_apply(
            branch=found,
            user_id=auth_of(request).user.id,
            auth_vars=auth_vars_of(body.auth_vars, body.api_keys, body.open_ai_org_id),
            session_id=body.session_id,
        )
        return text(message)

    def reject_all(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = _branch(request, plan_id, branch)
        changes_reject(
            branch=found,
            user_id=auth_of(request).user.id,
            paths=None,
            message=reject_all_message(),
        )
        return answer()

    def reject_file(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = _branch(request, plan_id, branch)
        path = parse(request, RejectFileRequest, error=BAD_REJECT).file_path
        changes_reject(
            branch=found,
            user_id=auth_of(request).user.id,
            paths=[path],
            message=reject_file_message(path),
        )
        return answer()

    def reject_files(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = _branch(request, plan_id, branch)
        paths = parse(request, RejectFilesRequest, error=BAD_REJECT).paths
        changes_reject(
            branch=found,
            user_id=auth_of(request).user.id,
            paths=paths,
            message=reject_files_message(paths),
        )
        return answer()

    def rewind(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = _branch(request, plan_id, branch)
        sha, entry = rewind(branch=found, sha=parse(request, RewindRequest).sha)
        return answer({"latestSha": sha, "latestCommit": entry})


def _branch(request: Request, plan_id: str, branch: str) -> Branch:
    return branch_get(auth=auth_of(request), plan_id=plan_id, name=branch)
