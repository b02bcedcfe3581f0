"""Who and what a piece of work is done for: known from the request, told to the audit log."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum

from django.http import HttpRequest

from plandex_server.api.dialect import Dialect, dialect_of
from plandex_server.api.network import network_of


class Via(StrEnum):
    CLI = "cli"
    API = "api"
    ADMIN = "admin"
    COMMAND = "command"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Origin:
    """`actor_id` is empty where nobody has signed in: the server by itself, or its operator by a
    command."""

    via: Via = Via.SERVER
    network: str = ""
    actor_id: str = ""
    actor: str = ""


_current: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039  # it is frozen


def current_origin() -> Origin:
    return _current.get()


def origin_of(request: HttpRequest, *, via: Via | None = None) -> Origin:
    if via is None:
        via = Via.CLI if dialect_of(request.headers) is Dialect.CLI else Via.API
    return Origin(via=via, network=network_of(request))


@contextmanager
def origin(found: Origin) -> Iterator[None]:
    """Everything within is done for this origin."""
    token = _current.set(found)
    try:
        yield
    finally:
        _current.reset(token)


def origin_is_by(actor_id: str, actor: str) -> None:
    """Names the person, once it is known who sends the request."""
    _current.set(replace(_current.get(), actor_id=actor_id, actor=actor))
