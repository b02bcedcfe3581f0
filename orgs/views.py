"""Orgs, their roles, people and invites."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from accounts.logic.emails import normalized
from orgs import serializers as shapes
from orgs.audit_log import CSV_COLUMNS, MAX_EXPORTED, AuditFilter, audit_events
from orgs.authentication import (
    Auth,
    SessionAuthentication,
    UserAuthentication,
    auth_of,
    user_auth_of,
)
from orgs.errors import LocalModeRefusal
from orgs.logic.audit import Action
from orgs.logic.permissions import Permission, Role
from orgs.models import Invite
from orgs.selectors import (
    invite_get,
    invites_of,
    membership_get,
    membership_list,
    orgs_accessible,
)
from orgs.services.audit import audit_record
from orgs.services.invites import invite_create, invite_delete
from orgs.services.membership import (
    membership_configure,
    membership_remove,
    membership_role_set,
)
from orgs.services.orgs import org_create
from plandex_server.api.csv_files import MEDIA, csv_answer
from plandex_server.api.describe import Answer, Parameter, describes
from plandex_server.api.network import network_of
from plandex_server.api.queries import query_int, query_text, query_time
from plandex_server.api.views import ApiViewSet, answer, parse
from plandex_server.errors import BadRequest, Forbidden

BAD_BODY = "Error unmarshalling request"


class OrgsViewSet(ApiViewSet):
    """A user's orgs: needs no org."""

    authentication_classes = (UserAuthentication,)

    @describes(
        "listOrgs",
        "Orgs",
        "List organizations the authenticated user belongs to.",
        returns={200: Answer("List of orgs.", Sequence[shapes.OrgJson])},
    )
    def list(self, request: Request) -> HttpResponse:
        auth = user_auth_of(request)
        return answer([shapes.org_json(org) for org in orgs_accessible(auth.user)])

    @describes(
        "createOrg",
        "Orgs",
        "Create a new organization.",
        body=shapes.CreateOrgRequest,
        returns={201: Answer("Org created.", shapes.OrgJson)},
        errors=(403, 409, 422),
    )
    def create(self, request: Request) -> HttpResponse:
        body = parse(request, shapes.CreateOrgRequest, error=BAD_BODY)
        org = org_create(
            user=user_auth_of(request).user,
            name=body.name,
            auto_add_domain_users=body.auto_add_domain_users,
        )
        return answer(shapes.org_json(org), status=201)


class OrgSessionViewSet(ApiViewSet):
    authentication_classes = (SessionAuthentication,)

    @describes(
        "getOrgSession",
        "Orgs",
        "Return the active org of the authenticated user.",
        returns={200: Answer("Org session details.", shapes.OrgJson)},
    )
    def show(self, request: Request) -> HttpResponse:
        return answer(shapes.org_json(auth_of(request).org))


class OrgUserConfigViewSet(ApiViewSet):
    """The caller's own settings in the org."""

    @describes(
        "getOrgUserConfig",
        "Settings",
        "Get the per-user configuration scoped to the current org.",
        returns={200: Answer("Org user config.", shapes.OrgUserConfigJson)},
    )
    def show(self, request: Request) -> HttpResponse:
        return answer(shapes.org_user_config_json(auth_of(request).membership))

    @describes(
        "updateOrgUserConfig",
        "Settings",
        "Replace the per-user configuration scoped to the current org.",
        body=shapes.OrgUserConfigRequest,
        returns={200: "Org user config updated."},
    )
    def update(self, request: Request) -> HttpResponse:
        body = parse(request, shapes.OrgUserConfigRequest, error=BAD_BODY)
        membership_configure(membership=auth_of(request).membership, config=body.checked())
        return answer()


class RoleViewSet(ApiViewSet):
    @describes(
        "listOrgRoles",
        "Orgs",
        "List the roles of the org.",
        returns={200: Answer("List of roles.", Sequence[shapes.OrgRoleJson])},
        errors=(403,),
    )
    def list(self, request: Request) -> HttpResponse:
        auth_of(request).require(Permission.LIST_ORG_ROLES, "User cannot list org roles")
        return answer([shapes.role_json(role) for role in Role])


class PeopleViewSet(ApiViewSet):
    """Base of what local mode refuses: there, anyone who reaches the server may be anyone."""

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        if settings.LOCAL_MODE:
            raise LocalModeRefusal("This server runs in local mode, which has a single user.")
        super().initial(request, *args, **kwargs)


