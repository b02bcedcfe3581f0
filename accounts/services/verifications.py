"""The first step of signing in: is there an account, and mail a PIN."""

from accounts.errors import BadEmail, UserExists, UserNotFound
from accounts.logic.emails import is_address
from accounts.selectors import user_for_verification
from accounts.services.pins import pin_send


def verification_start(
    *,
    email: str,
    user_id: str,
    require_user: bool,
    require_no_user: bool,
    send_pin: bool,
    network: str,
) -> bool:
    """Mails a PIN (unless local mode needs none) and tells whether the address has an account."""
    if not is_address(email):
        raise BadEmail(f"Invalid email: {email}")
    user = user_for_verification(email=email, user_id=user_id)
    if require_user and user is None:
        raise UserNotFound("User not found")
    if require_no_user and user is not None:
        raise UserExists("User already exists")
    if send_pin:
        pin_send(email=email, network=network)
    return user is not None
