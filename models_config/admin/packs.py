from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from models_config.admin.base import OrgModelsAdmin
from models_config.admin.pack_form import PackForm, role_rows
from models_config.logic.catalog import roles
from models_config.models import CustomPack
from models_config.services.registry import models_remove
from plandex_server.admin.base import each_row


@admin.register(CustomPack)
class PackPages(OrgModelsAdmin[CustomPack]):
    form = PackForm
    form_fields = ("org", "name", "description", "local_provider")
    list_display = ("name", "org", "planner", "coder", "builder", "updated_at")
    search_fields = ("name", "description", "org__name")
    ordering = ("org__name", "name")
    change_form_before_template = "admin/known_models.html"

    def get_fieldsets(self, request: HttpRequest, obj: CustomPack | None = None) -> Any:
        head = ("org", "name", "description", "local_provider")
        tabs = [
            (info.label.capitalize(), {"classes": ["tab"], "fields": role_rows(role)})
            for role, info in roles().items()
        ]
        return [(None, {"fields": head if obj is None else (*head, "updated_at")}), *tabs]

    @admin.display(description="Planner")
    def planner(self, pack: CustomPack) -> str:
        return _model(pack, "planner")

    @admin.display(description="Coder")
    def coder(self, pack: CustomPack) -> str:
        return _model(pack, "coder")

    @admin.display(description="Builder")
    def builder(self, pack: CustomPack) -> str:
        return _model(pack, "builder")

    @admin.action(description="Delete", permissions=["manage"])
    @each_row("{count} model pack(s) were deleted.")
    def remove(self, request: HttpRequest, pack: CustomPack) -> None:
        models_remove(org=pack.org, packs=[pack.name])


def _model(pack: CustomPack, role: str) -> str:
    found = pack.roles.get(role)
    return str(found["modelId"]) if isinstance(found, dict) else "as planner"
