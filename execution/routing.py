"""The WebSocket addresses."""

from django.urls import path

from execution.websocket import BranchConsumer

websocket_urlpatterns = [
    path("ws/plans/<str:plan_id>/<str:branch>", BranchConsumer.as_asgi()),
]
