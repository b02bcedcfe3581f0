"""What the pages do: each through the services, within what the person's role allows."""

import csv
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from accounts.tokens import token_find, token_issue
from execution.clients.key_check import Checked, Verdict
from execution.models import Run
from execution.services import provider_keys
from models_config.models import CustomModel, CustomPack, CustomProvider, DefaultSettings
from models_config.selectors import pack_value
from orgs.admin import MemberPages
from orgs.logic.permissions import Role
from orgs.models import AuditEvent, Budget, Invite, Membership, Org, ProviderKey
from plandex_server.db import now
from plandex_server.errors import InvalidToken
from plans.models import Plan
from projects.models import Project
from tests.admin.conftest import Staff
from tests.admin.desk import Desk, add_url, do_url, list_url, page_url, shown
from tests.admin.rows import SECRET, budget_of, key_of, model_of, pack_of, provider_of, run_of
from tests.factories import invite_make, member_make, project_make
from tests.plans.factories import plan_make


def errors(response: Any) -> str:
    return " ".join(str(one) for one in response.context["errors"])


# -- plans and runs -------------------------------------------------------------------------


def test_plans_are_archived_shared_and_back(staff: Staff) -> None:
    plans = [plan_make(org=staff.org, name=name) for name in ("a", "b")]
    for action, field in (("archive", "archived_at"), ("share", "shared_with_org_at")):
        staff.admin.act([*plans], action)
        assert not Plan.objects.filter(**{field: None}).exists()
        staff.admin.act([*plans], f"un{action}")
        assert Plan.objects.filter(**{field: None}).count() == 2


def test_the_log_tells_the_org_what_staff_did(staff: Staff) -> None:
    plan = plan_make(org=staff.org)
    staff.admin.post(do_url(plan, "archive"), {})
    event = AuditEvent.objects.get(action="admin.changed")
    assert (event.org_id, event.target_id) == (staff.org.pk, plan.pk)
    assert (event.actor, event.details) == (staff.admin.user.email, {"what": "archive"})
    page: Any = staff.owner.get(list_url(AuditEvent))
    assert event in page.context["cl"].result_list


def test_a_plan_gets_another_owner(staff: Staff) -> None:
    plan, heir = plan_make(org=staff.org), member_make(org=staff.org).user
    asked: Any = staff.admin.post(do_url(plan, "transfer"), {}, status=200)
    assert heir in list(asked.context["people"])
    staff.admin.post(do_url(plan, "transfer"), {"new_owner": heir.pk})
    plan.refresh_from_db()
    assert plan.owner == heir
    event = AuditEvent.objects.get(action="plan.transferred")
    assert (event.actor, event.via) == (staff.admin.user.email, "admin")


def test_a_plan_stays_with_the_orgs_people(staff: Staff) -> None:
    plan = plan_make(org=staff.org)
    staff.admin.post(do_url(plan, "transfer"), {"new_owner": staff.other.owner.pk}, status=200)
    plan.refresh_from_db()
    assert plan.owner == staff.org.owner


def test_a_run_is_stopped(staff: Staff) -> None:
    run = run_of(staff.org)
    staff.admin.post(do_url(run, "stop"), {})
    assert Run.objects.get(pk=run.pk).stop_requested_at is not None
    assert b"Stopping" in staff.admin.get(f"/admin/execution/run/{run.pk}/live/").content


def test_actions_are_never_reached_by_a_link(staff: Staff) -> None:
    plan = plan_make(org=staff.org)
    assert staff.admin.client.get(do_url(plan, "archive")).status_code == 405
    assert Plan.objects.get(pk=plan.pk).archived_at is None


# -- people ---------------------------------------------------------------------------------


def test_a_role_is_changed(staff: Staff) -> None:
    member = member_make(org=staff.org)
    staff.admin.post(page_url(member), {"role": "admin"})
    member.refresh_from_db()
    assert member.role == Role.ADMIN


