"""The theme's classes under the types of Django's that they extend. The theme has no types, and
Django's own classes take type arguments only in the stubs."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite, ModelAdmin
    from django.contrib.admin.forms import AdminAuthenticationForm as AuthenticationForm
    from django.contrib.admin.views.main import ChangeList
    from django.core.paginator import Paginator
    from django.forms import ModelForm
else:
    from django.contrib.admin import display
    from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
    from django.core.paginator import Paginator as _Paginator
    from django.forms import ModelForm as _ModelForm
    from django.utils.html import escape
    from django.utils.safestring import mark_safe
    from unfold.admin import ModelAdmin as _ModelAdmin
    from unfold.admin import checkbox
    from unfold.forms import AuthenticationForm
    from unfold.sites import UnfoldAdminSite as AdminSite
    from unfold.views import ChangeList

    class _TakesTypes:
        def __class_getitem__(cls, types: Any) -> type:
            return cls

    class Paginator(_TakesTypes, _Paginator):
        pass

    class ModelForm(_TakesTypes, _ModelForm):
        pass

    _PLACE = "the-key-of-a-row"

    @cache
    def _row_checkbox() -> str:
        """The theme renders this by two templates for every row of a list; once is enough."""
        return checkbox.render(ACTION_CHECKBOX_NAME, _PLACE)

    class ModelAdmin(_TakesTypes, _ModelAdmin):
        @display(description=_ModelAdmin.action_checkbox.short_description)
        def action_checkbox(self, obj: Any) -> str:
            return mark_safe(_row_checkbox().replace(_PLACE, escape(str(obj.pk))))


def coloured(description: str, colours: Mapping[str, str]) -> Callable[[F], F]:
    """Shows a column's words as labels in the theme's colours (info, success, warning, danger)."""
    from unfold.decorators import display

    made: Callable[[F], F] = display(description=description, label=dict(colours))
    return made


__all__ = [
    "AdminSite",
    "AuthenticationForm",
    "ChangeList",
    "ModelAdmin",
    "ModelForm",
    "Paginator",
    "coloured",
]
