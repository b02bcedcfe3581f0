"""Users: making and finding them."""

from django.db import IntegrityError, transaction

from accounts.errors import BadEmail, UserExists
from accounts.logic.emails import domain_of, is_address
from accounts.models import User
from plandex_server.api.names import MAX_NAME_LENGTH, checked_name


def user_create(*, email: str, name: str) -> User:
    """A new user; without a name it is the address's. Call inside the sign-up's transaction."""
    if not is_address(email):
        raise BadEmail(f"Invalid email: {email}")
    name = checked_name(name) if name.strip() else email.partition("@")[0][:MAX_NAME_LENGTH]
    user = User(email=email, name=name, domain=domain_of(email))
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise UserExists(f"User already exists for email: {email}") from None
    return user
