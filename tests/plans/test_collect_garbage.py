from datetime import timedelta
from io import StringIO

from django.core.management import call_command

from plandex_server.db import now
from plans.logic.versions import Kind
from plans.models import Branch, Commit, Plan, PlanObject
from plans.selectors import branch_log
from plans.services.versions import branch_rewind, branch_write, revision_head
from tests.plans.factories import main_of, plan_make


def rewound_plan() -> Plan:
    """Two of its three commits were rewound away, each with one blob and one tree of its own."""
    plan = plan_make()
    main = main_of(plan)
    for number in range(3):
        with branch_write(main) as draft:
            draft.put(Kind.CONTEXT, "file", f"{number}".encode())
            draft.message = f"{number}"
    branch_rewind(main, to=Commit.objects.get(plan=plan, sha=branch_log(main)[-1].sha))
    return plan


def collect(*args: str) -> str:
    out = StringIO()
    call_command("collect_garbage", *args, stdout=out)
    return out.getvalue()


def age(days: int) -> None:
    past = now() - timedelta(days=days)
    Commit.objects.update(created_at=past)
    PlanObject.objects.update(created_at=past)


def test_it_works(db: None) -> None:
    plan = rewound_plan()
    age(days=2)
    assert collect() == "1 plans: deleted 2 revisions and 4 contents, 0 plans were busy\n"
    assert collect() == "1 plans: deleted 0 revisions and 0 contents, 0 plans were busy\n"
    assert revision_head(main_of(plan)).read(Kind.CONTEXT, "file") == b"0"
    assert PlanObject.objects.count() == 2


def test_what_is_younger_than_the_grace_stays(db: None) -> None:
    rewound_plan()
    assert "0 revisions and 0 contents" in collect()
    age(days=2)
    assert "0 revisions and 0 contents" in collect("--grace-hours", "72")
    assert "2 revisions and 4 contents" in collect("--grace-hours", "0.5")


def test_one_plan_can_be_named(db: None) -> None:
    first, second = rewound_plan(), rewound_plan()
    age(days=2)
    assert collect("--plan", first.id).startswith("1 plans: deleted 2 revisions")
    assert Commit.objects.filter(plan=second).count() == 3


def test_a_young_revision_keeps_its_old_parents(db: None) -> None:
    plan = rewound_plan()
    age(days=2)
    newest = Commit.objects.filter(plan=plan).order_by("-pk")[0]
    Commit.objects.filter(pk=newest.pk).update(created_at=now())
    assert "0 revisions and 0 contents" in collect()


def test_what_a_deleted_branch_held_is_collected(db: None) -> None:
    plan = plan_make()
    side = Branch.objects.create(plan=plan, owner=plan.owner, name="side")
    with branch_write(side) as draft:
        draft.put(Kind.CONTEXT, "file", b"content")
        draft.message = "side"
    side.delete()
    age(days=2)
    assert "1 revisions and 2 contents" in collect()
    assert not PlanObject.objects.exists()
