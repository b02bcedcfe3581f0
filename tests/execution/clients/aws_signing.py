"""AWS Signature Version 4, written from its documentation: what a request's should be."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl, quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class AwsKeys:
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)


def signed_headers(
    *,
    method: str,
    url: str,
    body: bytes,
    keys: AwsKeys,
    region: str,
    service: str,
    now: datetime,
    extra: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The headers to add to a request; `extra` are others that the signature is to cover.

    `url` must be exactly as it is sent, and `now` is in UTC.
    """
    parts = urlsplit(url)
    headers = {"host": parts.netloc, "x-amz-date": now.strftime("%Y%m%dT%H%M%SZ")}
    if keys.session_token:
        headers["x-amz-security-token"] = keys.session_token
    covered = headers | {name.lower(): value for name, value in (extra or {}).items()}
    names = ";".join(sorted(covered))
    canonical = "\n".join(
        (
            method.upper(),
            # Encoded once more than it is sent: so do all services but S3.
            quote(parts.path or "/", safe="/-_.~"),
            _canonical_query(parts.query),
            "".join(f"{name}:{' '.join(covered[name].split())}\n" for name in sorted(covered)),
            names,
            hashlib.sha256(body).hexdigest(),
        )
    )
    day = now.strftime("%Y%m%d")
    scope = f"{day}/{region}/{service}/aws4_request"
    to_sign = "\n".join(
        (ALGORITHM, headers["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest())
    )
    key = f"AWS4{keys.secret_key}".encode()
    for step in (day, region, service, "aws4_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    headers["authorization"] = (
        f"{ALGORITHM} Credential={keys.access_key}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    return headers


def _canonical_query(query: str) -> str:
    pairs = sorted(
        (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
        for name, value in parse_qsl(query, keep_blank_values=True)
    )
    return "&".join(f"{name}={value}" for name, value in pairs)
