"""Making, naming, archiving and deleting plans."""

from django.db import transaction
from django.db.models import F, QuerySet

from accounts.models import User
from models_config.logic.json_shapes import PlanConfigJson
from orgs.logic.audit import Action
from orgs.models import Membership
from orgs.services.audit import audit_record
from plandex_server.db import now
from plandex_server.errors import BadRequest
from plandex_server.prepared_writes import PreparedUpdate
from plans.errors import InvalidName, PlanNotFound, WrongArchiveState
from plans.logic.names import (
    DRAFT,
    MAIN,
    MAX_NAME_LENGTH,
    first_free_name,
    plan_name_problem,
)
from plans.models import Branch, Plan
from plans.services.versions import branches_lock
from projects.models import CurrentPlan, Project

_REPLIED = PreparedUpdate(
    lambda slots: (
        Plan.objects.filter(pk=slots.plan_id),
        {"total_replies": F("total_replies") + 1, "updated_at": slots.now},
    )
)


def plan_create(*, project: Project, owner: User, name: str) -> Plan:
    """A plan with its branch `main` and the owner's default config.

    Each owner has one draft per project: a new one takes the place of the old. Any other name that
    is taken gets a number (`name.2`).
    """
    wanted = checked_plan_name(name or DRAFT)
    with transaction.atomic():
        _names_lock(project.pk)
        if wanted == DRAFT:
            _delete(_of(project.pk, owner.pk).filter(name=DRAFT, archived_at=None))
        else:
            wanted = first_free_name(wanted, _taken(project.pk, owner.pk, wanted))
        plan = Plan.objects.create(
            org_id=project.org_id,
            owner=owner,
            project=project,
            name=wanted,
            config=owner.default_plan_config,
        )
        Branch.objects.create(plan=plan, owner=owner, name=MAIN)
    return plan


def checked_plan_name(name: str) -> str:
    """The name as it is; raises `InvalidName`."""
    problem = plan_name_problem(name)
    if problem:
        raise InvalidName(problem)
    return name


def plan_rename(*, plan: Plan, name: str) -> None:
    """Gives the plan exactly this name, also when another plan has it."""
    plan.name, plan.updated_at = checked_plan_name(name), now()
    plan.save(update_fields=["name", "updated_at"])


def plan_autoname(*, plan: Plan, name: str) -> str:
    """Names a draft after its first prompt and counts it for its owner; the name it has now.

    A plan that is no draft any more keeps its name, and so does one whose new name is none.
    """
    if plan_name_problem(name):
        return plan.name
    with transaction.atomic():
        _names_lock(plan.project_id)
        free = first_free_name(name, _taken(plan.project_id, plan.owner_id, name))
        named = Plan.objects.filter(pk=plan.pk, name=DRAFT).update(name=free, updated_at=now())
        if named:
            User.objects.filter(pk=plan.owner_id).update(
                num_non_draft_plans=F("num_non_draft_plans") + 1
            )
    plan.refresh_from_db(fields=["name", "updated_at"])
    return plan.name


def plan_archive(*, plan: Plan) -> None:
    moment = now()
    with transaction.atomic():
        if not _open(plan).update(archived_at=moment, updated_at=moment):
            raise WrongArchiveState("Plan already archived")
        _record(Action.PLAN_ARCHIVED, plan)


def plan_unarchive(*, plan: Plan) -> None:
    archived = Plan.objects.filter(pk=plan.pk, archived_at__isnull=False)
    if not archived.update(archived_at=None, updated_at=now()):
        raise WrongArchiveState("Plan isn't archived")


def plan_share(*, plan: Plan) -> None:
    """Lets the org read the plan; a plan that is shared already stays so."""
    moment = now()
    unshared = Plan.objects.filter(pk=plan.pk, shared_with_org_at=None)
    with transaction.atomic():
        if unshared.update(shared_with_org_at=moment, updated_at=moment):
            _record(Action.PLAN_SHARED, plan)


def plan_unshare(*, plan: Plan) -> None:
    shared = Plan.objects.filter(pk=plan.pk, shared_with_org_at__isnull=False)
    with transaction.atomic():
        if shared.update(shared_with_org_at=None, updated_at=now()):
            _record(Action.PLAN_UNSHARED, plan)


