"""What the pages of this app share. Whoever manages an org manages its models, as over the API."""

from typing import Any, ClassVar, TypeVar

from django.db.models import Model
from django.http import HttpRequest

from plandex_server.admin.base import ServiceModelAdmin
from plandex_server.admin.filters import AutocompleteFilter

M = TypeVar("M", bound=Model)


class OrgModelsAdmin(ServiceModelAdmin[M]):
    """`key_fields` name the row within its org: they are given once."""

    org_path = "org"
    records_changes = True
    key_fields: ClassVar[tuple[str, ...]] = ()
    list_filter = (("org", AutocompleteFilter),)
    list_select_related = ("org",)
    autocomplete_fields = ("org",)
    actions: Any = ("remove",)
    object_actions: ClassVar[tuple[str, ...]] = ("remove",)
    form_fields: ClassVar[tuple[str, ...]] = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request)

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("org", *self.key_fields, "updated_at")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Some fields exist only on the form, which makes them itself."""
        shown = self.get_readonly_fields(request, obj)
        kwargs["fields"] = [name for name in self.form_fields if name not in shown]
        return super().get_form(request, obj, change=change, **kwargs)
