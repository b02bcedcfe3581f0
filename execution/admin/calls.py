"""What each call of a model used and cost."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from accounts.models import User
from execution.admin.usage import usage_view
from execution.models import ModelCall
from plandex_server.admin.base import OrgModelAdmin
from plandex_server.admin.filters import AutocompleteFilter, RangeFilter
from plans.models import Plan

_FOUND = 200
"""Users and plans that a search term may name; more are too many to be meant."""


@admin.register(ModelCall)
class CallPages(OrgModelAdmin[ModelCall]):
    org_path = "org"
    list_display = (
        "started_at",
        "user",
        "plan",
        "role",
        "purpose",
        "model_id",
        "input_tokens",
        "output_tokens",
        "cost",
        "result",
    )
    list_select_related = ("user", "plan")
    list_filter = (
        ("org", AutocompleteFilter),
        ("user", AutocompleteFilter),
        ("plan", AutocompleteFilter),
        ("started_at", RangeFilter),
    )
    search_fields = ("model_id",)
    search_help_text = "A user's e-mail address, or the id of a plan or run"
    ordering = ("-started_at",)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(usage_view, site=self.admin_site))
        return [path("usage/", view, name="usage"), *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: ModelCall | None = None) -> Any:
        return [field.name for field in ModelCall._meta.get_fields() if not field.auto_created]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ModelCall], search_term: str
    ) -> tuple[QuerySet[ModelCall], bool]:
        """By what has an index: a part of a text would be looked for in millions of rows."""
        term = search_term.strip()
        if not term:
            return queryset, False
        users = list(User.objects.filter(email=term.lower()).values_list("pk", flat=True)[:_FOUND])
        plans = list(
            Plan.objects.filter(Q(pk=term) | Q(name=term)).values_list("pk", flat=True)[:_FOUND]
        )
        return queryset.filter(Q(user__in=users) | Q(plan__in=plans) | Q(run=term)), False
