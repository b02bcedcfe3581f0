"""Signing up and in, with the orgs that a session offers."""

from dataclasses import dataclass

from django.db import transaction

from accounts.errors import UserNotFound
from accounts.models import User
from accounts.selectors import user_by_email
from accounts.services.codes import code_use
from accounts.services.pins import pin_use
from accounts.services.users import user_create
from accounts.tokens import token_issue
from orgs.logic.audit import Action
from orgs.models import Org
from orgs.selectors import orgs_accessible
from orgs.services.audit import audit_record
from orgs.services.membership import domain_join
from plandex_server.errors import ApiError

_NOT_SIGNED_IN = "Error signing in"
_NOT_VERIFIED = "Error validating email verification"


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in: the user, its new token, and the orgs the user may choose from."""

    user: User
    token: str
    orgs: list[Org]


def sign_up(*, email: str, name: str, pin: str | None, network: str) -> Session:
    """Makes a user, proven by a PIN; `pin` is None where none is asked for (local mode)."""
    if pin is not None:
        pin_use(email=email, pin=pin, network=network, error=_NOT_VERIFIED)
    with transaction.atomic():
        user = user_create(email=email, name=name)
        audit_record(Action.ACCOUNT_CREATED, actor=user)
        domain_join(user=user)
        token = _issued(user, "pin")
    return Session(user=user, token=token, orgs=orgs_accessible(user))


def sign_in(*, email: str, pin: str | None, network: str) -> Session:
    """Signs a user in by PIN; `pin` is None where none is asked for (local mode)."""
    user = user_by_email(email)
    if pin is not None:
        try:
            pin_use(email=email, pin=pin, network=network, error=_NOT_SIGNED_IN)
        except ApiError:
            if user is not None:
                audit_record(Action.SIGN_IN_REFUSED, actor=user)
            raise
    if user is None:
        raise UserNotFound(f"{_NOT_SIGNED_IN}: there is no account for {email}")
    token = _issued(user, "pin")
    return Session(user=user, token=token, orgs=orgs_accessible(user))


def sign_in_by_code(*, code: str, network: str) -> Session:
    """Signs the code's user in; the session offers only the org the code was made in."""
    found = code_use(code=code, network=network)
    token = _issued(found.user, "code")
    orgs = [org for org in orgs_accessible(found.user) if org.id == found.org_id]
    return Session(user=found.user, token=token, orgs=orgs)


def _issued(user: User, by: str) -> str:
    with transaction.atomic():
        row, token = token_issue(user=user)
        audit_record(
            Action.SIGNED_IN, kind="token", target_id=row.id, details={"by": by}, actor=user
        )
    return token
