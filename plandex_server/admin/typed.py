"""The theme's classes under the types of Django's that they extend. The theme has no types, and
Django's own classes take type arguments only in the stubs."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite, ModelAdmin
    from django.contrib.admin.forms import AdminAuthenticationForm as AuthenticationForm
    from django.contrib.admin.views.main import ChangeList
    from django.core.paginator import Paginator
    from django.forms import ModelForm
else:
    from django.core.paginator import Paginator as _Paginator
    from django.forms import ModelForm as _ModelForm
    from unfold.admin import ModelAdmin as _ModelAdmin
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

    class ModelAdmin(_TakesTypes, _ModelAdmin):
        pass


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
