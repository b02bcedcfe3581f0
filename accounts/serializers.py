"""JSON shapes of sign-up and sign-in."""

from typing import Annotated, TypedDict

import msgspec

from accounts.logic.emails import ADDRESS_PATTERN, MAX_ADDRESS_LENGTH
from plandex_server.api.body import NEEDED, Needed, Storable, StoredBody
from plandex_server.api.names import OptionalName

Address = Annotated[
    str,
    msgspec.Meta(
        extra_json_schema={
            NEEDED: True,
            "pattern": ADDRESS_PATTERN,
            "maxLength": MAX_ADDRESS_LENGTH,
        }
    ),
]
"""An e-mail address in a request, for the API description; services check it."""


class EmailVerificationRequest(StoredBody):
    email: Address = ""
    user_id: Storable = ""
    require_user: bool = False
    require_no_user: bool = False


class CheckPinRequest(StoredBody):
    email: Needed[Storable] = ""
    pin: Needed[Storable] = ""


class SignInRequest(StoredBody):
    email: Storable = ""
    pin: Storable = ""
    is_sign_in_code: bool = False


class CreateAccountRequest(StoredBody):
    email: Address = ""
    pin: Storable = ""
    user_name: OptionalName = ""


class EmailVerificationJson(TypedDict):
    hasAccount: bool
    isLocalMode: bool
