"""The admin's pages about projects."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from orgs.admin.access import staff_may, staff_may_somewhere
from orgs.logic.permissions import Permission
from plandex_server.admin.base import ServiceForm, ServiceModelAdmin
from plandex_server.admin.filters import AutocompleteFilter
from projects.models import Project
from projects.services import project_rename


class ProjectForm(ServiceForm[Project]):
    class Meta:
        model = Project
        fields = ("name",)

    def perform(self, data: dict[str, Any]) -> Project:
        return project_rename(project=self.instance, name=data["name"])


@admin.register(Project)
class ProjectPages(ServiceModelAdmin[Project]):
    """Projects are made by the CLI, in the directories that they stand for."""

    org_path = "org"
    records_changes = True
    form = ProjectForm
    list_display = ("name", "org", "created_at", "updated_at")
    list_select_related = ("org",)
    list_filter = (("org", AutocompleteFilter),)
    search_fields = ("name",)
    ordering = ("-created_at",)
    readonly_fields = ("id", "org", "created_at", "updated_at")
    fieldsets = ((None, {"fields": ("name", "org", "id", "created_at", "updated_at")}),)

    def has_change_permission(self, request: HttpRequest, obj: Project | None = None) -> bool:
        if obj is None:
            return staff_may_somewhere(request, Permission.RENAME_ANY_PROJECT)
        return staff_may(request, Permission.RENAME_ANY_PROJECT, org_id=obj.org_id)
