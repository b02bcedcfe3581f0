"""Who is in an org: joining by invite or domain, own settings there, and leaving."""

from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from orgs.errors import AlreadyAMember, LastOwner
from orgs.logic.audit import Action
from orgs.logic.permissions import Role
from orgs.models import Invite, Membership, Org
from orgs.services.audit import audit_member
from plandex_server.db import now


def pending_invite_accept(*, user: User, org_id: str) -> Membership | None:
    """Accepts the org's pending invite of the user's address, if there is one.

    First requests of a user may race: whoever finds no open invite any more looks for the
    membership that another has just made.
    """
    invite = Invite.objects.filter(org_id=org_id, email=user.email, accepted_at=None).first()
    if invite is not None:
        _accept(invite, user)
    return Membership.objects.select_related("org").filter(org_id=org_id, user=user).first()


def _accept(invite: Invite, user: User) -> None:
    still_open = Invite.objects.filter(pk=invite.pk, accepted_at=None)
    with transaction.atomic():
        if still_open.update(accepted_at=now(), invitee=user):
            membership, is_new = Membership.objects.get_or_create(
                org_id=invite.org_id, user=user, defaults={"role": invite.role}
            )
            if is_new:
                audit_member(Action.MEMBER_JOINED, membership, by="invite")


def domain_join(*, user: User) -> None:
    """Puts a new user into the org that is open to the address's domain.

    The user is a member there, unless an invite offers another role.
    """
    org = Org.objects.filter(domain=user.domain, auto_add_domain_users=True).first()
    if org is not None and pending_invite_accept(user=user, org_id=org.id) is None:
        membership, is_new = Membership.objects.get_or_create(
            org=org, user=user, defaults={"role": Role.MEMBER}
        )
        if is_new:
            audit_member(Action.MEMBER_JOINED, membership, by="domain")


def membership_configure(*, membership: Membership, config: Mapping[str, object]) -> None:
    """Replaces the user's own settings in the org."""
    membership.config = dict(config)
    membership.save(update_fields=["config", "updated_at"])


def membership_add(*, org: Org, user: User, role: Role) -> Membership:
    """Puts a user into an org without an invite; open ones of the person are settled by it."""
    with transaction.atomic():
        membership, is_new = Membership.objects.get_or_create(
            org=org, user=user, defaults={"role": role}
        )
        if not is_new:
            raise AlreadyAMember("User is already a member of org")
        Invite.objects.filter(org=org, email=user.email, accepted_at=None).update(
            accepted_at=now(), invitee=user
        )
        audit_member(Action.MEMBER_JOINED, membership, by="an admin")
    return membership


def membership_role_set(*, membership: Membership, role: Role) -> Membership:
    """Gives the person another role; the last owner stays one."""
    with transaction.atomic():
        if _owners_locked(membership.org_id) == [membership.pk] and role is not Role.OWNER:
            raise LastOwner("The org needs an owner: make someone else one first.")
        before = Membership.objects.values_list("role", flat=True).get(pk=membership.pk)
        membership.role = role
        membership.save(update_fields=["role", "updated_at"])
        audit_member(Action.MEMBER_ROLE_CHANGED, membership, before=before)
    return membership


def membership_remove(*, membership: Membership) -> None:
    """Ends a membership, and the person's open invites, which would bring it back."""
    with transaction.atomic():
        if _owners_locked(membership.org_id) == [membership.pk]:
            raise LastOwner("Cannot delete the only org owner")
        Invite.objects.filter(
            org_id=membership.org_id, email=membership.user.email, accepted_at=None
        ).delete()
        if Membership.objects.filter(pk=membership.pk).delete()[0]:
            audit_member(Action.MEMBER_REMOVED, membership)


def _owners_locked(org_id: str) -> list[str]:
    """The org's owners, locked in one order, so that two of them can't oust each other at once."""
    owners = Membership.objects.select_for_update().filter(org_id=org_id, role=Role.OWNER)
    return list(owners.order_by("pk").values_list("pk", flat=True))
