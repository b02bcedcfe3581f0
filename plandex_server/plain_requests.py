"""Requests whose bodies are left to the views.

Twisted looks into each body that is posted for a form, for which it reads the content type with
the parser of mails: as long as the rest of reading a small request. Nobody asks it for the form.
"""

from typing import Any

from daphne import http_protocol


class PlainRequest(http_protocol.WebRequest):  # type: ignore[misc]  # Daphne has no types
    def __init__(self, *channel: Any) -> None:
        super().__init__(*channel, parsePOSTFormSubmission=False)


def leave_bodies() -> None:
    """Makes this process's server serve its connections so."""
    http_protocol.WebRequest = PlainRequest
