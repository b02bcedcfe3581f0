"""Reading users."""

from accounts.errors import UserNotFound
from accounts.models import User
from plandex_server.api.ids import canonical_id
from plandex_server.errors import BadRequest


def user_by_email(email: str) -> User | None:
    return User.objects.filter(email=email, is_active=True).first()


def user_for_verification(*, email: str, user_id: str) -> User | None:
    """Whose address is to be verified: the named user, else whoever has the address, if anyone."""
    if not user_id:
        return user_by_email(email)
    user = User.objects.filter(pk=canonical_id(user_id), is_active=True).first()
    if user is None:
        raise UserNotFound("User not found")
    if user.email != email:
        raise BadRequest("User email does not match")
    return user
