"""What a run says of its branch, and late words of runs that are over or another process's."""

import threading

import pytest
from django.db import connection, transaction

from execution.models import Run, RunEnd
from execution.services.runs import run_end, run_status_set
from plans.models import Plan, PlanStatus
from tests.execution.factories import run_make
from tests.plans.factories import main_of


def status_of(plan: Plan) -> str:
    return main_of(plan).status


def test_it_works(plan: Plan) -> None:
    run = run_make(plan, owner="one")
    assert status_of(plan) == "replying"
    run_status_set(run, PlanStatus.DESCRIBING)
    assert status_of(plan) == "describing"


def test_a_run_that_has_ended_has_said_its_last_word(plan: Plan) -> None:
    run = run_make(plan, owner="one")
    assert run_end(run, RunEnd.FINISHED)
    assert not run_end(run, RunEnd.ERROR, error="late")
    run_status_set(run, PlanStatus.REPLYING)
    assert status_of(plan) == "finished"


def test_who_lost_a_run_says_nothing_of_its_branch(plan: Plan) -> None:
    run = run_make(plan, owner="one")
    Run.objects.filter(pk=run.pk).update(owner="two")
    run_status_set(run, PlanStatus.DESCRIBING)
    assert status_of(plan) == "replying"


@pytest.mark.django_db(transaction=True)
def test_an_end_does_not_come_between_the_look_and_the_word(plan: Plan) -> None:
    """The word waits for the end, and then finds that its run has ended."""
    run = run_make(plan, owner="one")

    def say() -> None:
        try:
            run_status_set(run, PlanStatus.DESCRIBING)
        finally:
            connection.close()

    word = threading.Thread(target=say)
    with transaction.atomic():
        assert run_end(run, RunEnd.FINISHED)
        word.start()
        word.join(0.2)
    word.join()
    assert status_of(plan) == "finished"
