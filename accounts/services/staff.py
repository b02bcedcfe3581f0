"""People who may use the admin, and what they may do to other people's accounts."""

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from accounts.errors import LastSuperuser, WeakPassword
from accounts.logic.emails import normalized
from accounts.models import AuthToken, User
from accounts.services.users import user_create
from plandex_server.api.names import checked_name
from plandex_server.db import now


def staff_create(*, email: str, name: str, password: str, is_superuser: bool) -> User:
    """A new member of staff, who signs in to the admin by password."""
    with transaction.atomic():
        user = user_create(email=normalized(email), name=name)
        password_set(user=user, password=password)
        user.is_staff, user.is_superuser = True, is_superuser
        user.save(update_fields=["is_staff", "is_superuser"])
    return user


def password_set(*, user: User, password: str) -> None:
    """Gives the user a password that the rules allow."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages)) from None
    user.set_password(password)
    user.save(update_fields=["password", "updated_at"])


def user_update(
    *, user: User, name: str, is_active: bool, is_staff: bool, is_superuser: bool
) -> User:
    """Changes an account. One that is switched off is signed out everywhere; the last superuser
    stays one."""
    with transaction.atomic():
        _check_superusers(user, stays=is_active and is_staff and is_superuser)
        if user.is_active and not is_active:
            user_sign_out(user=user)
        user.name, user.is_active = checked_name(name), is_active
        user.is_staff, user.is_superuser = is_staff, is_superuser
        fields = ["name", "is_active", "is_staff", "is_superuser", "updated_at"]
        user.save(update_fields=fields)
    return user


def user_sign_out(*, user: User) -> int:
    """Revokes all of the user's sign-ins, those to the admin too; how many were live."""
    live = AuthToken.objects.filter(user=user, revoked_at=None, expires_at__gt=now())
    return live.update(revoked_at=now()) + _sessions_end(user)


def _sessions_end(user: User) -> int:
    """Whose a session is stands inside of it only. There are few: just staff has any."""
    ended = 0
    for session in Session.objects.filter(expire_date__gt=now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()
            ended += 1
    return ended


def first_admin_ensure(*, email: str, password: str) -> User | None:
    """Makes the first superuser, or makes one of the user with this address. None where there is
    a superuser already: a password changed since then stays changed."""
    if _superusers().exists():
        return None
    email = normalized(email)
    user = User.objects.filter(email=email).first()
    if user is None:
        return staff_create(email=email, name="", password=password, is_superuser=True)
    with transaction.atomic():
        password_set(user=user, password=password)
        user_update(user=user, name=user.name, is_active=True, is_staff=True, is_superuser=True)
    return user


def _superusers() -> QuerySet[User]:
    return User.objects.filter(is_active=True, is_staff=True, is_superuser=True)


def _check_superusers(user: User, *, stays: bool) -> None:
    # Locked in one order, so that two of them can't demote each other at once.
    superusers = list(_superusers().select_for_update().order_by("pk").values_list("pk", flat=True))
    if superusers == [user.pk] and not stays:
        raise LastSuperuser("This is the only superuser: make another one first.")
