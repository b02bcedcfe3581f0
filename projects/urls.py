"""The endpoints of this app, in the order of the API listing."""

from django.urls import path

from projects.views import ProjectViewSet

urlpatterns = [
    path("projects", ProjectViewSet.as_view({"get": "list", "post": "create"})),
    path("projects/<str:project_id>/set_plan", ProjectViewSet.as_view({"put": "set_plan"})),
    path("projects/<str:project_id>/rename", ProjectViewSet.as_view({"put": "rename"})),
]
