"""The password form of the admin: who guesses is slowed down as at the API's sign-in."""

from typing import Any

from django.core.exceptions import ValidationError

from accounts.errors import TooManyAttempts
from accounts.logic.emails import normalized
from accounts.services.limits import WRONG_PASSWORDS, limit_check, limit_note
from plandex_server.admin.typed import AuthenticationForm
from plandex_server.api.network import network_of


class StaffSignInForm(AuthenticationForm):
    """E-mail address and password of a member of staff."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail"
        self.fields["username"].widget.input_type = "email"

    def clean(self) -> dict[str, Any]:
        assert self.request is not None
        email = normalized(self.cleaned_data.get("username") or "")
        self.cleaned_data["username"] = email
        network = network_of(self.request)
        try:
            limit_check(WRONG_PASSWORDS, subject=email, network=network)
        except TooManyAttempts as error:
            raise ValidationError(error.msg) from None
        try:
            return super().clean()
        except ValidationError:
            limit_note(WRONG_PASSWORDS, subject=email, network=network)
            raise
