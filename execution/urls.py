"""The endpoints of this app, in the order of the API listing."""

from django.urls import path

from execution.streaming import build, connect, stop, tell
from execution.views.changes import ChangesViewSet
from execution.views.runs import RunViewSet

urlpatterns = [
    path("plans/ps", RunViewSet.as_view({"get": "ps"})),
    path(
        "plans/<str:plan_id>/current_plan/<str:sha>",
        ChangesViewSet.as_view({"get": "current_plan_at"}),
    ),
    path(
        "plans/<str:plan_id>/<str:branch>/current_plan",
        ChangesViewSet.as_view({"get": "current_plan"}),
    ),
    path("plans/<str:plan_id>/<str:branch>/apply", ChangesViewSet.as_view({"patch": "apply"})),
    path(
        "plans/<str:plan_id>/<str:branch>/reject_all",
        ChangesViewSet.as_view({"patch": "reject_all"}),
    ),
    path(
        "plans/<str:plan_id>/<str:branch>/reject_file",
        ChangesViewSet.as_view({"patch": "reject_file"}),
    ),
    path(
        "plans/<str:plan_id>/<str:branch>/reject_files",
        ChangesViewSet.as_view({"patch": "reject_files"}),
    ),
    path("plans/<str:plan_id>/<str:branch>/diffs", ChangesViewSet.as_view({"get": "diffs"})),
    path("plans/<str:plan_id>/<str:branch>/rewind", ChangesViewSet.as_view({"patch": "rewind"})),
    path("plans/<str:plan_id>/<str:branch>/status", RunViewSet.as_view({"get": "status"})),
    path("plans/<str:plan_id>/<str:branch>/tell", tell),
    path("plans/<str:plan_id>/<str:branch>/build", build),
    path("plans/<str:plan_id>/<str:branch>/connect", connect),
    path("plans/<str:plan_id>/<str:branch>/stop", stop),
    path(
        "plans/<str:plan_id>/<str:branch>/respond_missing_file",
        RunViewSet.as_view({"post": "respond_missing_file"}),
    ),
    path(
        "plans/<str:plan_id>/<str:branch>/auto_load_context",
        RunViewSet.as_view({"post": "auto_load_context"}),
    ),
    path(
        "plans/<str:plan_id>/<str:branch>/build_status",
        RunViewSet.as_view({"get": "build_status"}),
    ),
]
