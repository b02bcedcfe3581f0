"""The CLI's way into a server: in local mode without a PIN, else with a mailed one."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from accounts.models import EmailPin, User
from accounts.services.limits import PIN_MAILS, WRONG_PINS
from plandex_server.db import now
from tests.factories import user_make
from tests.wire.client import ApiClient, StrictClient

EMAIL = "local-admin@plandex.ai"
TEAM = pytest.mark.usefixtures("team_mode")
LOCAL = pytest.mark.usefixtures("local_mode")


def verification(email: str, **more: Any) -> dict[str, Any]:
    return {"email": email, "userId": "", "requireUser": False, "requireNoUser": False} | more


def credentials(email: str, pin: str = "") -> dict[str, Any]:
    return {"email": email, "pin": pin, "isSignInCode": False}


def mailed_pin(cli: StrictClient, email: str) -> str:
    cli.post("/accounts/email_verifications", verification(email))
    message = mail.outbox[-1]
    assert message.to == [email.lower()]
    found = re.search(r"PIN is (\w{6})\n", str(message.body))
    assert found, message.body
    return found[1]


@LOCAL
def test_it_works(cli: StrictClient) -> None:
    reply = cli.post("/accounts/email_verifications", verification(EMAIL))
    assert reply.json == {"hasAccount": False, "isLocalMode": True}
    assert mail.outbox == []

    account = {"email": EMAIL, "pin": "", "userName": "Local Admin"}
    session = cli.post("/accounts", account, status=201).json
    assert session["orgs"] == []
    assert session["isLocalMode"] is True

    user = StrictClient(token=session["token"])
    org = user.post("/orgs", {"name": "Local Org", "autoAddDomainUsers": False}, status=201).json

    member = StrictClient(token=session["token"], org_id=org["id"], org_name="Local Org")
    assert member.get("/orgs/session").json["name"] == "Local Org"
    project = member.post("/projects", {"name": "my-code"}, status=201).json
    assert [row["id"] for row in member.get("/projects").json] == [project["id"]]

    again = cli.post("/accounts/sign_in", credentials(EMAIL)).json
    assert [row["id"] for row in again["orgs"]] == [org["id"]]
    assert again["userName"] == "Local Admin"
    assert member.api.get("/orgs/session").json["id"] == org["id"]


@TEAM
def test_a_mailed_pin_signs_up_and_in(cli: StrictClient) -> None:
    pin = mailed_pin(cli, "Ann@Example.com")
    account = {"email": "Ann@Example.com", "pin": pin, "userName": "Ann"}
    session = cli.post("/accounts", account, status=201).json
    assert (session["email"], session["isLocalMode"]) == ("ann@example.com", False)

    reply = cli.post("/accounts/email_verifications", verification("ann@example.com"))
    assert reply.json == {"hasAccount": True, "isLocalMode": False}
    pin = mailed_pin(cli, "ann@example.com")
    signed_in = cli.post("/accounts/sign_in", credentials("ANN@example.com ", pin)).json
    assert signed_in["userId"] == session["userId"]
    assert signed_in["token"] != session["token"]


@pytest.mark.parametrize("mode", ["local_mode", "team_mode"])
@pytest.mark.parametrize("email", ["", "no address", "a@b@c"])
def test_an_address_is_needed(
    cli: StrictClient, request: pytest.FixtureRequest, mode: str, email: str
) -> None:
    request.getfixturevalue(mode)
    reply = cli.post("/accounts/email_verifications", {"email": email}, status=400)
    assert reply.text == f"Invalid email: {email}\n"


@TEAM
def test_a_pin_works_once(cli: StrictClient) -> None:
    user = user_make()
    pin = mailed_pin(cli, user.email)
    cli.post("/accounts/sign_in", credentials(user.email, pin))
    cli.post("/accounts/sign_in", credentials(user.email, pin), status=401)


@TEAM
def test_a_pin_expires(cli: StrictClient) -> None:
    user = user_make()
    pin = mailed_pin(cli, user.email)
    EmailPin.objects.update(created_at=now() - timedelta(minutes=5, seconds=1))
    cli.post("/accounts/sign_in", credentials(user.email, pin), status=401)
    cli.post(
        "/accounts/email_verifications/check_pin", {"email": user.email, "pin": pin}, status=404
    )


@TEAM
def test_a_pin_is_of_its_address(cli: StrictClient) -> None:
    mine, other = user_make(), user_make()
    pin = mailed_pin(cli, mine.email)
    cli.post("/accounts/sign_in", credentials(other.email, pin), status=401)
    cli.post("/accounts/sign_in", credentials(mine.email, pin.swapcase()), status=401)
    cli.post("/accounts/sign_in", credentials(mine.email, ""), status=401)
    cli.post("/accounts/sign_in", credentials(mine.email, pin))


@TEAM
def test_several_pins_may_be_open(cli: StrictClient) -> None:
    user = user_make()
    first = mailed_pin(cli, user.email)
    second = mailed_pin(cli, user.email)
    cli.post("/accounts/sign_in", credentials(user.email, first))
    cli.post("/accounts/sign_in", credentials(user.email, second))


@TEAM
def test_checking_a_pin_keeps_it(cli: StrictClient) -> None:
    user = user_make()
    pin = mailed_pin(cli, user.email)
    check = {"email": user.email, "pin": pin}
    cli.post("/accounts/email_verifications/check_pin", check, status=200)
    cli.post("/accounts/email_verifications/check_pin", check | {"pin": "aaaaaa"}, status=404)
    cli.post("/accounts/sign_in", credentials(user.email, pin))


@TEAM
def test_pins_are_stored_as_keyed_hashes(cli: StrictClient) -> None:
    pin = mailed_pin(cli, "ann@example.com")
    stored = EmailPin.objects.get()
    assert pin not in stored.pin_hash
    assert len(stored.pin_hash) == 64


@TEAM
def test_an_address_is_guessed_at_only_so_often(cli: StrictClient) -> None:
    user = user_make()
    pin = mailed_pin(cli, user.email)
    for _ in range(WRONG_PINS.per_subject):
        cli.post("/accounts/sign_in", credentials(user.email, "wrong1"), status=401)
    cli.post("/accounts/sign_in", credentials(user.email, pin), status=429)
    reply = cli.post("/accounts/sign_in", credentials(user.email, pin), status=429)
    assert "wait 15 minutes" in reply.text


@TEAM
def test_a_network_guesses_only_so_often(cli: StrictClient) -> None:
    user = user_make()
    pin = mailed_pin(cli, user.email)
    for number in range(WRONG_PINS.per_network):
        cli.post("/accounts/sign_in", credentials(f"a{number}@b.test", "wrong1"), status=401)
    cli.post("/accounts/sign_in", credentials(user.email, pin), status=429)
    cli.django.defaults["REMOTE_ADDR"] = "192.0.2.7"
    cli.post("/accounts/sign_in", credentials(user.email, pin))


@TEAM
def test_an_address_gets_only_so_many_mails(cli: StrictClient) -> None:
    for _ in range(PIN_MAILS.per_subject):
        cli.post("/accounts/email_verifications", verification("ann@example.com"))
    cli.post("/accounts/email_verifications", verification("ann@example.com"), status=429)
    cli.post("/accounts/email_verifications", verification("bob@example.com"))
    assert len(mail.outbox) == PIN_MAILS.per_subject + 1


@TEAM
def test_a_mail_that_fails_is_an_error(cli: StrictClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    reply = cli.post("/accounts/email_verifications", verification("a@b.test"), status=500)
    assert reply.text.startswith("The mail could not be sent")


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"requireUser": True}, 404),
        ({"email": "known@example.com", "requireUser": True}, 200),
        ({"email": "known@example.com", "requireNoUser": True}, 409),
        ({"userId": "no-id"}, 404),
        ({"userId": "KNOWN", "email": "known@example.com"}, 200),
        ({"userId": "KNOWN", "email": "other@example.com"}, 400),
        ({"email": "no address"}, 400),
        ({"email": "two@at@signs"}, 400),
        ({"email": 5}, 400),
    ],
)
@TEAM
def test_what_a_verification_may_require(
    cli: StrictClient, more: dict[str, Any], status: int
) -> None:
    known = user_make(email="known@example.com")
    body = verification("new@example.com") | more
    if body["userId"] == "KNOWN":
        body["userId"] = known.id
    cli.post("/accounts/email_verifications", body, status=status)
    ApiClient().post("/accounts/email_verifications", body, status=status)


@LOCAL
def test_signing_in_needs_an_account(cli: StrictClient) -> None:
    cli.post("/accounts/sign_in", credentials("nobody@example.com"), status=404)


@LOCAL
def test_a_deactivated_user_stays_out(cli: StrictClient) -> None:
    user = user_make()
    User.objects.filter(pk=user.pk).update(is_active=False)
    cli.post("/accounts/sign_in", credentials(user.email), status=404)


@pytest.mark.parametrize(
    ("email", "status"),
    [("taken@example.com", 409), ("no-address", 400), ("a b@example.com", 400), ("", 400),
     ("\x00@example.com", 400), ("x" * 250 + "@example.com", 400)],
)  # fmt: skip
@LOCAL
def test_which_accounts_are_refused(cli: StrictClient, email: str, status: int) -> None:
    user_make(email="taken@example.com")
    cli.post("/accounts", {"email": email, "pin": "", "userName": "A"}, status=status)


@LOCAL
def test_an_account_without_a_name_is_named_after_its_address(cli: StrictClient) -> None:
    reply = cli.post("/accounts", {"email": "ann@example.com", "userName": ""}, status=201)
    assert reply.json["userName"] == "ann"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
@LOCAL
def test_bodies_that_are_no_object(cli: StrictClient, body: bytes) -> None:
    for path in ("/accounts", "/accounts/sign_in", "/accounts/email_verifications"):
        cli.post(path, body or b" ", status=400)
        ApiClient().post(path, body or b" ", status=400)


@LOCAL
def test_keys_match_in_any_case_and_unknown_ones_are_ignored(cli: StrictClient) -> None:
    body = {"EMAIL": "ann@example.com", "username": "Ann", "Pin": None, "more": [1]}
    assert cli.post("/accounts", body, status=201).json["userName"] == "Ann"


@TEAM
def test_an_address_that_no_mail_can_name_is_refused(cli: StrictClient) -> None:
    address = "a@" + "ü" * 63  # a domain's label is too long once it is written in ASCII
    for client in (cli, ApiClient()):
        reply = client.post("/accounts/email_verifications", verification(address), status=400)
        assert "No mail can be sent to this address" in reply.text
