"""What a run says of its branch, and late words of runs that are over or another process's."""

import threading

import pytest
from django.db import connection

from execution.logic.requests import TellPlanRequest
from execution.models import Run, RunEnd, RunKind
from execution.services import runs
from execution.services.runs import NewRun, run_create, run_end, run_status_set
from plans.models import Branch, Plan, PlanStatus
from plans.services.branches import branch_status_set
from tests.plans.factories import main_of


def run_make(plan: Plan) -> Run:
    return run_create(
        NewRun(
            branch=main_of(plan),
            user_id=plan.owner_id,
            kind=RunKind.TELL,
            request=TellPlanRequest(),
            credentials={},
            owner="one",
        )
    )


def status_of(plan: Plan) -> str:
    return main_of(plan).status


def test_it_works(plan: Plan) -> None:
    run = run_make(plan)
    assert status_of(plan) == "replying"
    run_status_set(run, PlanStatus.DESCRIBING)
    assert status_of(plan) == "describing"


def test_a_run_that_has_ended_has_said_its_last_word(plan: Plan) -> None:
    run = run_make(plan)
    assert run_end(run, RunEnd.FINISHED)
    assert not run_end(run, RunEnd.ERROR, error="late")
    run_status_set(run, PlanStatus.REPLYING)
    assert status_of(plan) == "finished"


def test_who_lost_a_run_says_nothing_of_its_branch(plan: Plan) -> None:
    run = run_make(plan)
    Run.objects.filter(pk=run.pk).update(owner="two")
    run_status_set(run, PlanStatus.DESCRIBING)
    assert status_of(plan) == "replying"


@pytest.mark.django_db(transaction=True)
def test_an_end_does_not_come_between_the_look_and_the_word(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_make(plan)

    def end() -> None:
        try:
            run_end(run, RunEnd.FINISHED)
        finally:
            connection.close()

    ending = threading.Thread(target=end)

    def slow(branch_id: str, status: PlanStatus, error: str = "") -> bool:
        if threading.current_thread() is not ending:
            ending.start()
            ending.join(0.1)
        return branch_status_set(branch_id, status, error)

    monkeypatch.setattr(runs, "branch_status_set", slow)
    run_status_set(run, PlanStatus.DESCRIBING)
    ending.join()
    assert Branch.objects.get(pk=run.branch_id).status == "finished"
