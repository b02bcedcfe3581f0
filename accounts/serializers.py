"""JSON shapes of sign-up and sign-in."""

from typing import TypedDict

from plandex_server.api.body import Body, Needed


class EmailVerificationRequest(Body):
    email: Needed[str] = ""
    user_id: str = ""
    require_user: bool = False
    require_no_user: bool = False


class CheckPinRequest(Body):
    email: Needed[str] = ""
    pin: Needed[str] = ""


class SignInRequest(Body):
    email: str = ""
    pin: str = ""
    is_sign_in_code: bool = False


class CreateAccountRequest(Body):
    email: Needed[str] = ""
    pin: str = ""
    user_name: str = ""


class EmailVerificationJson(TypedDict):
    hasAccount: bool
    isLocalMode: bool
