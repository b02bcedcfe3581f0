"""Endpoints that an org defined. They never hold a key, only the names of variables."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from models_config.admin.base import OrgModelsAdmin
from models_config.logic.catalog import AuthVar
from models_config.logic.org_models import CustomProvider as ProviderValue
from models_config.logic.validation import ModelsInput
from models_config.models import CustomProvider
from models_config.selectors import provider_value
from models_config.services.registry import models_remove, models_sync
from plandex_server.admin.base import ServiceForm, each_row
from plandex_server.admin.widgets import CheckboxInput, TextInput

_SPARE_ROWS = 2


class ProviderForm(ServiceForm[CustomProvider]):
    class Meta:
        model = CustomProvider
        fields = ("org", "name", "base_url", "api_key_env_var", "skip_auth", "has_aws_auth")
        widgets = {"base_url": TextInput(), "api_key_env_var": TextInput()}
        help_texts = {
            "base_url": "Up to what comes before /chat/completions, as http://10.0.0.5:8000/v1",
            "api_key_env_var": "The variable of the user's environment that holds the key",
            "skip_auth": "It asks for no key.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_new = self.instance._state.adding
        self._before = ProviderValue() if is_new else provider_value(self.instance)
        extras = self._before.extra_auth_vars
        self._rows = len(extras) + _SPARE_ROWS
        for row in range(self._rows):
            self.fields.update(_variable_row(row, extras[row] if row < len(extras) else AuthVar()))

    def perform(self, data: dict[str, Any]) -> CustomProvider:
        is_new = self.instance._state.adding
        org = data["org"] if is_new else self.instance.org
        name = data["name"] if is_new else self.instance.name
        sent = ProviderValue(
            name=name,
            base_url=data["base_url"].strip(),
            has_aws_auth=data["has_aws_auth"],
            skip_auth=data["skip_auth"],
            api_key_env_var=data["api_key_env_var"].strip(),
            extra_auth_vars=self._variables(data),
        )
        models_sync(org=org, sent=ModelsInput(providers=(sent,)), keep_missing=True)
        return CustomProvider.objects.get(org=org, name=name)

    def _variables(self, data: dict[str, Any]) -> list[AuthVar]:
        return [
            AuthVar(
                var=data[f"variable_{row}"].strip(),
                required=data[f"required_{row}"],
                default=data[f"default_{row}"],
                maybe_json_file_path=data[f"is_file_{row}"],
            )
            for row in range(self._rows)
            if data[f"variable_{row}"].strip()
        ]


def _variable_row(row: int, variable: AuthVar) -> dict[str, forms.Field]:
    return {
        f"variable_{row}": forms.CharField(
            label="Variable", required=False, initial=variable.var, widget=TextInput()
        ),
        f"default_{row}": forms.CharField(
            label="Default", required=False, initial=variable.default, widget=TextInput()
        ),
        f"required_{row}": forms.BooleanField(
            label="Required", required=False, initial=variable.required, widget=CheckboxInput()
        ),
        f"is_file_{row}": forms.BooleanField(
            label="May name a JSON file",
            required=False,
            initial=variable.maybe_json_file_path,
            widget=CheckboxInput(),
        ),
    }


@admin.register(CustomProvider)
class ProviderPages(OrgModelsAdmin[CustomProvider]):
    form = ProviderForm
    form_fields = ("org", "name", "base_url", "api_key_env_var", "skip_auth", "has_aws_auth")
    key_fields = ("name",)
    list_display = ("name", "org", "base_url", "api_key_env_var", "skip_auth", "updated_at")
    search_fields = ("name", "base_url", "org__name")
    ordering = ("org__name", "name")

    def get_fieldsets(self, request: HttpRequest, obj: CustomProvider | None = None) -> Any:
        used = 0 if obj is None else len(obj.extra_auth_vars)
        rows = [
            (f"variable_{row}", f"default_{row}", f"required_{row}", f"is_file_{row}")
            for row in range(used + _SPARE_ROWS)
        ]
        head: list[Any] = ["org", "name", "base_url"]
        return [
            (None, {"fields": head if obj is None else [*head, "updated_at"]}),
            ("Sign-in", {"fields": ["api_key_env_var", ("skip_auth", "has_aws_auth")]}),
            ("More variables that it needs", {"fields": rows}),
        ]

    @admin.action(description="Delete", permissions=["manage"])
    @each_row("{count} provider(s) were deleted.")
    def remove(self, request: HttpRequest, provider: CustomProvider) -> None:
        models_remove(org=provider.org, providers=[provider.name])
