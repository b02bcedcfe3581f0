"""What an `Authorization` header holds: a token, and in the CLI's envelope also its org."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from orgs.errors import BadAuthHeader, NoAuthHeader
from plandex_server.api.body import Body, convert
from plandex_server.api.ids import canonical_id
from plandex_server.errors import BadRequest

ORG_HEADER = "X-Org-Id"


@dataclass(frozen=True, slots=True)
class Credentials:
    """`org_id` is None where the client may leave the choice to the server, `""` where the CLI
    has none yet. `org_hash` is what the CLI remembers of the org (empty for other clients)."""

    token: str
    org_id: str | None
    org_hash: str = ""


class _Envelope(Body):
    token: str = ""
    org_id: str = ""
    hash: str = ""


def credentials_of(headers: Mapping[str, str]) -> Credentials:
    header = headers.get("Authorization", "").strip()
    if not header:
        raise NoAuthHeader("no auth header")
    scheme, _, value = header.partition(" ")
    value = value.strip()
    if scheme.lower() != "bearer" or not value:
        raise BadAuthHeader("error getting auth header: it must be `Bearer <token>`")
    if "." in value or canonical_id(value):  # a JWT, or an opaque token on its own
        return Credentials(token=value, org_id=headers.get(ORG_HEADER, "").strip() or None)
    envelope = _opened(value)
    return Credentials(envelope.token, envelope.org_id, envelope.hash)


def known_org_hash(name: str, *, integrated_models_mode: bool) -> str:
    """The hash by which the CLI says what it remembers of an org (which is never a trial here)."""
    known = f"{name}||false||{'true' if integrated_models_mode else 'false'}"
    return hashlib.sha256(known.encode()).hexdigest()


def _opened(value: str) -> _Envelope:
    """The envelope; base64 of either alphabet, with or without padding."""
    text = value.rstrip("=").replace("+", "-").replace("/", "_")
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return convert(msgspec.json.decode(raw), _Envelope)
    except (binascii.Error, ValueError, msgspec.DecodeError, RecursionError, BadRequest):
        raise BadAuthHeader("error getting auth header: it can't be decoded") from None
