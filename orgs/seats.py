"""The memberships in which the bearer of a token may act, asked for in one query by every request.

Nothing is remembered from one request to the next: a token that is revoked, a user who is removed
and an org that changes count at once, in every process.
"""

from functools import partial
from typing import Any, NamedTuple

from django.db.models import F, QuerySet

from accounts.tokens import token_key
from orgs.models import Membership
from plandex_server.db import now
from plandex_server.prepared import Prepared, Slots


class Seat(NamedTuple):
    """A sign-in, by its id, and a membership of its user, which comes with user and org."""

    token_id: str
    membership: Membership


def seats_find(token: str, org_id: str | None) -> list[Seat]:
    """The seat in the org; without one the user's first two. None for a dead token."""
    field, value = token_key(token)
    asked = {"token": value, "now": now()}
    if org_id is not None:
        asked["org_id"] = org_id
    found = _PREPARED[field, org_id is not None].all(**asked)
    return [Seat(membership.token_id, membership) for membership in found]


def _memberships(field: str, in_org: bool, slots: Slots) -> QuerySet[Any]:
    token = {field: slots.token, "revoked_at": None, "expires_at__gt": slots.now}
    found = Membership.objects.filter(
        user__is_active=True, **{f"user__tokens__{name}": value for name, value in token.items()}
    )
    found = found.select_related("user", "org").annotate(token_id=F("user__tokens__id"))
    return found.filter(org_id=slots.org_id) if in_org else found[:2]


_PREPARED: dict[tuple[str, bool], Prepared[Any]] = {
    (field, in_org): Prepared(partial(_memberships, field, in_org))
    for field in ("id", "token_hash")
    for in_org in (True, False)
}