@pytest.mark.parametrize("role", [Role.OWNER, Role.BILLING_ADMIN])
def test_an_admin_makes_nobody_more_than_an_admin(staff: Staff, role: Role) -> None:
    member = member_make(org=staff.org)
    response = staff.admin.post(page_url(member), {"role": role.value}, status=200)
    assert "does not allow" in errors(response)
    member.refresh_from_db()
    assert member.role == Role.MEMBER


def test_an_admin_does_not_touch_owners(staff: Staff) -> None:
    owner = Membership.objects.get(org=staff.org, user=staff.owner.user)
    assert staff.admin.client.post(page_url(owner), {"role": "member"}).status_code == 403
    staff.admin.act([owner], "remove")
    owner.refresh_from_db()
    assert owner.role == Role.OWNER


def test_who_became_an_owner_meanwhile_stays_one(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page may be from before: the form asks anew."""
    member = member_make(org=staff.org)
    monkeypatch.setattr(MemberPages, "has_change_permission", lambda *args: True)
    Membership.objects.filter(pk=member.pk).update(role=Role.OWNER)
    response = staff.admin.post(page_url(member), {"role": "member"}, status=200)
    assert "does not allow" in errors(response)
    member.refresh_from_db()
    assert member.role == Role.OWNER


def test_the_last_owner_stays(staff: Staff) -> None:
    owner = Membership.objects.get(org=staff.org, user=staff.owner.user)
    assert "needs an owner" in errors(
        staff.root.post(page_url(owner), {"role": "member"}, status=200)
    )
    staff.root.act([owner], "remove")
    assert Membership.objects.filter(pk=owner.pk).exists()


def test_a_member_is_removed(staff: Staff) -> None:
    member = member_make(org=staff.org)
    staff.admin.act([member], "remove")
    assert not Membership.objects.filter(pk=member.pk).exists()


def test_someone_is_invited_and_not(staff: Staff, team_mode: None, mailoutbox: list[Any]) -> None:
    form = {"org": staff.org.pk, "email": "Ina@Example.com", "name": "", "role": "member"}
    staff.admin.post(add_url(Invite), form)
    assert mailoutbox[0].to == ["ina@example.com"]
    assert "already exists" in errors(staff.admin.post(add_url(Invite), form, status=200))
    foreign = form | {"org": staff.other.pk, "email": "eve@example.com"}
    assert staff.admin.post(add_url(Invite), foreign, status=200)
    staff.admin.act([Invite.objects.get()], "withdraw")
    assert not Invite.objects.exists()


def test_sign_ins_are_revoked(staff: Staff) -> None:
    token, jwt = token_issue(user=member_make(org=staff.org).user)
    staff.admin.post(do_url(token, "revoke"), {})
    with pytest.raises(InvalidToken):
        token_find(jwt)


def test_everywhere_is_in_the_admin_too(staff: Staff) -> None:
    _, jwt = token_issue(user=staff.admin.user)
    staff.root.act([staff.admin.user], "sign_out")
    with pytest.raises(InvalidToken):
        token_find(jwt)
    staff.admin.get(list_url(Project), status=302)
    staff.owner.get(list_url(Project))
    staff.root.act([staff.root.user], "sign_out")
    staff.root.get(list_url(Project), status=302)


def test_nobody_signs_out_another_orgs_people(staff: Staff) -> None:
    """A sign-in is for all orgs of its user."""
    member = member_make(org=staff.org)
    member_make(org=staff.other, user=member.user)
    token, jwt = token_issue(user=member.user)
    assert staff.admin.client.post(do_url(token, "revoke")).status_code == 404
    assert token_find(jwt) == token


def test_only_superusers_change_accounts(staff: Staff) -> None:
    user = member_make(org=staff.org).user
    form = {"name": "X", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    assert staff.owner.client.post(page_url(user), form).status_code == 403
    assert not User.objects.get(pk=user.pk).is_superuser
    staff.root.post(page_url(user), form)
    assert User.objects.get(pk=user.pk).is_superuser
    assert AuditEvent.objects.filter(action="admin.changed", target_id=user.pk).exists()


def test_orgs_and_projects_are_renamed(staff: Staff) -> None:
    staff.owner.post(page_url(staff.org), {"name": "New name"})
    assert Org.objects.get(pk=staff.org.pk).name == "New name"
    assert staff.admin.client.post(page_url(staff.org), {"name": "No"}).status_code == 403
    project = project_make(org=staff.org)
    staff.admin.post(page_url(project), {"name": "renamed"})
    assert Project.objects.get(pk=project.pk).name == "renamed"


# -- models ---------------------------------------------------------------------------------


def form_of(desk: Desk, url: str) -> dict[str, Any]:
    """The page's form as a browser would send it unchanged."""
    response: Any = desk.get(url)
    form = response.context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


def test_a_pack_is_made_and_changed(staff: Staff) -> None:
    own = model_of(staff.org)
    form = form_of(staff.admin, add_url(CustomPack))
    form |= {"org": staff.org.pk, "name": "ours", "coder__model_id": own.model_id}
    form |= {"coder__error_fallback": "openai/gpt-4.1", "planner__temperature": "0.7"}
    staff.admin.post(add_url(CustomPack), form)
    row = CustomPack.objects.get(name="ours")
    pack = pack_value(row)
    assert pack.coder is not None
    assert pack.coder.error_fallback is not None
    assert pack.coder.model_id == own.model_id
    assert pack.coder.error_fallback.model_id == "openai/gpt-4.1"
    assert pack.planner.temperature == 0.7
    # What was deeper in the pack than the form shows has stayed.
    large = pack.planner.large_context_fallback
    assert large is not None
    assert large.large_context_fallback is not None

    form = form_of(staff.admin, page_url(row)) | {"coder__model_id": "", "name": "renamed"}
    staff.admin.post(page_url(row), form)
    row.refresh_from_db()
    assert (row.name, pack_value(row).coder) == ("renamed", None)
    assert pack_value(row).planner == pack.planner


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"planner__model_id": "no/such"}, "neither built in"),
        ({"builder__strong_model": "no/such"}, "neither built in"),
        ({"planner__model_id": ""}, "required"),
        ({"name": "daily-driver"}, "built-in model pack name"),
        ({"planner__temperature": "hot"}, "number"),
        ({"planner__top_p": "3"}, "less than or equal"),
    ],
)
def test_a_pack_that_nobody_could_use_is_refused(
    staff: Staff, change: dict[str, str], complaint: str
) -> None:
    row = pack_of(staff.org)
    before = row.roles
    response = staff.admin.post(
        page_url(row), form_of(staff.admin, page_url(row)) | change, status=200
    )
    assert complaint in errors(response)
    row.refresh_from_db()
    assert row.roles == before


