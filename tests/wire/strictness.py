"""What the CLI demands of an answer."""

from collections.abc import Mapping

# The CLI re-sends any request, a tell too, after these.
_RETRIED = frozenset({502, 503, 504})


def check_reply(
    method: str, path: str, status: int, headers: Mapping[str, str], body: bytes
) -> None:
    assert status not in _RETRIED, f"{method} {path}: the CLI re-sends its request after {status}"