def _record(action: Action, plan: Plan, **details: object) -> None:
    audit_record(
        action,
        org_id=plan.org_id,
        kind="plan",
        target_id=plan.pk,
        target=plan.name,
        details=details,
    )


def plan_config_set(*, plan: Plan, config: PlanConfigJson | None) -> None:
    """None: back to the built-in default."""
    plan.config, plan.updated_at = config, now()
    plan.save(update_fields=["config", "updated_at"])


def default_plan_config_set(*, user: User, config: PlanConfigJson | None) -> None:
    """What the user's next plans start with, in every org."""
    user.default_plan_config = config
    user.save(update_fields=["default_plan_config", "updated_at"])


def plan_transfer(*, plan: Plan, owner: User) -> None:
    """Makes the plan another member's. A name that the person's plans have gets a number; who had
    the plan works on it no more, unless it is shared."""
    if not Membership.objects.filter(org_id=plan.org_id, user=owner).exists():
        raise BadRequest(f"{owner.email} is not a member of the plan's org.")
    with transaction.atomic():
        _names_lock(plan.project_id)
        plan.refresh_from_db(fields=["name", "owner_id", "shared_with_org_at"])
        before = plan.owner_id
        if before == owner.pk:
            return
        taken = _taken(plan.project_id, owner.pk, plan.name)
        counted = plan.name != DRAFT
        plan.name = first_free_name(plan.name, taken)
        plan.owner, plan.updated_at = owner, now()
        plan.save(update_fields=["name", "owner", "updated_at"])
        if plan.shared_with_org_at is None:
            CurrentPlan.objects.filter(plan=plan).exclude(user=owner).delete()
        if counted:
            # Counts of other times may be lower than they should be; none goes below zero.
            had = User.objects.filter(pk=before, num_non_draft_plans__gt=0)
            had.update(num_non_draft_plans=F("num_non_draft_plans") - 1)
            now_has = User.objects.filter(pk=owner.pk)
            now_has.update(num_non_draft_plans=F("num_non_draft_plans") + 1)
        _record(Action.PLAN_TRANSFERRED, plan, **{"from": before, "to": owner.pk})


def plan_replied(plan_id: str) -> None:
    """Counts a stored reply."""
    _REPLIED.run(plan_id=plan_id, now=now())


def plan_delete(*, plan: Plan) -> None:
    """Deletes the plan with its history; rows of other apps go with it by their foreign keys.

    Nothing is refused or stopped here: whoever stops the plan's runs does so before.
    """
    if not _delete(Plan.objects.filter(pk=plan.pk)):
        raise PlanNotFound


def plans_delete(*, project: Project, owner: User) -> int:
    """Deletes all of the owner's plans in the project, archived ones too; how many there were."""
    return _delete(_of(project.pk, owner.pk))


def _delete(plans: QuerySet[Plan]) -> int:
    """A history's rows refer to each other in both directions; its foreign keys are checked when
    the transaction ends, so the order of the deletions does not matter."""
    with transaction.atomic():
        found = list(plans)
        ids = [plan.pk for plan in found]
        # Writers finish first: one that came upon half a history would wait for us, and we for it.
        branches_lock(ids)
        _, by_model = Plan.objects.filter(pk__in=ids).delete()
        for plan in found:
            _record(Action.PLAN_DELETED, plan)
    return by_model.get("plans.Plan", 0)


def _names_lock(project_id: str) -> None:
    """Plans of a project are named one after the other. Call inside a transaction."""
    # Without the key: rows that refer to the project may be inserted meanwhile.
    list(Project.objects.select_for_update(no_key=True).filter(pk=project_id).values("pk"))


def _of(project_id: str, owner_id: str) -> QuerySet[Plan]:
    return Plan.objects.filter(project_id=project_id, owner_id=owner_id)


def _open(plan: Plan) -> QuerySet[Plan]:
    return Plan.objects.filter(pk=plan.pk, archived_at=None)


def _taken(project_id: str, owner_id: str, name: str) -> set[str]:
    """At least the names in use that numbering `name` could meet."""
    # Numbering cuts long names to make room.
    alike = _of(project_id, owner_id).filter(name__startswith=name[: MAX_NAME_LENGTH - 15])
    return set(alike.values_list("name", flat=True))
