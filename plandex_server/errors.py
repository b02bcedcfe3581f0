"""Errors that a client may see. Each app subclasses them in its own `errors.py`.

The message is one sentence for a person: what happened, what to do. It never holds a key, a
prompt or the text of a file.
"""

from collections.abc import Mapping


class ApiError(Exception):
    """An answer of 4xx or 5xx.

    `type` is the CLI's error type; only the types of `CLI_JSON_TYPES` reach it as JSON, because
    any other JSON error ends the CLI's process on the spot. `code` is the reason that the API
    dialect names in `details`. `ends_cli` marks those that shall end it: it prints the message
    and nothing else.
    """

    status = 500
    type = "other"
    code = "internal_error"
    ends_cli = False

    def __init__(self, msg: str, *, details: Mapping[str, object] | None = None) -> None:
        super().__init__(msg)
        self.msg = msg
        self.details = dict(details or {})


CLI_JSON_TYPES = frozenset(
    {"invalid_token", "auth_outdated", "trial_action_not_allowed", "continue_no_messages"}
)


class BadRequest(ApiError):
    status = 400
    code = "bad_request"


class Unauthorized(ApiError):
    status = 401
    code = "unauthorized"


class InvalidToken(Unauthorized):
    """The CLI answers this by signing in again and repeating its call, without a limit."""

    type = "invalid_token"
    code = "invalid_token"


class Forbidden(ApiError):
    status = 403
    code = "forbidden"


class NotFound(ApiError):
    status = 404
    code = "not_found"


class MethodNotAllowed(ApiError):
    status = 405
    code = "method_not_allowed"


class Conflict(ApiError):
    status = 409
    code = "conflict"


class TooLarge(ApiError):
    status = 413
    code = "too_large"


class Unprocessable(ApiError):
    status = 422
    code = "unprocessable"


class TooManyRequests(ApiError):
    status = 429
    code = "too_many_requests"