def test_another_orgs_model_is_unknown(staff: Staff) -> None:
    foreign, row = model_of(staff.other), pack_of(staff.org)
    form = form_of(staff.admin, page_url(row)) | {"namer__model_id": foreign.model_id}
    assert "neither built in" in errors(staff.admin.post(page_url(row), form, status=200))


def test_models_and_providers_are_made(staff: Staff) -> None:
    provider = {"org": staff.org.pk, "name": "box", "base_url": "http://10.0.0.5/v1"}
    provider |= {"api_key_env_var": "BOX_KEY", "variable_0": "BOX_REGION", "required_0": "on"}
    staff.admin.post(add_url(CustomProvider), provider)
    made = CustomProvider.objects.get(name="box")
    assert made.extra_auth_vars == [{"var": "BOX_REGION", "required": True}]
    bad = provider | {"name": "meta", "base_url": "http://169.254.169.254/"}
    assert "metadata are refused" in errors(
        staff.admin.post(add_url(CustomProvider), bad, status=200)
    )

    form = {"org": staff.org.pk, "model_id": "own/x", "publisher": "", "description": ""}
    form |= {"max_tokens": "1000", "max_output_tokens": "100", "reserved_output_tokens": "100"}
    form |= {"default_max_convo_tokens": "100", "preferred_output_format": "xml"}
    form |= {"provider_0": "openai", "provider_model_0": "x", "has_image_support": "on"}
    staff.admin.post(add_url(CustomModel), form)
    model = CustomModel.objects.get(model_id="own/x")
    assert model.properties["hasImageSupport"] is True
    assert "no provider" in errors(
        staff.admin.post(add_url(CustomModel), form | {"provider_0": ""}, status=200)
    )


