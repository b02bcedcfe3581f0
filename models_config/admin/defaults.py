"""The model settings that an org's plans begin with."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from models_config.admin.base import OrgModelsAdmin
from models_config.admin.pack_form import pack_summary
from models_config.logic.builtin_packs import builtin_packs
from models_config.logic.settings import SettingsRequest, resolve_pack
from models_config.models import CustomPack, DefaultSettings
from models_config.selectors import org_registry, settings_value
from models_config.services.registry import default_settings_update
from plandex_server.admin.base import ServiceForm
from plandex_server.admin.scoping import scoped
from plandex_server.admin.widgets import Select

_IN_FORCE = "_in_force_now"


class DefaultsForm(ServiceForm[DefaultSettings]):
    model_pack_name = forms.ChoiceField(
        label="Model pack",
        widget=Select(),
        help_text="Plans without settings of their own follow this choice at once.",
    )

    class Meta:
        model = DefaultSettings
        fields = ("org", "model_pack_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["model_pack_name"]
        assert isinstance(field, forms.ChoiceField)
        custom = [(name, f"{name} (custom)") for name in self._custom_packs()]
        field.choices = [*((name, name) for name in builtin_packs()), *custom]

    def _custom_packs(self) -> list[str]:
        rows = scoped(self.request, CustomPack.objects.all(), "org")
        if not self.instance._state.adding:
            rows = rows.filter(org=self.instance.org)
        return sorted(set(rows.values_list("name", flat=True)))

    def perform(self, data: dict[str, Any]) -> DefaultSettings:
        org = data["org"] if self.instance._state.adding else self.instance.org
        request = SettingsRequest(model_pack_name=data["model_pack_name"])
        default_settings_update(org=org, sent=request, keep_roles=True)
        return DefaultSettings.objects.get(org=org)


@admin.register(DefaultSettings)
class DefaultsPages(OrgModelsAdmin[DefaultSettings]):
    """Made for an org once; from then on changed. A pack that a CLI sent whole is shown."""

    form = DefaultsForm
    form_fields = ("org", "model_pack_name")
    list_display = ("org", "pack", "updated_at")
    search_fields = ("org__name", "model_pack_name")
    ordering = ("org__name",)
    actions = ()
    object_actions = ()

    def get_fieldsets(self, request: HttpRequest, obj: DefaultSettings | None = None) -> Any:
        head = ["org", "model_pack_name"]
        if obj is None:
            return [(None, {"fields": head})]
        return [(None, {"fields": [*head, "updated_at"]}), ("In force", {"fields": ["in_force"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: DefaultSettings | None = None) -> Any:
        return () if obj is None else ("org", "updated_at", "in_force")

    @admin.display(description="Model pack")
    def pack(self, settings: DefaultSettings) -> str:
        return settings.model_pack_name or "a pack of its own"

    @admin.display(description="Models by role")
    def in_force(self, settings: DefaultSettings) -> SafeString:
        """Kept on the row: the theme asks for a column five times to show it once."""
        if not hasattr(settings, _IN_FORCE):
            pack = resolve_pack(settings_value(settings), org_registry(settings.org_id).models)
            shown = format_html_join("", "<div><b>{}</b>: {}</div>", pack_summary(pack))
            setattr(settings, _IN_FORCE, shown)
        return cast(SafeString, getattr(settings, _IN_FORCE))
