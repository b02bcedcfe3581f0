"""The endpoints of this app, in the order of the API listing."""

from django.urls import path

from context.views import ContextViewSet, FileMapViewSet

urlpatterns = [
    path(
        "plans/<str:plan_id>/<str:branch>/context",
        ContextViewSet.as_view(
            {"get": "list", "post": "load", "put": "update", "delete": "remove"}
        ),
    ),
    path(
        "plans/<str:plan_id>/<str:branch>/context/<str:context_id>/body",
        ContextViewSet.as_view({"get": "body"}),
    ),
    path("file_map", FileMapViewSet.as_view({"post": "create"})),
    path(
        "plans/<str:plan_id>/<str:branch>/load_cached_file_map",
        FileMapViewSet.as_view({"post": "load_cached"}),
    ),
]