def test_what_is_in_use_is_not_deleted(staff: Staff) -> None:
    provider = provider_of(staff.org)
    used = [{"provider": "custom", "customProvider": provider.name, "modelName": "x"}]
    model = model_of(staff.org)
    CustomModel.objects.filter(pk=model.pk).update(providers=used)
    staff.admin.post(do_url(provider, "remove"), {})
    assert CustomProvider.objects.filter(pk=provider.pk).exists()
    staff.admin.post(do_url(model, "remove"), {})
    staff.admin.post(do_url(provider, "remove"), {})
    assert not CustomProvider.objects.exists()


def test_the_default_pack_is_chosen(staff: Staff) -> None:
    pack = pack_of(staff.org)
    form = {"org": staff.org.pk, "model_pack_name": pack.name}
    staff.admin.post(add_url(DefaultSettings), form)
    settings = DefaultSettings.objects.get(org=staff.org)
    assert settings.model_pack_name == pack.name
    staff.admin.post(page_url(settings), {"model_pack_name": "daily-driver"})
    settings.refresh_from_db()
    assert settings.model_pack_name == "daily-driver"


# -- money ----------------------------------------------------------------------------------


@pytest.fixture
def provider_says(monkeypatch: pytest.MonkeyPatch) -> dict[str, Verdict]:
    """What providers say of keys, instead of the real ones."""
    says = {"verdict": Verdict.ACCEPTED}

    async def key_check(*args: object) -> Checked:
        return Checked(says["verdict"], "As asked.")

    monkeypatch.setattr(provider_keys, "key_check", key_check)
    return says


def test_a_key_is_given_checked_and_never_shown(
    staff: Staff, provider_says: dict[str, Verdict]
) -> None:
    form = {"org": staff.org.pk, "provider": "openai", "key": SECRET, "more": ""}
    form |= {"check_with_provider": "on"}
    provider_says["verdict"] = Verdict.REFUSED
    response = staff.admin.post(add_url(ProviderKey), form, status=200)
    assert "does not accept" in errors(response)
    assert SECRET not in response.content.decode()
    assert not ProviderKey.objects.exists()

    provider_says["verdict"] = Verdict.ACCEPTED
    staff.admin.post(add_url(ProviderKey), form)
    key = ProviderKey.objects.get()
    assert key.check_result == "accepted"
    assert SECRET not in staff.admin.get(page_url(key)).content.decode()
    event = AuditEvent.objects.filter(action__startswith="provider_key").latest("pk")
    assert SECRET not in str(event.details)

    provider_says["verdict"] = Verdict.REFUSED
    staff.admin.post(do_url(key, "recheck"), {})
    key.refresh_from_db()
    assert key.check_result == "refused"
    staff.admin.post(do_url(key, "remove"), {})
    assert not ProviderKey.objects.exists()


