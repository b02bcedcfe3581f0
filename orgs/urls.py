"""The endpoints of this app, in the order of the API listing."""

from django.urls import path

from orgs.views.audit import AuditViewSet
from orgs.views.invites import InviteViewSet
from orgs.views.orgs import (
    OrgSessionViewSet,
    OrgsViewSet,
    OrgUserConfigViewSet,
    RoleViewSet,
)
from orgs.views.people import UserViewSet

urlpatterns = [
    path("orgs", OrgsViewSet.as_view({"get": "list", "post": "create"})),
    path("orgs/session", OrgSessionViewSet.as_view({"get": "show"})),
    path("orgs/roles", RoleViewSet.as_view({"get": "list"})),
    path("orgs/users/<str:user_id>", UserViewSet.as_view({"delete": "destroy"})),
    path("orgs/users/<str:user_id>/role", UserViewSet.as_view({"put": "set_role"})),
    path("users", UserViewSet.as_view({"get": "list"})),
    path("invites", InviteViewSet.as_view({"post": "create"})),
    path("invites/pending", InviteViewSet.as_view({"get": "list_pending"})),
    path("invites/accepted", InviteViewSet.as_view({"get": "list_accepted"})),
    path("invites/all", InviteViewSet.as_view({"get": "list_all"})),
    path("invites/<str:invite_id>", InviteViewSet.as_view({"delete": "destroy"})),
    path("org_user_config", OrgUserConfigViewSet.as_view({"get": "show", "put": "update"})),
    path("audit_log", AuditViewSet.as_view({"get": "list"})),
    path("audit_log.csv", AuditViewSet.as_view({"get": "export"})),
]
