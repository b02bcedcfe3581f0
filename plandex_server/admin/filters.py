"""The theme's filters, with the types of Django's, which they extend."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.admin import ChoicesFieldListFilter as ChoicesFilter
    from django.contrib.admin import FieldListFilter as RangeFilter
    from django.contrib.admin import RelatedFieldListFilter as AutocompleteFilter
    from django.contrib.admin import SimpleListFilter as OptionsFilter
else:
    from unfold.contrib.filters.admin import AutocompleteSelectFilter
    from unfold.contrib.filters.admin import ChoicesDropdownFilter as ChoicesFilter
    from unfold.contrib.filters.admin import DropdownFilter as OptionsFilter
    from unfold.contrib.filters.admin import RangeDateTimeFilter as RangeFilter
    from unfold.contrib.filters.forms import AutocompleteDropdownForm

    class _ScopedForm(AutocompleteDropdownForm):
        """The theme shows whatever row the address names; these show those the person may see."""

        def __init__(self, request, name, *args, field, model_admin, **kwargs):
            super().__init__(request, name, *args, field=field, model_admin=model_admin, **kwargs)
            rows = model_admin.get_field_queryset(None, field, request)
            if rows is not None:
                self.fields[name].queryset = rows

    class AutocompleteFilter(AutocompleteSelectFilter):
        form_class = _ScopedForm


__all__ = ["AutocompleteFilter", "ChoicesFilter", "OptionsFilter", "RangeFilter"]
