"""Anthropic's client for Bedrock with our own signature. Import it through `pool.imported`: the SDK
takes a second to load."""

from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any

import httpx2
from anthropic import AsyncAnthropicBedrock

from execution.clients.aws_signing import AwsKeys, signed_headers
from models_config.logic.credentials import ProviderChoice

SERVICE = "bedrock"
_PLACEHOLDER = "replaced-by-the-signature"


class _Signature(httpx2.Auth):
    requires_request_body = True

    def __init__(self, keys: AwsKeys, region: str) -> None:
        self._keys = keys
        self._region = region

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        request.headers.update(
            signed_headers(
                method=request.method,
                url=str(request.url),
                body=request.content,
                keys=self._keys,
                region=self._region,
                service=SERVICE,
                now=datetime.now(UTC),
            )
        )
        yield request


class _SignedBedrock(AsyncAnthropicBedrock):
    signature: _Signature

    @property
    def custom_auth(self) -> httpx2.Auth | None:
        return self.signature


def signing_client(choice: ProviderChoice, common: dict[str, Any]) -> AsyncAnthropicBedrock:
    """A client that signs with the choice's credentials, for one request."""
    extra = choice.auth.extra
    region = extra["AWS_REGION"]
    # With a key of its own the SDK does not ask for boto3.
    client = _SignedBedrock(api_key=_PLACEHOLDER, aws_region=region, **common)
    keys = AwsKeys(
        access_key=extra["AWS_ACCESS_KEY_ID"].strip(),
        secret_key=extra["AWS_SECRET_ACCESS_KEY"].strip(),
        session_token=extra.get("AWS_SESSION_TOKEN", "").strip(),
    )
    client.signature = _Signature(keys, region)
    return client
