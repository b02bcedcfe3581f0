"""Where connections to providers may lead: each address is asked when a socket to it is made, so
that neither a name that resolves anew nor a redirect leads past the rules."""

import errno
import socket
from collections.abc import Collection
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from models_config.logic.addresses import address_problem


class AddressRefused(OSError):
    """The server does not connect to this address."""

    def __init__(self, problem: str) -> None:
        super().__init__(errno.EACCES, problem)
        self.problem = problem


def socket_make(address_info: Any) -> socket.socket:
    """A socket for one address that a name resolved to; raises `AddressRefused`."""
    family, kind, proto, _, place = address_info
    host, port = place[:2]
    is_ours = (host, port) in _operators_own()
    problem = address_problem(
        host, forbid_private=settings.FORBID_PRIVATE_PROVIDERS and not is_ours
    )
    if problem:
        raise AddressRefused(problem)
    made = socket.socket(family=family, type=kind, proto=proto)
    made.setblocking(False)
    return made


@cache
def _operators_own() -> Collection[tuple[str, int]]:
    """Where the server's own configuration says that local models run: allowed in any case. Call it
    first from a thread: it asks for names."""
    parts = urlsplit(settings.OLLAMA_BASE_URL)
    if not parts.hostname:
        return ()
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except OSError:
        return ()
    return {(str(place[0]), port) for *_, place in found}


def warm_up() -> None:
    _operators_own()
