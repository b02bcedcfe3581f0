"""Ways past the sign-in and past the borders between orgs, each tried over HTTP."""

import csv
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services.staff import staff_create
from models_config.models import CustomProvider
from orgs.models import AuditEvent, Budget, Membership, Org
from plans.models import Plan
from tests.admin.conftest import Staff
from tests.admin.desk import do_url, list_url, page_url
from tests.admin.rows import budget_of, call_of, event_of, provider_of, run_of
from tests.factories import member_make
from tests.plans.factories import plan_make

LOGIN, PASSWORD = "/admin/login/", "correct-horse-battery"
FOREIGN = ["https://evil.test/", "//evil.test/", "/\\evil.test/", "javascript:alert(1)"]


@pytest.fixture
def ada(db: None) -> User:
    return staff_create(email="ada@example.com", name="Ada", password=PASSWORD, is_superuser=True)


def sign_in(client: Client, **fields: str) -> Any:
    return client.post(LOGIN, {"username": "ada@example.com", "password": PASSWORD, **fields})


def session_of(client: Client) -> str:
    return client.cookies[django_settings.SESSION_COOKIE_NAME].value


# -- sessions -----------------------------------------------------------------------------------


def test_a_session_that_was_given_to_somebody_is_not_signed_in(ada: User, client: Client) -> None:
    """Whoever makes another person use a known session must not share it after the sign-in."""
    sign_in(client)
    known = session_of(client)
    client.post("/admin/logout/")
    victim = Client()
    victim.cookies[django_settings.SESSION_COOKIE_NAME] = known
    sign_in(victim)
    assert session_of(victim) != known
    attacker = Client()
    attacker.cookies[django_settings.SESSION_COOKIE_NAME] = known
    assert attacker.get("/admin/").status_code == 302


def test_signing_out_ends_the_session_at_the_server(ada: User, client: Client) -> None:
    sign_in(client)
    thief = Client()
    thief.cookies[django_settings.SESSION_COOKIE_NAME] = session_of(client)
    assert thief.get("/admin/").status_code == 200
    client.post("/admin/logout/")
    assert thief.get("/admin/").status_code == 302


def test_switching_an_account_off_ends_its_sessions(ada: User, client: Client) -> None:
    sign_in(client)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("address", FOREIGN)
def test_signing_in_leads_to_no_other_site(ada: User, client: Client, address: str) -> None:
    for answer in (
        sign_in(client, next=address),
        client.post(f"{LOGIN}?next={address}", {"username": ada.email, "password": PASSWORD}),
        client.get(LOGIN, {"next": address}),
    ):
        assert answer.status_code == 302
        assert answer["Location"] == reverse("admin:index")


# -- forms of other sites -----------------------------------------------------------------------


def test_every_kind_of_change_needs_the_forms_token(staff: Staff) -> None:
    plan, budget = plan_make(org=staff.org), budget_of(staff.org)
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff.root.user)
    rows = {"action": "archive", "_selected_action": [plan.pk]}
    for url, form in (
        (list_url(Plan), rows),
        (do_url(plan, "archive"), {}),
        (page_url(budget), {"hard_limit": "1"}),
        ("/admin/two-factor/", {"remove": "1"}),
        ("/admin/logout/", {}),
    ):
        assert client.post(url, form).status_code == 403, url
    plan.refresh_from_db()
    assert plan.archived_at is None
    assert client.get("/admin/").status_code == 200


def test_changes_are_not_made_by_links(staff: Staff) -> None:
    plan = plan_make(org=staff.org)
    assert staff.root.client.get(do_url(plan, "archive")).status_code == 405
    plan.refresh_from_db()
    assert plan.archived_at is None


# -- other orgs' rows ---------------------------------------------------------------------------


def test_exports_hold_the_own_orgs_rows(staff: Staff) -> None:
    event_of(staff.org)
    event_of(staff.other)
    for desk in (staff.admin, staff.owner):
        for query in ({}, {"org": staff.other.pk}, {"q": staff.other.pk}):
            text = desk.client.get(list_url(AuditEvent) + "export/", query).content.decode()
            assert staff.other.pk not in {
                row["org_id"] for row in csv.DictReader(text.splitlines())
            }


@pytest.mark.parametrize("query", [{"export": "plan"}, {"part": "plan"}, {}])
def test_usage_is_the_own_orgs(staff: Staff, query: dict[str, str]) -> None:
    foreign = call_of(staff.other)
    Plan.objects.filter(pk=foreign.plan_id).update(name="a-foreign-plan")
    url = reverse("admin:usage")
    get = staff.admin.client.get
    assert get(url, {"org": staff.other.pk, **query}).status_code == 404
    for org in ("", staff.org.pk):
        answer = get(url, {"org": org, **query})
        assert answer.status_code == 200
        assert b"a-foreign-plan" not in answer.content


def test_pages_inside_a_plan_or_run_are_the_own_orgs(staff: Staff) -> None:
    plan, run = plan_make(org=staff.other), run_of(staff.other)
    for url in (
        reverse("admin:plans_plan_diff", args=[plan.pk]),
        reverse("admin:plans_plan_context", args=[plan.pk, "1"]),
        reverse("admin:execution_run_live", args=[run.pk]),
    ):
        staff.admin.get(url, status=404)


def test_filters_name_no_foreign_row(staff: Staff) -> None:
    """What a filter in the address names is not even confirmed to exist."""
    foreign = plan_make(org=staff.other, name="a-foreign-plan")
    for query in (
        {"org__id__exact": staff.other.pk},
        {"owner__id__exact": foreign.owner_id},
        {"q": foreign.pk},
    ):
        page = staff.admin.client.get(list_url(Plan), query, follow=True).content.decode()
        for secret in ("a-foreign-plan", staff.other.name, foreign.owner.email):
            assert secret not in page, query


def test_forms_take_no_foreign_row(staff: Staff) -> None:
    """Ids of other orgs' rows in a form that the person may send."""
    foreign = plan_make(org=staff.other)
    stranger = member_make(org=staff.other).user
    form = {"period": "month", "hard_limit": "1"}
    for named in (
        {"org": staff.other.pk},
        {"org": staff.org.pk, "plan": foreign.pk},
        {"org": staff.org.pk, "user": stranger.pk},
    ):
        answer = staff.owner.post(reverse("admin:orgs_budget_add"), form | named, status=200)
        assert stranger.email not in answer.content.decode()
    assert not Budget.objects.exists()
    plan = plan_make(org=staff.org)
    staff.admin.client.post(do_url(plan, "transfer"), {"new_owner": stranger.pk})
    plan.refresh_from_db()
    assert plan.owner_id != stranger.pk


def test_the_org_of_a_row_is_not_a_field(staff: Staff) -> None:
    mine = provider_of(staff.org)
    staff.owner.client.post(page_url(mine), {"base_url": "http://a/v1", "org": staff.other.pk})
    assert CustomProvider.objects.get(pk=mine.pk).org_id == staff.org.pk
    own = Membership.objects.get(org=staff.org, user=staff.admin.user)
    staff.admin.client.post(page_url(own), {"role": "owner"})
    own.refresh_from_db()
    assert own.role == "admin"


def test_nobody_makes_oneself_a_superuser(staff: Staff) -> None:
    form = {"name": "x", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    for desk in (staff.owner, staff.admin):
        assert desk.client.post(page_url(desk.user), form).status_code == 403
        assert not User.objects.get(pk=desk.user.pk).is_superuser
    assert Org.objects.filter(pk=staff.org.pk, owner=staff.owner.user).exists()
