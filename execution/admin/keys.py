"""Provider keys that orgs hold: set, checked with the provider, replaced, removed, never shown."""

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest

from execution.services.provider_keys import key_recheck, key_remove, key_save
from models_config.logic.catalog import builtin_providers
from models_config.logic.org_models import OrgModels
from models_config.logic.provider_keys import KeyProvider, key_providers
from models_config.models import CustomProvider
from orgs.admin.access import staff_may, staff_may_somewhere
from orgs.logic.permissions import Permission
from orgs.models import KeyCheck, Org, ProviderKey
from plandex_server.admin.base import OrgModelAdmin, ServiceForm, ServiceModelAdmin, each_row
from plandex_server.admin.filters import AutocompleteFilter, ChoicesFilter
from plandex_server.admin.scoping import scoped
from plandex_server.admin.typed import ModelForm, coloured
from plandex_server.admin.widgets import CheckboxInput, PasswordInput, Select, Textarea
from plandex_server.errors import ApiError, Forbidden

_ASSIGNMENT = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)", re.DOTALL)


class KeyForm(ServiceForm[ProviderKey]):
    """A key is asked of its provider before the page's transaction begins (`KeyPages`), so that no
    row is locked while a provider thinks."""

    provider = forms.ChoiceField(
        widget=Select(),
        help_text="A key that the org holds for this provider already is replaced.",
    )
    key = forms.CharField(
        required=False,
        widget=PasswordInput(attrs={"autocomplete": "off"}, render_value=False),
        help_text="It is sealed at once and never shown again.",
    )
    more = forms.CharField(
        label="More values",
        required=False,
        widget=Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )
    check_with_provider = forms.BooleanField(
        label="Check with the provider on saving",
        required=False,
        initial=True,
        widget=CheckboxInput(),
    )

    class Meta:
        model = ProviderKey
        fields = ("org", "provider")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = scoped(self.request, CustomProvider.objects.all(), "org")
        custom = sorted({f"custom|{name}" for name in rows.values_list("name", flat=True)})
        field = self.fields["provider"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one, one) for one in (*key_providers(OrgModels()), *custom)]
        self.fields["more"].help_text = _needed()

    def clean_more(self) -> dict[str, str]:
        values: dict[str, str] = {}
        # A value may go on in the next lines, as the text of a JSON file does.
        for part in re.split(r"\n(?=[A-Z][A-Z0-9_]*=)", self.cleaned_data["more"].strip()):
            found = _ASSIGNMENT.fullmatch(part.strip())
            if part.strip() and found is None:
                raise ValidationError("Write one NAME=value per line.")
            if found is not None:
                values[found[1]] = found[2]
        return values

    def save_key(self) -> ProviderKey:
        """Call it outside a transaction, on a form whose fields are right."""
        data = self.cleaned_data
        org: Org = data["org"]
        if not staff_may(self.request, Permission.MANAGE_PROVIDER_KEYS, org_id=org.pk):
            raise Forbidden("Your role in the org does not allow this.")
        values = dict(data["more"])
        if data["key"]:
            values[_key_variable(org, data["provider"])] = data["key"]
        return key_save(
            org=org,
            provider=data["provider"],
            values=values,
            check=data["check_with_provider"],
        )

    def perform(self, data: dict[str, Any]) -> ProviderKey:
        outcome = getattr(self.request, "key_outcome", None)
        if isinstance(outcome, ApiError):
            raise outcome
        return outcome or ProviderKey()


def _key_variable(org: Org, provider: str) -> str:
    from models_config.selectors import org_registry

    target: KeyProvider | None = key_providers(org_registry(org.pk).models).get(provider)
    if target is None or not target.key_variable:
        raise Forbidden(f"{provider} takes no single key: give its values by name.")
    return target.key_variable


def _needed() -> str:
    """Which providers need more than a key."""
    told = [
        f"{provider.id}: {', '.join(extra.var for extra in provider.extra_auth_vars)}"
        for provider in builtin_providers().values()
        if provider.extra_auth_vars
    ]
    return "One NAME=value per line, where a provider takes more. " + "; ".join(told)


@admin.register(ProviderKey)
class KeyPages(ServiceModelAdmin[ProviderKey]):
    org_path = "org"
    form = KeyForm
    list_display = ("provider", "org", "hint_shown", "verdict", "checked_at", "updated_at")
    list_select_related = ("org",)
    list_filter = (("org", AutocompleteFilter), ("check_result", ChoicesFilter))
    search_fields = ("provider", "org__name")
    ordering = ("org__name", "provider")
    autocomplete_fields = ("org",)
    fieldsets = (
        (None, {"fields": (("org", "provider"), ("names", "hint_shown"))}),
        ("Check", {"fields": (("verdict", "checked_at"), "check_note")}),
        ("About", {"fields": (("created_by", "created_at"), ("updated_by", "updated_at"))}),
    )
    add_fieldsets = ((None, {"fields": ("org", "provider", "key", "more", "check_with_provider")}),)
    actions = ("recheck", "remove")
    object_actions = ("recheck", "remove")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return staff_may_somewhere(request, Permission.MANAGE_PROVIDER_KEYS)

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("sealed")

    def get_form(
        self,
        request: HttpRequest,
        obj: ProviderKey | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> Any:
        if obj is not None:  # only shown: the form's fields are for giving a key
            return OrgModelAdmin.get_form(self, request, obj, change=change, form=_Shown)
        kwargs["fields"] = ("org", "provider")
        return super().get_form(request, obj, change=change, **kwargs)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if request.method == "POST" and object_id is None and self.has_add_permission(request):
            form = self.get_form(request)(request.POST)
            if form.is_valid():
                # `perform` reads it; the stubs know no attributes of a request but Django's.
                try:
                    request.key_outcome = form.save_key()  # type: ignore[attr-defined]
                except ApiError as error:
                    request.key_outcome = error  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)

    @admin.display(description="Ends in")
    def hint_shown(self, key: ProviderKey) -> str:
        return f"…{key.hint}" if key.hint else "–"

    @admin.display(description="Values")
    def names(self, key: ProviderKey) -> str:
        return ", ".join(key.variables)

    @coloured(
        "Check",
        {"accepted": "success", "refused": "danger", "unreachable": "warning", "never": "info"},
    )
    def verdict(self, key: ProviderKey) -> str:
        return key.check_result or "never"

    @admin.action(description="Check with the provider", permissions=["manage"])
    @each_row("{count} key(s) were checked.")
    def recheck(self, request: HttpRequest, key: ProviderKey) -> None:
        _require(request, key)
        checked = key_recheck(key=key)
        if checked.check_result != KeyCheck.ACCEPTED:
            raise Forbidden(f"{checked.check_result}. {checked.check_note}")

    @admin.action(description="Remove", permissions=["manage"])
    @each_row("{count} key(s) were removed.")
    def remove(self, request: HttpRequest, key: ProviderKey) -> None:
        _require(request, key)
        key_remove(key=key)


class _Shown(ModelForm[ProviderKey]):
    class Meta:
        model = ProviderKey
        fields = ()


def _require(request: HttpRequest, key: ProviderKey) -> None:
    if not staff_may(request, Permission.MANAGE_PROVIDER_KEYS, org_id=key.org_id):
        raise PermissionDenied
