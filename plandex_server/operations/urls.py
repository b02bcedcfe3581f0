from django.urls import path

from plandex_server.operations.views import live, metrics, ready

urlpatterns = [
    path("health/live", live),
    path("health/ready", ready),
    path("metrics", metrics),
]
