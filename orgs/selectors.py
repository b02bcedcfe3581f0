"""Reading orgs, their people and invites."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from orgs.logic.permissions import Role
from orgs.models import Invite, Membership, Org, ProviderKey
from plandex_server import typed
from plandex_server.api.ids import canonical_id
from plandex_server.errors import NotFound
from plandex_server.prepared import Prepared
from plandex_server.seal import SealBroken, unseal

logger = logging.getLogger(__name__)

_KEYS = Prepared(lambda slots: ProviderKey.objects.filter(org_id=slots.org_id))


def orgs_accessible(user: User) -> list[Org]:
    """The user's orgs, and those with an open invite for the user's address, oldest first.

    The CLI can accept an invite only by naming an org that it was offered here.
    """
    member = Membership.objects.filter(org=OuterRef("pk"), user=user)
    invited = Invite.objects.filter(org=OuterRef("pk"), email=user.email, accepted_at=None)
    orgs = Org.objects.filter(Q(Exists(member)) | Q(Exists(invited)))
    return list(orgs.order_by("created_at", "pk"))


def membership_list(org: Org) -> list[Membership]:
    """The people of an org, in the order in which they joined."""
    memberships = Membership.objects.select_related("user").filter(org=org)
    return list(memberships.order_by("created_at", "pk"))


def membership_get(*, org: Org, user_id: str) -> Membership:
    memberships = Membership.objects.select_related("user")
    membership = memberships.filter(org=org, user_id=canonical_id(user_id)).first()
    if membership is None:
        raise NotFound(f"User not found in org: {user_id}")
    return membership


def invites_of(org: Org) -> QuerySet[Invite]:
    """The org's invites, oldest first; narrow it with `accepted_at__isnull`."""
    return Invite.objects.filter(org=org).order_by("created_at", "pk")


def invite_get(*, org: Org, invite_id: str) -> Invite:
    invite = Invite.objects.filter(org=org, pk=canonical_id(invite_id)).first()
    if invite is None:
        raise NotFound(f"Invite not found: {invite_id}")
    return invite


def orgs_managed(user: User) -> dict[str, Role]:
    """The orgs whose owner or admin the user is, by id, each with the user's role."""
    managing = Membership.objects.filter(user=user, role__in=(Role.OWNER, Role.ADMIN))
    return {org_id: Role(role) for org_id, role in managing.values_list("org_id", "role")}


@dataclass(frozen=True, slots=True)
class OpenKey:
    """A provider key, unsealed."""

    provider: str
    values: Mapping[str, str] = field(repr=False)
    address: str = ""


def provider_keys_open(org_id: str) -> list[OpenKey]:
    """What the org holds, unsealed; without those that this server's seal keys do not open."""
    opened = []
    for key in _KEYS.all(org_id=org_id):
        try:
            opened.append(OpenKey(key.provider, provider_key_values(key), key.address))
        except SealBroken:
            logger.error(
                "org %s: the key of %s is sealed with an unknown key", org_id, key.provider
            )
    return opened


def provider_key_values(key: ProviderKey) -> dict[str, str]:
    return typed.decode(unseal(bytes(key.sealed)), dict[str, str])


def provider_key_list(org: Org) -> list[ProviderKey]:
    return list(ProviderKey.objects.filter(org=org).order_by("provider"))


def provider_key_get(*, org: Org, provider: str) -> ProviderKey:
    held = ProviderKey.objects.select_related("org").filter(org=org)
    key = held.filter(provider=provider).first() if "\0" not in provider else None
    if key is None:
        raise NotFound(f"The org holds no key for {provider[:100]}")
    return key
