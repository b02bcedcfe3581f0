"""Sign-up, sign-in and sign-out."""

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from accounts import serializers as shapes
from accounts.logic.emails import normalized
from accounts.services.codes import code_create
from accounts.services.pins import pin_check
from accounts.services.verifications import verification_start
from accounts.tokens import token_revoke
from orgs.authentication import UserAuthentication, auth_of, user_auth_of
from orgs.logic.audit import Action
from orgs.serializers import SessionJson, session_json
from orgs.services.audit import audit_record
from orgs.services.sessions import Session, sign_in, sign_in_by_code, sign_up
from plandex_server.api.describe import Answer, describes
from plandex_server.api.network import network_of
from plandex_server.api.views import ApiViewSet, answer, parse, text

BAD_BODY = "Error unmarshalling request"


class AccountViewSet(ApiViewSet):
    """The way in: no token yet."""

    authentication_classes = ()

    @describes(
        "createEmailVerification",
        "Accounts",
        "Send a PIN to an e-mail address. Local mode sends none.",
        body=shapes.EmailVerificationRequest,
        returns={200: Answer("Verification email sent.", shapes.EmailVerificationJson)},
        errors=(404, 409, 422, 429),
    )
    def create_verification(self, request: Request) -> HttpResponse:
        body = parse(request, shapes.EmailVerificationRequest, error=BAD_BODY)
        has_account = verification_start(
            email=normalized(body.email),
            user_id=body.user_id,
            require_user=body.require_user,
            require_no_user=body.require_no_user,
            send_pin=not settings.LOCAL_MODE,
            network=network_of(request._request),
        )
        value: shapes.EmailVerificationJson = {
            "hasAccount": has_account,
            "isLocalMode": settings.LOCAL_MODE,
        }
        return answer(value)

    @describes(
        "checkEmailPin",
        "Accounts",
        "Verify the PIN previously emailed to the user.",
        body=shapes.CheckPinRequest,
        returns={200: "PIN verified."},
        errors=(404, 422, 429),
    )
    def check_pin(self, request: Request) -> HttpResponse:
        body = parse(request, shapes.CheckPinRequest, error=BAD_BODY)
        pin_check(email=normalized(body.email), pin=body.pin, network=network_of(request._request))
        return answer()

    @describes(
        "signIn",
        "Accounts",
        "Authenticate by a PIN or a sign-in code, and issue a token.",
        body=shapes.SignInRequest,
        returns={200: Answer("Signed in successfully.", SessionJson)},
        errors=(401, 404, 422, 429),
    )
    def sign_in(self, request: Request) -> HttpResponse:
        body = parse(request, shapes.SignInRequest, error=BAD_BODY)
        network = network_of(request._request)
        if body.is_sign_in_code:
            return _session(sign_in_by_code(code=body.pin, network=network))
        email = normalized(body.email)
        return _session(sign_in(email=email, pin=_pin(body.pin), network=network))

    @describes(
        "createAccount",
        "Accounts",
        "Register a new account, and issue a token.",
        body=shapes.CreateAccountRequest,
        returns={201: Answer("Account created.", SessionJson)},
        errors=(401, 404, 409, 422, 429),
    )
    def create(self, request: Request) -> HttpResponse:
        body = parse(request, shapes.CreateAccountRequest, error=BAD_BODY)
        session = sign_up(
            email=normalized(body.email),
            name=body.user_name,
            pin=_pin(body.pin),
            network=network_of(request._request),
        )
        return _session(session, status=201)


class SignInCodeViewSet(ApiViewSet):
    @describes(
        "createSignInCode",
        "Accounts",
        "Issue a single-use sign-in code.",
        returns={200: Answer("The code.", text="x7Yp2Q")},
        errors=(429,),
    )
    def create(self, request: Request) -> HttpResponse:
        auth = auth_of(request)
        network = network_of(request._request)
        code = code_create(user=auth.user, org_id=auth.org.id, network=network)
        audit_record(Action.SIGN_IN_CODE_MADE, org_id=auth.org.id)
        return text(code)


class SignOutViewSet(ApiViewSet):
    authentication_classes = (UserAuthentication,)

    @describes("signOut", "Accounts", "Revoke the token.", returns={200: "Signed out."})
    def create(self, request: Request) -> HttpResponse:
        token = user_auth_of(request).token
        token_revoke(token=token)
        audit_record(Action.SIGNED_OUT, kind="token", target_id=token.id)
        return answer()


def _pin(pin: str) -> str | None:
    """The PIN to be checked; local mode asks for none."""
    return None if settings.LOCAL_MODE else pin


def _session(session: Session, *, status: int = 200) -> HttpResponse:
    value = session_json(
        user=session.user,
        token=session.token,
        orgs=session.orgs,
        local_mode=settings.LOCAL_MODE,
    )
    return answer(value, status=status)
