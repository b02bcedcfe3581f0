"""Models that an org defined: limits, abilities, and who serves them."""

from typing import Any

import msgspec
from django import forms
from django.contrib import admin
from django.http import HttpRequest

from models_config.admin.base import OrgModelsAdmin
from models_config.logic.catalog import CUSTOM_PROVIDER, UsesProvider, builtin_providers
from models_config.logic.item_checks import OUTPUT_FORMATS, REASONING_EFFORTS
from models_config.logic.org_models import CustomModel as ModelValue
from models_config.logic.validation import ModelsInput
from models_config.models import CustomModel
from models_config.selectors import model_value, org_registry
from models_config.services.registry import models_remove, models_sync
from plandex_server import typed
from plandex_server.admin.base import ServiceForm, each_row
from plandex_server.admin.widgets import CheckboxInput, NumberInput, Select, TextInput

_SPARE_ROWS = 2
_COUNTS = {
    "max_tokens": "Context window in tokens",
    "max_output_tokens": "Most output tokens",
    "reserved_output_tokens": "Output tokens reserved in the window",
    "default_max_convo_tokens": "Conversation tokens before it is summarised",
}
_FLAGS = {
    "has_image_support": "Reads images",
    "supports_cache_control": "Takes cache marks",
    "system_prompt_disabled": "Takes no system prompt",
    "role_params_disabled": "Takes no temperature and top P",
    "stop_disabled": "Takes no stop words",
    "predicted_output_enabled": "Takes predicted output",
    "include_reasoning": "Sends its reasoning",
    "hide_reasoning": "Its reasoning is hidden",
    "reasoning_effort_enabled": "Takes a reasoning effort",
    "single_message_no_system_prompt": "Takes one message only, without a system prompt",
}


class ModelForm(ServiceForm[CustomModel]):
    class Meta:
        model = CustomModel
        fields = ("org", "model_id", "publisher", "description")
        widgets = {"publisher": TextInput(), "description": TextInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_new = self.instance._state.adding
        self._before = ModelValue() if is_new else model_value(self.instance)
        self.fields.update(_property_fields(self._before))
        self._rows = len(self._before.providers) + _SPARE_ROWS
        self._offered = self._providers()
        for row in range(self._rows):
            used = self._before.providers[row] if row < len(self._before.providers) else None
            self.fields.update(self._provider_row(row, used))

    def _provider_row(self, row: int, used: UsesProvider | None) -> dict[str, forms.Field]:
        return {
            f"provider_{row}": forms.ChoiceField(
                label="Provider",
                required=False,
                choices=self._offered,
                initial=used.composite if used else "",
                widget=Select(),
            ),
            f"provider_model_{row}": forms.CharField(
                label="The model's name there",
                required=False,
                max_length=255,
                initial=used.model_name if used else "",
                widget=TextInput(),
            ),
        }

    def _providers(self) -> list[tuple[str, str]]:
        org_id = self.instance.org_id
        own = org_registry(org_id).models.providers if org_id else ()
        return [
            ("", "—"),
            *((one, one) for one in builtin_providers()),
            *((f"{CUSTOM_PROVIDER}|{one.name}", f"{one.name} (custom)") for one in own),
        ]

    def perform(self, data: dict[str, Any]) -> CustomModel:
        is_new = self.instance._state.adding
        org = data["org"] if is_new else self.instance.org
        model_id = data["model_id"] if is_new else self.instance.model_id
        names = (*_COUNTS, *_FLAGS, "preferred_output_format", "reasoning_effort")
        sent = msgspec.structs.replace(
            self._before,
            id="",
            model_id=model_id,
            publisher=data["publisher"],
            description=data["description"],
            reasoning_budget=data["reasoning_budget"] or 0,
            token_estimate_padding_pct=data["token_estimate_padding_pct"] or 0.0,
            providers=self._uses(data),
            **{name: data[name] for name in names},
        )
        models_sync(org=org, sent=ModelsInput(models=(sent,)), keep_missing=True)
        return CustomModel.objects.get(org=org, model_id=model_id)

    def _uses(self, data: dict[str, Any]) -> list[UsesProvider]:
        uses = []
        for row in range(self._rows):
            provider, slash, custom = data[f"provider_{row}"].partition("|")
            if provider:
                name = data[f"provider_model_{row}"]
                uses.append(
                    UsesProvider(
                        provider=provider,
                        custom_provider=custom if slash else None,
                        model_name=name,
                    )
                )
        return uses


def _property_fields(model: ModelValue) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {}
    for name, label in _COUNTS.items():
        fields[name] = forms.IntegerField(
            label=label, min_value=1, initial=getattr(model, name) or None, widget=NumberInput()
        )
    for name, label in _FLAGS.items():
        fields[name] = forms.BooleanField(
            label=label, required=False, initial=getattr(model, name), widget=CheckboxInput()
        )
    fields["preferred_output_format"] = forms.ChoiceField(
        choices=[(one, one) for one in OUTPUT_FORMATS],
        initial=model.preferred_output_format,
        widget=Select(),
    )
    fields["reasoning_effort"] = forms.ChoiceField(
        required=False,
        choices=[(one, one or "—") for one in REASONING_EFFORTS],
        initial=model.reasoning_effort,
        widget=Select(),
    )
    fields["reasoning_budget"] = forms.IntegerField(
        required=False, min_value=0, initial=model.reasoning_budget or None, widget=NumberInput()
    )
    fields["token_estimate_padding_pct"] = forms.FloatField(
        label="Added to our token estimates",
        required=False,
        min_value=0,
        max_value=10,
        initial=model.token_estimate_padding_pct or None,
        widget=NumberInput(attrs={"step": "any"}),
        help_text="as a share: 0.1 is 10 %",
    )
    return fields


@admin.register(CustomModel)
class ModelPages(OrgModelsAdmin[CustomModel]):
    form = ModelForm
    form_fields = ("org", "model_id", "publisher", "description")
    key_fields = ("model_id",)
    list_display = ("model_id", "org", "publisher", "served_by", "updated_at")
    search_fields = ("model_id", "publisher", "org__name")
    ordering = ("org__name", "model_id")

    def get_fieldsets(self, request: HttpRequest, obj: CustomModel | None = None) -> Any:
        used = 0 if obj is None else len(obj.providers)
        rows = [(f"provider_{row}", f"provider_model_{row}") for row in range(used + _SPARE_ROWS)]
        flags = list(_FLAGS)
        pairs = [tuple(flags[at : at + 2]) for at in range(0, len(flags), 2)]
        head: list[Any] = ["org", "model_id", "publisher", "description"]
        return [
            (None, {"fields": head if obj is None else [*head, "updated_at"]}),
            ("Limits", {"fields": [tuple(_COUNTS)[:2], tuple(_COUNTS)[2:]]}),
            (
                "Abilities",
                {
                    "fields": [
                        ("preferred_output_format", "reasoning_effort"),
                        ("reasoning_budget", "token_estimate_padding_pct"),
                        *pairs,
                    ]
                },
            ),
            ("Providers, in the order in which they are tried", {"fields": rows}),
        ]

    @admin.display(description="Served by")
    def served_by(self, model: CustomModel) -> str:
        return ", ".join(typed.convert(one, UsesProvider).composite for one in model.providers)

    @admin.action(description="Delete", permissions=["manage"])
    @each_row("{count} model(s) were deleted.")
    def remove(self, request: HttpRequest, model: CustomModel) -> None:
        models_remove(org=model.org, models=[model.model_id])