class UserViewSet(PeopleViewSet):
    @describes(
        "listUsers",
        "Users",
        "List users in the current org.",
        returns={200: Answer("List of users.", shapes.UsersJson)},
        errors=(403,),
    )
    def list(self, request: Request) -> HttpResponse:
        return answer(shapes.users_json(membership_list(auth_of(request).org)))

    @describes(
        "deleteOrgUser",
        "Users",
        "Remove a user from the org.",
        returns={204: "User removed."},
        errors=(403, 409),
    )
    def destroy(self, request: Request, user_id: str) -> HttpResponse:
        auth = auth_of(request)
        membership = membership_get(org=auth.org, user_id=user_id)
        auth.require(
            Permission.REMOVE_USER,
            f"User does not have permission to remove user with role: {membership.role}",
            target=Role(membership.role),
        )
        membership_remove(membership=membership)
        return answer(status=204)

    @describes(
        "setOrgUserRole",
        "Users",
        "Give a user of the org another role.",
        body=shapes.RoleRequest,
        returns={200: "Role set."},
        errors=(403,),
    )
    def set_role(self, request: Request, user_id: str) -> HttpResponse:
        auth = auth_of(request)
        membership = membership_get(org=auth.org, user_id=user_id)
        role = _role(parse(request, shapes.RoleRequest, error=BAD_BODY).org_role_id)
        for target in (Role(membership.role), role):
            auth.require(
                Permission.SET_USER_ROLE,
                f"User does not have permission to set the role of user with role: {target}",
                target=target,
            )
        membership_role_set(membership=membership, role=role)
        return answer()


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
        body = parse(request, shapes.InviteRequest, error=BAD_BODY)
        role = _role(body.org_role_id)
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


def _role(role_id: str) -> Role:
    role = Role.from_id(role_id)
    if role is None:
        raise BadRequest(f"Unknown org role: {role_id}")
    return role


_AUDIT_FILTERS = (
    Parameter("action", "An action, or its first word such as `budget`.", {"type": "string"}),
    Parameter("actor", "The id or e-mail address of who did it.", {"type": "string"}),
    Parameter(
        "target", "The id of what it was done to, or a part of its name.", {"type": "string"}
    ),
    Parameter("since", "The first moment.", {"type": "string", "format": "date-time"}),
    Parameter("until", "The first one after.", {"type": "string", "format": "date-time"}),
)


class AuditViewSet(ApiViewSet):
    """Who did what, when and from where."""

    @describes(
        "listAuditEvents",
        "Orgs",
        "The audit log, newest first. The next page is `before` the last event's id.",
        returns={200: Answer("Events.", Sequence[shapes.AuditEventJson])},
        errors=(400, 403),
        parameters=(
            *_AUDIT_FILTERS,
            Parameter("before", "Only events with a smaller id.", {"type": "integer"}),
            Parameter("size", "Events at most, 100 by default.", {"type": "integer"}),
        ),
    )
    def list(self, request: Request) -> HttpResponse:
        wanted = _audit_filter(_auditor(request), request)
        size = query_int(request.query_params, "size", 100, minimum=1, maximum=1000)
        return answer([shapes.audit_json(event) for event in audit_events(wanted)[:size]])

    @describes(
        "exportAuditLog",
        "Orgs",
        f"The audit log as CSV, newest first, {MAX_EXPORTED} events at most.",
        returns={200: Answer("A table.", text="id,at,actor\r\n", media=MEDIA)},
        errors=(400, 403),
        parameters=_AUDIT_FILTERS,
    )
    def export(self, request: Request) -> HttpResponse:
        auth = _auditor(request)
        events = audit_events(_audit_filter(auth, request))[:MAX_EXPORTED]
        response = csv_answer("audit-log.csv", CSV_COLUMNS, map(shapes.audit_cells, events))
        audit_record(Action.EXPORTED, org_id=auth.org.id, target="audit log")
        return response


def _auditor(request: Request) -> Auth:
    auth = auth_of(request)
    auth.require(Permission.VIEW_AUDIT_LOG, "User does not have permission to see the audit log")
    return auth


def _audit_filter(auth: Auth, request: Request) -> AuditFilter:
    query = request.query_params
    before = query_int(query, "before", 0, minimum=1, maximum=2**62)
    return AuditFilter(
        org_id=auth.org.id,
        action=query_text(query, "action"),
        actor=query_text(query, "actor"),
        target=query_text(query, "target"),
        since=query_time(query, "since"),
        until=query_time(query, "until"),
        before=before or None,
    )


def _may_withdraw(auth: Auth, invite: Invite) -> bool:
    """Who could remove the person, or made the invite and still could."""
    role = Role(invite.role)
    return auth.may(Permission.REMOVE_USER, target=role) or (
        invite.inviter_id == auth.user.id and auth.may(Permission.INVITE_USER, target=role)
    )
