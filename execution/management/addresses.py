"""Where a server may listen, looked at before anything is set up."""

import ipaddress
import socket

from django.conf import settings
from django.core.management.base import CommandError


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_host(host: str) -> None:
    if settings.LOCAL_MODE and not is_loopback(host):
        raise CommandError(
            f"Local mode lets everybody sign in, so it serves only on this machine. Set HOST to "
            f"127.0.0.1 instead of {host}, or LOCAL_MODE=0."
        )


def check_address(host: str, port: int) -> None:
    """Daphne only logs that it could not listen, and ends as if all was well."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the server will: connections of one that has just ended are no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except OSError as error:
        raise CommandError(
            f"Nothing can listen on {host}:{port}: {error.strerror}. Set HOST or PORT."
        ) from None
