"""Endpoints about a run that another request streams."""

from collections.abc import Sequence

from django.http import HttpResponse
from rest_framework.request import Request

from context.serializers import LoadItem, LoadJson, load_form, load_requests
from execution import launch
from execution.logic.prompts.wrapped import MissingFileChoice
from execution.logic.requests import RespondMissingFileRequest
from execution.selectors import (
    builds_of,
    latest_summary,
    run_active,
    run_latest,
    run_status,
    runs_of_projects,
)
from execution.serializers import (
    BuildStatusJson,
    RunningPlansJson,
    StatusJson,
    build_status_json,
    ps_json,
    status_json,
)
from execution.services.answers import auto_load_answer, missing_file_answer
from orgs.authentication import auth_of
from plandex_server.api.describe import Answer, Parameter, describes
from plandex_server.api.dialect import Dialect
from plandex_server.api.views import ApiViewSet, answer, dialect, parse, text
from plandex_server.errors import BadRequest
from plans.selectors import branch_get, branch_get_to_update, plan_overviews
from projects.selectors import project_ids_checked

_PS_PARAMETERS = (
    Parameter(
        "projectId",
        "Projects whose plans are wanted; needed in the CLI dialect. Without any: all of them.",
        {"type": "array", "items": {"type": "string"}},
    ),
    Parameter("recent", "`true`: with those that finished lately.", {"type": "string"}),
)


class RunViewSet(ApiViewSet):
    @describes(
        "respondMissingFile",
        "Execution",
        "Answer the question what to do with a file that was not loaded.",
        body=RespondMissingFileRequest,
        returns={200: "Response sent."},
        errors=(403, 409, 422),
    )
    def respond_missing_file(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        body = parse(request, RespondMissingFileRequest)
        try:
            choice = MissingFileChoice(body.choice)
        except ValueError:
            raise BadRequest("choice must be load, skip or overwrite") from None
        run = run_active(branch_get_to_update(auth=auth, plan_id=plan_id, name=branch))
        missing_file_answer(
            run=run, user_id=auth.user.id, choice=choice, path=body.file_path, body=body.body
        )
        launch.wake(run.id)
        return answer()

    @describes(
        "autoLoadContext",
        "Execution",
        "Send the files that a run asked its client to load.",
        body=Sequence[LoadItem],
        returns={200: Answer("Auto-load triggered.", LoadJson)},
        errors=(403, 409, 422),
    )
    def auto_load_context(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        items = [one.item() for one in load_requests(request._request.body)]
        run = run_active(branch_get_to_update(auth=auth, plan_id=plan_id, name=branch))
        try:
            result = auto_load_answer(run=run, user_id=auth.user.id, items=items)
        finally:
            launch.wake(run.id)
        value: LoadJson = {**load_form(result), "msg": result.plain_msg}
        return answer(value)

    @describes(
        "getBuildStatus",
        "Execution",
        "Get build status for the plan branch.",
        returns={200: Answer("Build status.", BuildStatusJson)},
    )
    def build_status(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = branch_get(auth=auth_of(request), plan_id=plan_id, name=branch)
        return answer(build_status_json(builds_of(run_latest(found))))

    @describes(
        "getPlanStatus",
        "Execution",
        "Get the execution status for the plan branch; in the CLI dialect, and for clients that "
        "accept text/plain, the summary of the conversation as text.",
        returns={200: Answer("Status payload.", StatusJson, text="The plan adds a log.")},
    )
    def status(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        wants_text = "text/plain" in request.headers.get("Accept", "")
        if dialect(request) is Dialect.CLI or wants_text:
            return text(latest_summary(branch_get(auth=auth, plan_id=plan_id, name=branch)))
        return answer(status_json(run_status(auth=auth, plan_id=plan_id, branch=branch)))

    @describes(
        "listPlansRunning",
        "Plans",
        "List plans currently executing (analogous to `plandex ps`).",
        returns={200: Answer("Running plans.", RunningPlansJson)},
        errors=(404,),
        parameters=_PS_PARAMETERS,
    )
    def ps(self, request: Request) -> HttpResponse:
        auth = auth_of(request)
        project_ids = request.query_params.getlist("projectId")
        if not project_ids and dialect(request) is Dialect.CLI:
            raise BadRequest("No project ids provided")
        if project_ids:
            project_ids = project_ids_checked(auth=auth, project_ids=project_ids)
        recent = request.query_params.get("recent") == "true"
        runs = runs_of_projects(auth=auth, project_ids=project_ids, recent=recent)
        plans = {run.plan_id: run.plan for run in runs}
        return answer(ps_json(runs, plan_overviews(auth=auth, plans=list(plans.values()))))
