"""How staff get in, and who does not."""

from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client
from pytest_django import Settings

from accounts.errors import LastSuperuser, WeakPassword
from accounts.models import RateEvent, User
from accounts.services.staff import first_admin_ensure, staff_create, user_update
from accounts.tokens import token_find, token_issue
from plandex_server.errors import InvalidToken
from tests.admin.conftest import Staff
from tests.admin.desk import add_url, page_url
from tests.factories import user_make

LOGIN, INDEX = "/admin/login/", "/admin/"
PASSWORD = "correct-horse-battery"


@pytest.fixture
def ada(db: None) -> User:
    return staff_create(email="ada@example.com", name="Ada", password=PASSWORD, is_superuser=True)


def sign_in(client: Client, email: str, password: str, **headers: str) -> Any:
    return client.post(LOGIN, {"username": email, "password": password}, headers=headers)


def test_it_works(ada: User, client: Client) -> None:
    assert client.get(INDEX).status_code == 302
    assert sign_in(client, " Ada@Example.COM", PASSWORD).status_code == 302
    assert client.get(INDEX).status_code == 200


def test_people_without_staff_rights_stay_out(client: Client, db: None) -> None:
    user = user_make(email="mo@example.com")
    user.set_password(PASSWORD)
    user.save()
    assert b"staff account" in sign_in(client, user.email, PASSWORD).content
    assert client.get(INDEX).status_code == 302


def test_a_guesser_is_slowed_down(ada: User, client: Client) -> None:
    for _ in range(10):
        assert sign_in(client, ada.email, "wrong").status_code == 200
    assert b"Too many attempts" in sign_in(client, ada.email, PASSWORD).content
    # Another person on another network is not held up by it.
    assert RateEvent.objects.filter(kind="wrong_password").exists()
    other = staff_create(
        email="other@example.com", name="Other", password=PASSWORD, is_superuser=False
    )
    assert sign_in(client, other.email, PASSWORD).status_code == 302


def test_a_network_that_guesses_many_is_slowed_down(ada: User, client: Client) -> None:
    for number in range(30):
        sign_in(client, f"user{number}@example.com", "wrong")
    assert b"Too many attempts" in sign_in(client, ada.email, PASSWORD).content


def test_forms_need_their_token(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    response = sign_in(client, ada.email, PASSWORD)
    assert response.status_code == 403
    assert "PUBLIC_URL" in response.content.decode()


def test_pages_carry_the_policies(ada: User, client: Client) -> None:
    response = client.get(LOGIN)
    policy = response["Content-Security-Policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert scripts == "script-src 'self' 'unsafe-eval'"
    assert "frame-ancestors 'none'" in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    cookie = response.cookies["csrftoken"]
    assert (cookie["path"], cookie["samesite"]) == ("/admin/", "Lax")
    cookie = sign_in(client, ada.email, PASSWORD).cookies["plandex_admin"]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/admin/", "Lax", True)


def test_a_strange_host_name_is_refused(ada: User, client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["plandex.example.com"]
    assert client.get(LOGIN, headers={"host": "plandex.example.com"}).status_code == 200
    assert client.get(LOGIN, headers={"host": "evil.test"}).status_code == 400


def test_weak_passwords_are_refused(staff: Staff) -> None:
    form = {"email": "new@example.com", "name": "New", "password": "password1234"}
    response = staff.root.post(add_url(User), form, status=200)
    assert "too common" in response.content.decode()
    staff.root.post(add_url(User), form | {"password": PASSWORD})
    assert User.objects.get(email="new@example.com").check_password(PASSWORD)


def test_passwords_are_never_shown(staff: Staff, ada: User) -> None:
    assert ada.password not in staff.root.get(page_url(ada)).content.decode()


def test_switching_an_account_off_ends_its_sign_ins(staff: Staff) -> None:
    user = user_make()
    _, jwt = token_issue(user=user)
    staff.root.post(page_url(user), {"name": user.name})
    with pytest.raises(InvalidToken):
        token_find(jwt)
    user.refresh_from_db()
    assert not user.is_active


def test_the_last_superuser_stays_one(ada: User) -> None:
    with pytest.raises(LastSuperuser):
        user_update(user=ada, name="Ada", is_active=True, is_staff=True, is_superuser=False)


def test_the_first_admin_comes_from_the_environment(db: None) -> None:
    user = user_make(email="olga@example.com")
    made = first_admin_ensure(email="Olga@example.com", password=PASSWORD)
    assert made is not None
    assert (made.pk, made.is_staff, made.is_superuser) == (user.pk, True, True)
    assert check_password(PASSWORD, made.password)
    assert first_admin_ensure(email="eve@example.com", password=PASSWORD) is None
    assert not User.objects.filter(email="eve@example.com").exists()


def test_the_first_admin_needs_a_good_password(db: None) -> None:
    with pytest.raises(WeakPassword):
        first_admin_ensure(email="olga@example.com", password="short")
    assert not User.objects.exists()
