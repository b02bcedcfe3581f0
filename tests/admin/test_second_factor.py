"""The second factor of staff."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from tests.admin.conftest import Staff
from tests.admin.desk import Desk, do_url

PAGE, INDEX = "/admin/two-factor/", "/admin/"
NOW = 1_800_000_000.0


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes change every 30 seconds: on a slow machine one ended within a test."""
    stopped = SimpleNamespace(time=lambda: NOW)
    monkeypatch.setattr("django_otp.plugins.otp_totp.models.time", stopped)


def code_of(desk: Desk, *, steps: int = 0) -> str:
    """What the person's authenticator app shows; a code works once, so later ones have steps."""
    device = TOTPDevice.objects.get(user=desk.user)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = NOW + steps * device.step
    return f"{totp.token():06d}"


def enrolled(desk: Desk) -> None:
    desk.get(PAGE)
    desk.post(PAGE, {"token": code_of(desk)})


def again(desk: Desk) -> Desk:
    """The person's next sign-in: a password was given, no code yet."""
    return Desk(desk.user)


def test_without_one_everything_is_open(staff: Staff) -> None:
    staff.admin.get(INDEX)


def test_enrolling_shows_a_picture_and_a_key_once(staff: Staff) -> None:
    page = staff.admin.get(PAGE).content.decode()
    secret = re.search(r"data-secret>([A-Z2-7=]+)<", page)
    assert "<svg" in page
    assert secret is not None
    staff.admin.post(PAGE, {"token": code_of(staff.admin)})
    assert secret[1] not in staff.admin.get(PAGE).content.decode()
    staff.admin.get(INDEX)


def test_a_wrong_code_enrols_nobody(staff: Staff) -> None:
    staff.admin.get(PAGE)
    for wrong in ("000000x", "", "12"):
        assert staff.admin.post(PAGE, {"token": wrong}, status=400)
    assert not TOTPDevice.objects.filter(confirmed=True).exists()


def test_the_next_sign_in_asks_for_a_code(staff: Staff) -> None:
    enrolled(staff.admin)
    desk = again(staff.admin)
    response: Any = desk.client.get(INDEX, follow=True)
    assert response.redirect_chain[-1][0].startswith(PAGE)
    assert "Scan" not in response.content.decode()
    desk.post(PAGE, {"token": code_of(desk, steps=1), "next": "/admin/plans/plan/"})
    desk.get(INDEX)


def test_a_code_works_once(staff: Staff) -> None:
    enrolled(staff.admin)
    code = code_of(staff.admin, steps=1)
    again(staff.admin).post(PAGE, {"token": code})
    again(staff.admin).post(PAGE, {"token": code}, status=400)


def test_guessing_codes_is_slowed_down(staff: Staff) -> None:
    enrolled(staff.admin)
    desk = again(staff.admin)
    for _ in range(10):
        desk.post(PAGE, {"token": "000001"}, status=400)
    page = desk.post(PAGE, {"token": code_of(desk, steps=1)}, status=400)
    assert "Too many attempts" in page.content.decode()


def test_everything_else_stays_shut_without_the_code(staff: Staff) -> None:
    enrolled(staff.root)
    client = again(staff.root).client
    for path in ("", "plans/plan/", "accounts/user/", "autocomplete/", "password_change/"):
        assert client.get(INDEX + path).status_code == 302, path
    assert client.post(do_url(staff.org, "remove")).status_code == 302


def test_it_can_be_asked_of_everyone(staff: Staff, settings: Settings) -> None:
    settings.ADMIN_REQUIRE_2FA = True
    response: Any = staff.admin.client.get(INDEX, follow=True)
    assert "asks its staff for a second factor" in response.content.decode()
    enrolled(staff.admin)
    staff.admin.get(INDEX)
    staff.admin.post(PAGE, {"remove": "1"})
    assert TOTPDevice.objects.filter(user=staff.admin.user, confirmed=True).exists()


def test_it_can_be_turned_off_by_its_owner(staff: Staff) -> None:
    enrolled(staff.admin)
    staff.admin.post(PAGE, {"remove": "1"})
    assert not TOTPDevice.objects.exists()
    again(staff.admin).get(INDEX)


def test_a_superuser_resets_a_lost_one(staff: Staff) -> None:
    enrolled(staff.admin)
    assert (
        staff.owner.client.post(do_url(staff.admin.user, "reset_second_factor")).status_code == 404
    )
    staff.root.post(do_url(staff.admin.user, "reset_second_factor"), {})
    again(staff.admin).get(INDEX)


@pytest.mark.parametrize("path", [PAGE, "/admin/plans/plan/"])
def test_strangers_are_sent_to_the_sign_in(db: None, path: str) -> None:
    response: Any = Client().get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")


def test_it_leads_to_no_other_site(staff: Staff) -> None:
    enrolled(staff.admin)
    desk = again(staff.admin)
    response = desk.post(PAGE, {"token": code_of(desk, steps=1), "next": "https://evil.test/"})
    assert response["Location"] == INDEX
