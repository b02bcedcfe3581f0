"""Writers, branches and collections at the same time, each in a thread with its own connection."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from plandex_server.db import now
from plans.errors import BranchExists, BranchNotFound, RevisionNotFound, StaleBranch
from plans.logic.versions import Kind
from plans.models import Branch, Commit, Plan
from plans.selectors import branch_log
from plans.services import versions
from plans.services.branches import branch_create, branch_delete
from plans.services.garbage import plan_collect_garbage
from plans.services.objects import cache
from plans.services.plans import plan_create, plan_delete
from plans.services.versions import branch_rewind, branch_write, revision_head
from tests import concurrency
from tests.plans.factories import main_of, plan_make

pytestmark = pytest.mark.django_db(transaction=True)

FUTURE = datetime.now(UTC) + timedelta(days=1)


def refusable(job: Callable[[], object]) -> Callable[[], object]:
    """The job, whose result is the refusal where there is one."""

    def run() -> object:
        try:
            return job()
        except (BranchExists, BranchNotFound) as error:
            return error

    return run


def together(jobs: Sequence[Callable[[], object]]) -> list[object]:
    """Runs the jobs at once; their results, or how they were refused."""
    return concurrency.together([refusable(job) for job in jobs])


def count_up(branch: Branch, times: int) -> None:
    """Each write depends on what the one before it left: a lost update would show."""
    for _ in range(times):
        with branch_write(branch) as draft:
            value = int(draft.read(Kind.STATE, "count") or b"0") + 1
            draft.put(Kind.STATE, "count", str(value).encode())
            draft.convo_tokens += 1
            draft.message = f"count {value}"


def test_no_update_of_a_branch_is_lost() -> None:
    plan = plan_make()
    together([lambda: count_up(main_of(plan), 15)] * 4)
    main = main_of(plan)
    assert revision_head(main).read(Kind.STATE, "count") == b"60"
    assert main.convo_tokens == 60
    assert [entry.message for entry in branch_log(main)] == [f"count {n}" for n in range(60, 0, -1)]
    assert Commit.objects.filter(plan=plan).count() == 60


def test_writers_of_different_branches_do_not_disturb_each_other() -> None:
    plan = plan_make()
    main = main_of(plan)
    branches = [branch_create(parent=main, name=f"b{n}", owner_id=plan.owner_id) for n in range(4)]

    together([lambda branch=branch: count_up(branch, 10) for branch in branches])  # type: ignore[misc]

    for branch in Branch.objects.select_related("head").filter(plan=plan).exclude(name="main"):
        assert revision_head(branch).read(Kind.STATE, "count") == b"10"
    assert main_of(plan).head is None


def test_a_stale_head_is_not_moved() -> None:
    branch = main_of(plan_make())
    count_up(branch, 2)
    stale = main_of(branch.plan)
    count_up(branch, 1)
    assert branch.head is not None
    with pytest.raises(StaleBranch):
        versions._head_move(stale, branch.head)
    assert revision_head(main_of(branch.plan)).read(Kind.STATE, "count") == b"3"


def test_one_of_many_makers_of_a_branch_wins() -> None:
    plan = plan_make()
    main = main_of(plan)
    results = together([lambda: branch_create(parent=main, name="new", owner_id=plan.owner_id)] * 4)
    assert sum(isinstance(result, Branch) for result in results) == 1
    assert sum(isinstance(result, BranchExists) for result in results) == 3


def test_writing_to_a_branch_that_is_deleted_fails_or_comes_first() -> None:
    plan = plan_make()
    branch = branch_create(parent=main_of(plan), name="short", owner_id=plan.owner_id)
    results = together([lambda: branch_delete(branch=branch), lambda: count_up(branch, 20)])
    assert results[0] is None
    assert results[1] is None or isinstance(results[1], BranchNotFound)
    assert not Branch.objects.filter(plan=plan, name="short").exists()


@pytest.mark.parametrize("_round", range(5))
def test_a_plan_is_deleted_whoever_writes_to_it(_round: int) -> None:
    plan = plan_make()
    main = main_of(plan)
    count_up(main, 3)
    side = branch_create(parent=main, name="side", owner_id=plan.owner_id)
    results = together(
        [lambda: count_up(main, 10), lambda: count_up(side, 10), lambda: plan_delete(plan=plan)]
    )
    assert results[2] is None
    assert all(result is None or isinstance(result, BranchNotFound) for result in results)
    assert not Plan.objects.filter(pk=plan.pk).exists()
    assert not Commit.objects.filter(plan_id=plan.pk).exists()


def test_plans_made_at_the_same_time_have_their_own_names() -> None:
    project = plan_make().project

    def create(name: str) -> str:
        return plan_create(project=project, owner=project.org.owner, name=name).name

    made = together([lambda: create("same")] * 4)
    assert sorted(map(str, made)) == ["same", "same.2", "same.3", "same.4"]
    together([lambda: create("")] * 4)
    assert Plan.objects.filter(project=project, name="draft").count() == 1


def test_collecting_never_takes_what_a_writer_uses() -> None:
    """Writers bring back, rewind away and fork the same few contents all the time."""
    plan = plan_make()
    count_up(main_of(plan), 1)

    def write_and_rewind() -> None:
        branch = main_of(plan)
        for round in range(15):
            with branch_write(branch) as draft:
                draft.put(Kind.BODY, "file", f"version {round % 3}".encode() * 100)
                draft.message = "wrote"
            if round % 2:
                log = branch_log(branch)
                branch_rewind(branch, to=Commit.objects.get(plan=plan, sha=log[-1].sha))

    def fork() -> None:
        for round in range(10):
            branch = branch_create(parent=main_of(plan), name=f"f{round}", owner_id=plan.owner_id)
            count_up(branch, 1)
            if round % 2:
                branch_delete(branch=branch)

    def collect() -> None:
        for _ in range(10):
            plan_collect_garbage(plan_id=plan.id, before=FUTURE)

    together([write_and_rewind, fork, collect])

    for branch in Branch.objects.select_related("head").filter(plan=plan):
        revision_head(branch).read_many(dict.fromkeys(Kind))
        for entry in branch_log(branch):
            commit = Commit.objects.get(plan=plan, sha=entry.sha)
            versions.revision_at(commit).read_many(dict.fromkeys(Kind))
    plan_collect_garbage(plan_id=plan.id, before=FUTURE)
    assert plan_collect_garbage(plan_id=plan.id, before=FUTURE).commits == 0


def test_a_reader_of_a_collected_revision_gets_an_answer() -> None:
    branch = main_of(plan_make())
    count_up(branch, 2)
    old = revision_head(branch)
    first = branch_log(branch)[-1]
    branch_rewind(branch, to=Commit.objects.get(plan=branch.plan, sha=first.sha))
    assert plan_collect_garbage(plan_id=branch.plan_id, before=FUTURE).commits == 1
    cache.clear()  # another process knows nothing of the objects
    with pytest.raises(RevisionNotFound):
        old.read(Kind.STATE, "count")


def test_collecting_keeps_what_is_young() -> None:
    branch = main_of(plan_make())
    count_up(branch, 2)
    first = branch_log(branch)[-1]
    branch_rewind(branch, to=Commit.objects.get(plan=branch.plan, sha=first.sha))
    done = plan_collect_garbage(plan_id=branch.plan_id, before=now() - timedelta(hours=1))
    assert (done.commits, done.objects) == (0, 0)
    assert Commit.objects.filter(plan=branch.plan).count() == 2


def test_rewinding_to_a_collected_revision_is_refused() -> None:
    branch = main_of(plan_make())
    count_up(branch, 2)
    newest = branch.head
    assert newest is not None and newest.parent is not None
    branch_rewind(branch, to=newest.parent)
    plan_collect_garbage(plan_id=branch.plan_id, before=FUTURE)
    with pytest.raises(RevisionNotFound):
        branch_rewind(branch, to=newest)
    assert revision_head(main_of(branch.plan)).read(Kind.STATE, "count") == b"1"
