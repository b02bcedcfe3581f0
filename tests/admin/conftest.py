from dataclasses import dataclass

import pytest

from accounts.models import User
from orgs.logic.permissions import Role
from orgs.models import Org
from tests.admin.desk import Desk
from tests.factories import member_make, org_make, user_make


@dataclass(frozen=True, slots=True)
class Staff:
    """Who uses the admin: someone who may do everything, an admin and an owner of one org, and a
    member of it who manages nothing. `other` is an org that only `root` has to do with."""

    org: Org
    other: Org
    root: Desk
    admin: Desk
    owner: Desk
    member: Desk


@pytest.fixture
def staff(db: None) -> Staff:
    owner = _staff(user_make(email="owner@example.com"))
    org = org_make(owner=owner, name="Example Org")
    root = _staff(user_make(email="root@example.com"))
    User.objects.filter(pk=root.pk).update(is_superuser=True)
    admin, member = _staff(user_make(email="admin@example.com")), _staff(user_make())
    member_make(org=org, user=admin, role=Role.ADMIN)
    member_make(org=org, user=member, role=Role.MEMBER)
    return Staff(
        org=org,
        other=org_make(name="Other Org"),
        root=Desk(User.objects.get(pk=root.pk)),
        admin=Desk(admin),
        owner=Desk(owner),
        member=Desk(member),
    )


def _staff(user: User) -> User:
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    return user
