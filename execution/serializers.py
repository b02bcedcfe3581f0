"""JSON shapes of runs and their builds."""

from collections.abc import Iterable, Sequence
from typing import TypedDict

from execution.models import Build, BuildState, Run
from execution.selectors import RunStatus
from plandex_server.api.times import Time, rfc3339
from plans.logic.convo import Subtask
from plans.selectors import PlanOverview
from plans.serializers import BranchJson, PlanJson, branch_json, plan_json


class BuildStatusJson(TypedDict):
    builtFiles: dict[str, bool]
    isBuildingByPath: dict[str, bool]


class RunningPlansJson(TypedDict):
    """The branches that run, with their plans; the maps are by the id of the branch."""

    branches: list[BranchJson]
    streamStartedAtByBranchId: dict[str, Time]
    streamFinishedAtByBranchId: dict[str, Time]
    streamIdByBranchId: dict[str, str]
    plansById: dict[str, PlanJson]


class TaskJson(TypedDict):
    title: str
    isFinished: bool


class StatusJson(TypedDict):
    """What a branch is doing, or did last; `summary` is that of its conversation."""

    status: str
    error: str | None
    runId: str | None
    startedAt: Time | None
    finishedAt: Time | None
    iteration: int
    currentTask: str | None
    tasks: list[TaskJson]
    builds: dict[str, str]
    summary: str


def build_status_json(builds: Iterable[Build]) -> BuildStatusJson:
    """The state of each path; its last build decides."""
    states = {build.path: build.state for build in builds}
    return {
        "builtFiles": {path: state != BuildState.RUNNING for path, state in states.items()},
        "isBuildingByPath": {path: state == BuildState.RUNNING for path, state in states.items()},
    }


def ps_json(runs: Sequence[Run], plans: Sequence[PlanOverview]) -> RunningPlansJson:
    """Each branch once; the newest of its runs counts."""
    newest = {run.branch_id: run for run in runs}
    return {
        "branches": [branch_json(run.branch) for run in newest.values()],
        "streamStartedAtByBranchId": {id: rfc3339(run.created_at) for id, run in newest.items()},
        "streamFinishedAtByBranchId": {
            id: rfc3339(run.finished_at)
            for id, run in newest.items()
            if run.finished_at is not None
        },
        "streamIdByBranchId": {id: run.id for id, run in newest.items()},
        "plansById": {overview.plan.id: plan_json(overview) for overview in plans},
    }


def status_json(status: RunStatus) -> StatusJson:
    """What the branch is doing, for clients of the API dialect."""
    run = status.run
    return {
        "status": status.branch.status,
        "error": status.branch.error or None,
        "runId": run.id if run else None,
        "startedAt": rfc3339(run.created_at) if run else None,
        "finishedAt": rfc3339(run.finished_at) if run and run.finished_at else None,
        "iteration": run.iteration if run else 0,
        "currentTask": next((task.title for task in status.tasks if not task.is_finished), None),
        "tasks": [_task(task) for task in status.tasks],
        "builds": {build.path: build.state for build in status.builds},
        "summary": status.summary,
    }


def _task(task: Subtask) -> TaskJson:
    return {"title": task.title, "isFinished": task.is_finished}
