"""JSON shapes of sign-up and sign-in."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from accounts.models import User
from plandex_server.api.body import Body


class EmailVerificationRequest(Body):
    email: str = ""
    user_id: str = ""
    require_user: bool = False
    require_no_user: bool = False


class CheckPinRequest(Body):
    email: str = ""
    pin: str = ""


class SignInRequest(Body):
    email: str = ""
    pin: str = ""
    is_sign_in_code: bool = False


class CreateAccountRequest(Body):
    email: str = ""
    pin: str = ""
    user_name: str = ""


class EmailVerificationJson(TypedDict):
    hasAccount: bool
    isLocalMode: bool


class SessionJson(TypedDict):
    userId: str
    token: str
    email: str
    userName: str
    orgs: Sequence[Mapping[str, Any]]
    isLocalMode: bool


def session_json(
    *, user: User, token: str, orgs: Sequence[Mapping[str, Any]], local_mode: bool
) -> SessionJson:
    return {
        "userId": user.id,
        "token": token,
        "email": user.email,
        "userName": user.name,
        "orgs": orgs,
        "isLocalMode": local_mode,
    }
