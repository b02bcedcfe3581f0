"""The endpoints of this app, in the order of the API listing."""

from django.urls import path

from orgs.views import OrgsViewSet, OrgViewSet

urlpatterns = [
    path("orgs", OrgsViewSet.as_view({"get": "list", "post": "create"})),
    path("orgs/session", OrgViewSet.as_view({"get": "session"})),
    path("orgs/roles", OrgViewSet.as_view({"get": "list_roles"})),
]