def test_more_values_go_by_name(staff: Staff) -> None:
    more = "AWS_ACCESS_KEY_ID=AKIDEXAMPLE\nAWS_SECRET_ACCESS_KEY=abc\nAWS_REGION=us-east-1"
    form = {"org": staff.org.pk, "provider": "aws-bedrock", "key": "", "more": more}
    staff.admin.post(add_url(ProviderKey), form)
    assert "AWS_REGION" in ProviderKey.objects.get().variables
    bad = form | {"more": "no assignment"}
    assert "NAME=value" in errors(staff.admin.post(add_url(ProviderKey), bad, status=200))
    foreign = form | {"org": staff.other.pk}
    assert staff.admin.post(add_url(ProviderKey), foreign, status=200)
    assert ProviderKey.objects.count() == 1


def test_a_key_page_changes_nothing(staff: Staff) -> None:
    key = key_of(staff.org)
    assert staff.root.client.post(page_url(key), {"provider": "x"}).status_code == 403
    assert ProviderKey.objects.get(pk=key.pk).provider == key.provider


def test_owners_set_budgets_and_admins_do_not(staff: Staff) -> None:
    form = {"org": staff.org.pk, "period": "month", "soft_limit": "5", "hard_limit": "10"}
    assert staff.admin.client.post(add_url(Budget), form).status_code == 403
    staff.owner.post(add_url(Budget), form)
    budget = Budget.objects.get()
    staff.owner.post(page_url(budget), {"soft_limit": "5", "hard_limit": "20"})
    budget.refresh_from_db()
    assert budget.hard_limit == Decimal(20)
    response = staff.owner.post(
        page_url(budget), {"soft_limit": "50", "hard_limit": "20"}, status=200
    )
    assert "above the hard one" in errors(response)
    staff.owner.post(do_url(budget, "remove"), {})
    assert not Budget.objects.exists()


def test_a_budget_that_stopped_a_run_is_reached(staff: Staff) -> None:
    """Though something is left of it: less than the next step needed."""
    budget = budget_of(staff.org)
    assert "reached" not in staff.owner.get(list_url(Budget)).content.decode().lower()
    Budget.objects.filter(pk=budget.pk).update(stopped_at=now())
    assert "reached" in staff.owner.get(list_url(Budget)).content.decode().lower()


# -- audit log ------------------------------------------------------------------------------


def test_the_log_is_exported_as_it_is_filtered(staff: Staff) -> None:
    invite_make(org=staff.org)
    for name in ("=cmd()", "plain"):
        plan = plan_make(org=staff.org, name=name)
        heir = member_make(org=staff.org).user
        staff.admin.post(do_url(plan, "transfer"), {"new_owner": heir.pk})
    url = list_url(AuditEvent) + "export/"
    response = staff.admin.get(url, action="plan.transferred")
    rows = list(csv.DictReader(response.content.decode().splitlines()))
    assert [row["target"] for row in rows] == ["plain", "'=cmd()"]
    assert {row["via"] for row in rows} == {"admin"}
    assert AuditEvent.objects.filter(action="data.exported").count() == 1
    staff.member.get(url, status=403)


def test_lists_are_filtered(staff: Staff) -> None:
    ended, active = run_of(staff.org), run_of(staff.org)
    Run.objects.filter(pk=ended.pk).update(finished_at=active.created_at, end="finished")
    for value, run in (("1", active), ("0", ended)):
        assert shown(staff.admin.get(list_url(Run), active=value)) == {run.pk}
    plan = plan_make(org=staff.org, name="wanted")
    assert shown(staff.admin.get(list_url(Plan), q="wante")) == {plan.pk}
    assert shown(staff.admin.get(list_url(Plan), q=plan.pk)) == {plan.pk}
    found = staff.admin.get(list_url(Plan), owner__id__exact=plan.owner_id)
    assert plan.pk in shown(found)


def test_the_log_is_only_read(staff: Staff) -> None:
    plan = plan_make(org=staff.org)
    staff.admin.post(do_url(plan, "transfer"), {"new_owner": member_make(org=staff.org).user.pk})
    event = AuditEvent.objects.latest("pk")
    assert staff.root.client.post(page_url(event), {"actor": "x"}).status_code == 403
    assert staff.root.client.get(add_url(AuditEvent)).status_code == 403
