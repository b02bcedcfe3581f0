"""What an org pays for models: for its own, and in place of list prices."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from models_config.admin.base import OrgModelsAdmin
from models_config.models import ModelPrice
from models_config.services.prices import price_remove, price_set
from plandex_server.admin.base import ServiceForm, each_row

_PRICES = ("input", "output", "cached_input", "cache_write")


class PriceForm(ServiceForm[ModelPrice]):
    class Meta:
        model = ModelPrice
        fields = ("org", "model_id", "provider", *_PRICES)
        help_texts = {
            "model_id": "Built in, or one of the org's custom models",
            "provider": "Empty: whoever serves the model",
            "input": "Dollars per million tokens",
            "output": "Dollars per million tokens",
            "cached_input": "Empty: as other input",
            "cache_write": "Empty: as other input",
        }

    def perform(self, data: dict[str, Any]) -> ModelPrice:
        if not self.instance._state.adding:
            old = self.instance
            named = {"org": old.org, "model_id": old.model_id, "provider": old.provider}
            data = {**named, **data}
        return price_set(**data)


@admin.register(ModelPrice)
class PricePages(OrgModelsAdmin[ModelPrice]):
    form = PriceForm
    records_changes = False
    form_fields = ("org", "model_id", "provider", *_PRICES)
    key_fields = ("model_id", "provider")
    list_display = ("model_id", "provider", "org", "input", "output", "updated_at")
    search_fields = ("model_id", "provider", "org__name")
    ordering = ("org__name", "model_id")

    def get_fieldsets(self, request: HttpRequest, obj: ModelPrice | None = None) -> Any:
        head: tuple[Any, ...] = ("org", ("model_id", "provider"), _PRICES[:2], _PRICES[2:])
        return [(None, {"fields": head if obj is None else (*head, "updated_at")})]

    @admin.action(description="Delete", permissions=["manage"])
    @each_row("{count} price(s) were deleted; list prices count again.")
    def remove(self, request: HttpRequest, price: ModelPrice) -> None:
        price_remove(price=price)
