"""The endpoints of this app, in the order of the API listing."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
