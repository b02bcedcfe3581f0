"""Endpoints about a run that another request streams."""

import time

from django.http import HttpResponse
from rest_framework.request import Request

from context.serializers import load_form, load_requests
from execution import launch
from execution.logic.prompts.wrapped import MissingFileChoice
from execution.logic.requests import RespondMissingFileRequest
from execution.models import Run
from execution.selectors import (
    builds_of,
    latest_summary,
    run_active,
    run_latest,
    run_status,
    runs_of_projects,
)
from execution.serializers import build_status_json, ps_json, status_json
from execution.services.answers import auto_load_answer, missing_file_answer
from execution.services.runs import run_stop_request
from orgs.authentication import auth_of
from plandex_server.api.dialect import Dialect
from plandex_server.api.views import ApiViewSet, answer, dialect, parse, text
from plandex_server.errors import BadRequest
from plans.selectors import branch_get, plan_overviews

STOP_WAIT_S = 1.5
"""The CLI gives up after 2 s; mostly the run has ended before, so that a new tell is accepted."""
STOP_LOOK_S = 0.02


class RunViewSet(ApiViewSet):
    def stop(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        run = run_active(auth=auth_of(request), plan_id=plan_id, branch=branch)
        run_stop_request(run)
        launch.stop(run.id)
        deadline = time.monotonic() + STOP_WAIT_S
        while time.monotonic() < deadline and _is_active(run):
            time.sleep(STOP_LOOK_S)
        return answer(status=204)

    def respond_missing_file(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        body = parse(request, RespondMissingFileRequest)
        try:
            choice = MissingFileChoice(body.choice)
        except ValueError:
            raise BadRequest("choice must be load, skip or overwrite") from None
        run = run_active(auth=auth, plan_id=plan_id, branch=branch)
        missing_file_answer(
            run=run, user_id=auth.user.id, choice=choice, path=body.file_path, body=body.body
        )
        launch.wake(run.id)
        return answer()

    def auto_load_context(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        items = [one.item() for one in load_requests(request._request.body)]
        run = run_active(auth=auth, plan_id=plan_id, branch=branch)
        try:
            result = auto_load_answer(run=run, user_id=auth.user.id, items=items)
        finally:
            launch.wake(run.id)
        return answer(load_form(result) | {"msg": result.plain_msg})

    def build_status(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = branch_get(auth=auth_of(request), plan_id=plan_id, name=branch)
        return answer(build_status_json(builds_of(run_latest(found))))

    def status(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        wants_text = "text/plain" in request.headers.get("Accept", "")
        if dialect(request) is Dialect.CLI or wants_text:
            return text(latest_summary(branch_get(auth=auth, plan_id=plan_id, name=branch)))
        return answer(status_json(run_status(auth=auth, plan_id=plan_id, branch=branch)))

    def ps(self, request: Request) -> HttpResponse:
        auth = auth_of(request)
        project_ids = request.query_params.getlist("projectId")
        if not project_ids and dialect(request) is Dialect.CLI:
            raise BadRequest("No project ids provided")
        recent = request.query_params.get("recent") == "true"
        runs = runs_of_projects(auth=auth, project_ids=project_ids, recent=recent)
        plans = {run.plan_id: run.plan for run in runs}
        return answer(ps_json(runs, plan_overviews(auth=auth, plans=list(plans.values()))))


def _is_active(run: Run) -> bool:
    return Run.objects.filter(pk=run.pk, finished_at__isnull=True).exists()
