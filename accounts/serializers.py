"""JSON shapes of sign-up and sign-in."""

from typing import TypedDict

from plandex_server.api.body import Needed, StoredBody


class EmailVerificationRequest(StoredBody):
    email: Needed[str] = ""
    user_id: str = ""
    require_user: bool = False
    require_no_user: bool = False


class CheckPinRequest(StoredBody):
    email: Needed[str] = ""
    pin: Needed[str] = ""


class SignInRequest(StoredBody):
    email: str = ""
    pin: str = ""
    is_sign_in_code: bool = False


class CreateAccountRequest(StoredBody):
    email: Needed[str] = ""
    pin: str = ""
    user_name: str = ""


class EmailVerificationJson(TypedDict):
    hasAccount: bool
    isLocalMode: bool
