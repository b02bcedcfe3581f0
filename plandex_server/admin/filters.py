"""The theme's filters, with the types of Django's, which they extend."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.admin import ChoicesFieldListFilter as ChoicesFilter
    from django.contrib.admin import FieldListFilter as RangeFilter
    from django.contrib.admin import RelatedFieldListFilter as AutocompleteFilter
    from django.contrib.admin import SimpleListFilter as OptionsFilter
else:
    from unfold.contrib.filters.admin import AutocompleteSelectFilter as AutocompleteFilter
    from unfold.contrib.filters.admin import ChoicesDropdownFilter as ChoicesFilter
    from unfold.contrib.filters.admin import DropdownFilter as OptionsFilter
    from unfold.contrib.filters.admin import RangeDateTimeFilter as RangeFilter

__all__ = ["AutocompleteFilter", "ChoicesFilter", "OptionsFilter", "RangeFilter"]
