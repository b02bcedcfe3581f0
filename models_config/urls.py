"""The endpoints of this app, in the order of the API listing."""

from django.urls import path

from models_config.views import (
    CustomModelViewSet,
    CustomProviderViewSet,
    DefaultSettingsViewSet,
    ModelPackViewSet,
)

urlpatterns = [
    path("custom_models", CustomModelViewSet.as_view({"get": "list", "post": "upsert"})),
    # a model's own id may be used too, and it holds slashes
    path("custom_models/<path:model_id>", CustomModelViewSet.as_view({"get": "retrieve"})),
    path("custom_providers", CustomProviderViewSet.as_view({"get": "list"})),
    path("custom_providers/<str:provider_id>", CustomProviderViewSet.as_view({"get": "retrieve"})),
    path("model_sets", ModelPackViewSet.as_view({"get": "list", "post": "create"})),
    path("model_sets/<str:set_id>", ModelPackViewSet.as_view({"put": "update"})),
    path("default_settings", DefaultSettingsViewSet.as_view({"get": "retrieve", "put": "update"})),
]
