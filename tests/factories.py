"""Makes rows for tests, each with sensible values where the test does not care."""

from dataclasses import dataclass
from itertools import count

from accounts.models import User
from accounts.tokens import token_issue
from orgs.logic.permissions import Role
from orgs.models import Invite, Membership, Org
from projects.models import Project
from tests.wire.client import StrictClient

_numbers = count(1)


def user_make(*, email: str = "", name: str = "") -> User:
    number = next(_numbers)
    return User.objects.create_user(
        email=email or f"user{number}@example.com", name=name or f"User {number}"
    )


def org_make(*, owner: User | None = None, name: str = "") -> Org:
    """An org with its owner as a member."""
    owner = owner or user_make()
    org = Org.objects.create(name=name or f"Org {next(_numbers)}", owner=owner)
    member_make(org=org, user=owner, role=Role.OWNER)
    return org


def member_make(*, org: Org, user: User | None = None, role: Role = Role.MEMBER) -> Membership:
    return Membership.objects.create(org=org, user=user or user_make(), role=role)


def project_make(*, org: Org, name: str = "") -> Project:
    return Project.objects.create(org=org, name=name or f"project-{next(_numbers)}")


def client_make(user: User, org: Org | None = None) -> StrictClient:
    """The CLI with the user signed in, in the org if one is given."""
    _, jwt = token_issue(user=user)
    return StrictClient(
        token=jwt,
        org_id=org.id if org else "",
        org_name=org.name if org else "",
        user_id=user.id,
    )


@dataclass(frozen=True, slots=True)
class World:
    """The standing cast: three people of one org with a project, and someone of another org."""

    org: Org
    project: Project
    owner: StrictClient
    admin: StrictClient
    member: StrictClient
    stranger: StrictClient
    other_org: Org


def world_make() -> World:
    owner = user_make(email="owner@example.com", name="Olga Owner")
    org = org_make(owner=owner, name="Example Org")
    admin = member_make(
        org=org, user=user_make(email="admin@example.com", name="Ada Admin"), role=Role.ADMIN
    )
    member = member_make(org=org, user=user_make(email="member@example.com", name="Mo Member"))
    stranger = user_make(email="stranger@elsewhere.test", name="Sam Stranger")
    other_org = org_make(owner=stranger, name="Other Org")
    return World(
        org=org,
        project=project_make(org=org, name="example-project"),
        owner=client_make(owner, org),
        admin=client_make(admin.user, org),
        member=client_make(member.user, org),
        stranger=client_make(stranger, other_org),
        other_org=other_org,
    )


def invite_make(
    *, org: Org, email: str = "", role: Role = Role.MEMBER, inviter: User | None = None
) -> Invite:
    email = email or f"invited{next(_numbers)}@example.com"
    return Invite.objects.create(
        org=org, email=email, name="Ina Invited", role=role, inviter=inviter or org.owner
    )
