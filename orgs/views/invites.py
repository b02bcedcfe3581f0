"""Invites into an org."""

from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.logic.emails import normalized
from orgs import serializers as shapes
from orgs.authentication import Auth, auth_of
from orgs.logic.permissions import Permission, Role
from orgs.models import Invite
from orgs.selectors import invite_get, invites_of
from orgs.services.invites import invite_create, invite_delete
from orgs.views.people import PeopleViewSet, role_named
from plandex_server.api.describe import Answer, describes
from plandex_server.api.network import network_of
from plandex_server.api.views import answer, parse
from plandex_server.errors import Forbidden


class InviteViewSet(PeopleViewSet):
    @describes(
        "inviteUser",
        "Invites",
        "Send an invite to add a user to the org.",
        body=shapes.InviteRequest,
        returns={201: "Invite sent."},
        errors=(403, 409, 422, 429),
    )
    def create(self, request: Request) -> HttpResponse:
        auth = auth_of(request)
        body = parse(request, shapes.InviteRequest, error=shapes.BAD_BODY)
        role = role_named(body.org_role_id)
        auth.require(
            Permission.INVITE_USER,
            f"User does not have permission to invite user with role: {role}",
            target=role,
        )
        invite_create(
            org=auth.org,
            inviter=auth.user,
            email=normalized(body.email),
            name=body.name,
            role=role,
            network=network_of(request._request),
        )
        return answer(status=201)

    @describes(
        "listPendingInvites",
        "Invites",
        "List invites that have not yet been accepted.",
        returns={200: Answer("Pending invites.", Sequence[shapes.InviteJson])},
        errors=(403,),
    )
    def list_pending(self, request: Request) -> HttpResponse:
        return self._listed(invites_of(auth_of(request).org).filter(accepted_at=None))

    @describes(
        "listAcceptedInvites",
        "Invites",
        "List invites that have already been accepted.",
        returns={200: Answer("Accepted invites.", Sequence[shapes.InviteJson])},
        errors=(403,),
    )
    def list_accepted(self, request: Request) -> HttpResponse:
        return self._listed(invites_of(auth_of(request).org).exclude(accepted_at=None))

    @describes(
        "listAllInvites",
        "Invites",
        "List all invites regardless of state.",
        returns={200: Answer("All invites.", Sequence[shapes.InviteJson])},
        errors=(403,),
    )
    def list_all(self, request: Request) -> HttpResponse:
        return self._listed(invites_of(auth_of(request).org))

    @describes(
        "deleteInvite",
        "Invites",
        "Revoke an outstanding invite.",
        returns={204: "Invite revoked."},
        errors=(403, 409),
    )
    def destroy(self, request: Request, invite_id: str) -> HttpResponse:
        auth = auth_of(request)
        invite = invite_get(org=auth.org, invite_id=invite_id)
        if not _may_withdraw(auth, invite):
            raise Forbidden("User does not have permission to withdraw this invite")
        invite_delete(invite=invite)
        return answer(status=204)

    def _listed(self, invites: Iterable[Invite]) -> HttpResponse:
        return answer([shapes.invite_json(invite) for invite in invites])


def _may_withdraw(auth: Auth, invite: Invite) -> bool:
    """Who could remove the person, or made the invite and still could."""
    role = Role(invite.role)
    return auth.may(Permission.REMOVE_USER, target=role) or (
        invite.inviter_id == auth.user.id and auth.may(Permission.INVITE_USER, target=role)
    )
