"""The theme's inputs, with the types of Django's."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.forms import CheckboxInput, NumberInput, PasswordInput, Select, Textarea, TextInput
else:
    from unfold.widgets import UnfoldAdminPasswordWidget as PasswordInput
    from unfold.widgets import UnfoldAdminSelectWidget as Select
    from unfold.widgets import UnfoldAdminTextareaWidget as Textarea
    from unfold.widgets import UnfoldAdminTextInputWidget as TextInput
    from unfold.widgets import UnfoldBooleanSwitchWidget as CheckboxInput

    class NumberInput(TextInput):
        input_type = "number"


__all__ = ["CheckboxInput", "NumberInput", "PasswordInput", "Select", "TextInput", "Textarea"]
