"""The headers of a connection that no view has made a request of yet."""

from collections.abc import Iterable

from django.http.request import HttpHeaders


def headers_environ(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """ASGI's headers under the names that `HttpHeaders` takes them from."""
    return {
        f"HTTP_{name.decode('latin1').upper().replace('-', '_')}": value.decode("latin1")
        for name, value in headers
    }


def headers_of(headers: Iterable[tuple[bytes, bytes]]) -> HttpHeaders:
    return HttpHeaders(headers_environ(headers))
