"""Several processes at once: nobody joins twice, nobody removes the last owner."""

from functools import partial

import pytest

from orgs.logic.permissions import Role
from orgs.models import Invite, Membership
from tests.concurrency import together
from tests.factories import client_make, invite_make, member_make, org_make, user_make
from tests.wire.client import StrictClient

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("team_mode")]


def status(client: StrictClient, method: str, path: str) -> int:
    return client.django.generic(method, path, headers=client.headers()).status_code


def test_first_requests_of_an_invited_user_all_succeed() -> None:
    org = org_make()
    invite_make(org=org, email="new@example.com", role=Role.ADMIN)
    user = user_make(email="new@example.com")
    clients = [client_make(user, org) for _ in range(6)]
    calls = [partial(status, client, "GET", "/projects") for client in clients]
    assert together(calls) == [200] * 6
    membership = Membership.objects.get(org=org, user=user)
    assert membership.role == Role.ADMIN
    assert Invite.objects.filter(accepted_at=None).count() == 0


def test_two_owners_can_not_remove_each_other() -> None:
    first = user_make()
    org = org_make(owner=first)
    second = member_make(org=org, role=Role.OWNER).user
    one, two = client_make(first, org), client_make(second, org)
    results = together(
        [
            partial(status, one, "DELETE", f"/orgs/users/{second.id}"),
            partial(status, two, "DELETE", f"/orgs/users/{first.id}"),
        ]
    )
    # The loser is refused as the last owner's remover, or is no member any more.
    assert sorted(results)[0] == 204
    assert sorted(results)[1] in (401, 403)
    assert Membership.objects.filter(org=org, role=Role.OWNER).count() == 1


def test_one_address_is_invited_once() -> None:
    org = org_make()
    clients = [client_make(org.owner, org) for _ in range(4)]
    body = {"email": "new@example.com", "name": "New", "orgRoleId": Role.MEMBER.id}

    def invite(client: StrictClient) -> int:
        return client.django.post(
            "/invites", body, content_type="application/json", headers=client.headers()
        ).status_code

    results = together([partial(invite, client) for client in clients])
    assert sorted(results) == [201, 400, 400, 400]
    assert Invite.objects.count() == 1
