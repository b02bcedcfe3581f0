"""What a user reads when a model failed: `outer: inner: detail`, as the CLI cuts it."""

CUT = {
    "length": "The model reached the limit of its output here, so the reply may be incomplete.",
    "content_filter": "The provider's content filter ended the reply here.",
}
"""What is said at the end of a reply that ended so, by its finish reason."""


def inactive(provider: str, model: str) -> str:
    return f"stream timeout due to inactivity: The AI model ({provider}/{model}) is not responding"


def broken_off(model: str, error: str, *, received_text: bool) -> str:
    """The connection failed or ended early."""
    what = "stopped responding" if received_text else "didn't respond"
    return f"The AI model ({model}) {what}: {error}"


def error_chunk(provider: str, model: str, code: int, msg: str) -> str:
    """The provider sent an error inside its stream."""
    return f"The AI model ({provider}/{model}) stopped streaming with error code {code}: {msg}"


def error_finish(provider: str, model: str) -> str:
    """The stream ended with the finish reason `error`."""
    return f"The AI model ({provider}/{model}) stopped streaming with an error status"
