"""Why a request about models cannot be carried out. Services turn these into HTTP answers."""


class Refused(ValueError):
    """The request is understood and refused; `status` is the HTTP status it deserves."""

    def __init__(self, msg: str, status: int = 422) -> None:
        super().__init__(msg)
        self.msg = msg
        self.status = status


class BadShape(ValueError):
    """The JSON does not have the expected shape."""
