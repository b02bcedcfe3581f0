"""Making orgs."""

from django.db import IntegrityError, transaction

from accounts.logic.emails import is_service_domain
from accounts.models import User
from orgs.errors import DomainTaken, InvalidDomain
from orgs.logic.audit import Action
from orgs.logic.permissions import Role
from orgs.models import Membership, Org
from orgs.services.audit import audit_record
from plandex_server.api.names import checked_name


def org_create(*, user: User, name: str, auto_add_domain_users: bool) -> Org:
    """A new org with the user as owner; if open to the domain, with all its users as members."""
    domain = _open_domain(user) if auto_add_domain_users else None
    org = Org(
        name=checked_name(name),
        owner=user,
        domain=domain,
        auto_add_domain_users=auto_add_domain_users,
    )
    with transaction.atomic():
        try:
            with transaction.atomic():
                org.save(force_insert=True)
        except IntegrityError:
            raise DomainTaken(
                f"Error creating org: an org with domain {domain} already exists"
            ) from None
        Membership.objects.create(org=org, user=user, role=Role.OWNER)
        if domain:
            _add_domain_users(org, domain)
        _record(Action.ORG_CREATED, org)
    return org


def org_update(*, org: Org, name: str, auto_add_domain_users: bool) -> Org:
    """Renames the org, and opens it to its owner's domain or closes it: who is in stays in."""
    opened = auto_add_domain_users and not org.auto_add_domain_users
    org.name = checked_name(name)
    org.auto_add_domain_users = auto_add_domain_users
    if opened:
        org.domain = _open_domain(org.owner)
    elif not auto_add_domain_users:
        org.domain = None
    fields = ["name", "auto_add_domain_users", "domain", "updated_at"]
    with transaction.atomic():
        try:
            with transaction.atomic():
                org.save(update_fields=fields)
        except IntegrityError:
            raise DomainTaken(f"Another org is open to the domain {org.domain}.") from None
        if opened:
            assert org.domain is not None
            _add_domain_users(org, org.domain)
        _record(Action.ORG_CHANGED, org)
    return org


def _record(action: Action, org: Org) -> None:
    audit_record(
        action,
        org_id=org.id,
        kind="org",
        target_id=org.id,
        target=org.name,
        details={"auto_add_domain_users": org.auto_add_domain_users},
    )


def _open_domain(user: User) -> str:
    if is_service_domain(user.domain):
        raise InvalidDomain(f"Error creating org: invalid domain: {user.domain}")
    return user.domain


def _add_domain_users(org: Org, domain: str) -> None:
    users = User.objects.filter(domain=domain, is_active=True).exclude(pk=org.owner_id)
    Membership.objects.bulk_create(
        [Membership(org=org, user=user, role=Role.MEMBER) for user in users],
        ignore_conflicts=True,
    )
