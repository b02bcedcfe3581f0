from plandex_server.errors import BadRequest, NotFound


class ContextRefused(BadRequest):
    """What was sent can't be held as context: too large, too many, or not what it says it is."""

    code = "context_refused"


class ContextNotFound(NotFound):
    code = "context_not_found"

    def __init__(self, msg: str = "Context not found") -> None:
        super().__init__(msg)
