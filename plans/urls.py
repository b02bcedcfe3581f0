"""The endpoints of this app, in the order of the API listing."""

from django.urls import path

from plans.views.branches import BranchViewSet, HistoryViewSet
from plans.views.plans import PlanViewSet, ProjectPlansViewSet
from plans.views.settings import DefaultPlanConfigViewSet, PlanConfigViewSet, SettingsViewSet

urlpatterns = [
    path(
        "projects/<str:project_id>/plans",
        ProjectPlansViewSet.as_view({"post": "create", "delete": "delete_all"}),
    ),
    path(
        "projects/<str:project_id>/plans/current_branches",
        ProjectPlansViewSet.as_view({"post": "current_branches"}),
    ),
    path("plans", PlanViewSet.as_view({"get": "list"})),
    path("plans/archive", PlanViewSet.as_view({"get": "list_archived"})),
    path("plans/<str:plan_id>", PlanViewSet.as_view({"get": "retrieve", "delete": "destroy"})),
    path("plans/<str:plan_id>/rename", PlanViewSet.as_view({"patch": "rename"})),
    path("plans/<str:plan_id>/archive", PlanViewSet.as_view({"patch": "archive"})),
    path("plans/<str:plan_id>/unarchive", PlanViewSet.as_view({"patch": "unarchive"})),
    path("plans/<str:plan_id>/share", PlanViewSet.as_view({"patch": "share"})),
    path("plans/<str:plan_id>/unshare", PlanViewSet.as_view({"patch": "unshare"})),
    path(
        "plans/<str:plan_id>/config",
        PlanConfigViewSet.as_view({"get": "retrieve", "put": "update"}),
    ),
    path("plans/<str:plan_id>/branches", BranchViewSet.as_view({"get": "list"})),
    path("plans/<str:plan_id>/branches/<str:branch>", BranchViewSet.as_view({"delete": "destroy"})),
    path("plans/<str:plan_id>/<str:branch>/branches", BranchViewSet.as_view({"post": "create"})),
    path("plans/<str:plan_id>/<str:branch>/convo", HistoryViewSet.as_view({"get": "list_convo"})),
    path("plans/<str:plan_id>/<str:branch>/logs", HistoryViewSet.as_view({"get": "list_logs"})),
    path(
        "plans/<str:plan_id>/<str:branch>/settings",
        SettingsViewSet.as_view({"get": "retrieve", "put": "update"}),
    ),
    path(
        "default_plan_config",
        DefaultPlanConfigViewSet.as_view({"get": "retrieve", "put": "update"}),
    ),
]
