"""Invites: a person outside the org is offered a role in it, by mail."""

from django.db import IntegrityError, transaction

from accounts.errors import BadEmail
from accounts.logic.emails import domain_of, is_address
from accounts.models import User
from accounts.services.limits import INVITES, limit_check, limit_note
from orgs.errors import AlreadyAMember, AlreadyInvited
from orgs.logic.audit import Action
from orgs.logic.permissions import Role
from orgs.models import Invite, Membership, Org
from orgs.services.audit import audit_record
from plandex_server.api.names import MAX_NAME_LENGTH, checked_name
from plandex_server.mail import MailFailed, mail_send


def invite_create(
    *, org: Org, inviter: User, email: str, name: str, role: Role, network: str
) -> Invite:
    """Stores an invite and mails it; an invite whose mail can't be sent does not stay."""
    _check_invitable(org, email, role)
    limit_check(INVITES, subject=org.id, network=network)
    limit_note(INVITES, subject=org.id, network=network)
    name = checked_name(name) if name.strip() else email.partition("@")[0][:MAX_NAME_LENGTH]
    try:
        with transaction.atomic():
            invite = Invite.objects.create(
                org=org, email=email, name=name, role=role, inviter=inviter
            )
    except IntegrityError:
        raise _already_invited(email) from None
    _mail(invite)
    _record(Action.INVITE_SENT, invite)
    return invite


def invite_delete(*, invite: Invite) -> None:
    """Withdraws an invite; the membership of an accepted one stays."""
    with transaction.atomic():
        if Invite.objects.filter(pk=invite.pk).delete()[0]:
            _record(Action.INVITE_WITHDRAWN, invite)


def _record(action: Action, invite: Invite) -> None:
    audit_record(
        action,
        org_id=invite.org_id,
        kind="invite",
        target_id=invite.id,
        target=invite.email,
        details={"role": invite.role},
    )


def _check_invitable(org: Org, email: str, role: Role) -> None:
    if not is_address(email):
        raise BadEmail(f"Invalid email: {email}")
    if Membership.objects.filter(org=org, user__email=email).exists():
        raise AlreadyAMember("User is already a member of org")
    if Invite.objects.filter(org=org, email=email, accepted_at=None).exists():
        raise _already_invited(email)
    if org.auto_add_domain_users and org.domain == domain_of(email) and role is Role.MEMBER:
        raise AlreadyAMember(f"Everyone at {org.domain} joins the org by signing up; no invite")


def _already_invited(email: str) -> AlreadyInvited:
    return AlreadyInvited(f"Invite already exists for {email}")


def _mail(invite: Invite) -> None:
    """Call after the invite is committed: a mail can't be taken back."""
    values = {
        "invitee": invite.name,
        "email": invite.email,
        "inviter": invite.inviter.name,
        "inviter_email": invite.inviter.email,
        "org": invite.org.name,
    }
    try:
        mail_send("invite", to=invite.email, values=values)
    except MailFailed:
        Invite.objects.filter(pk=invite.pk, accepted_at=None).delete()
        raise
