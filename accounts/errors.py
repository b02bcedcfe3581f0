"""What can go wrong at sign-in."""

from plandex_server.errors import BadRequest, Conflict, NotFound, TooManyRequests, Unauthorized


class BadEmail(BadRequest):
    code = "bad_email"


class UserNotFound(NotFound):
    code = "user_not_found"


class UserExists(Conflict):
    code = "user_exists"


class PinRefused(Unauthorized):
    """A PIN or sign-in code that is wrong, too old or used."""

    code = "pin_refused"


class PinNotFound(NotFound):
    code = "pin_refused"


class TooManyAttempts(TooManyRequests):
    code = "too_many_attempts"


class WeakPassword(BadRequest):
    code = "weak_password"


class LastSuperuser(Conflict):
    code = "last_superuser"
