"""Anthropic's client for Bedrock, signed by botocore with the keys of the request. Import it
through `pool.imported`: the SDK takes a second to load.

The SDK itself would sign with boto3, which looks for keys in the server's own environment, files
and metadata service as well.
"""

import logging
from collections.abc import Generator
from typing import Any

import httpx2
from anthropic import AsyncAnthropicBedrock
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from models_config.logic.credentials import ProviderChoice
from models_config.logic.provider_auth import HasAuth

SERVICE = "bedrock"
_PLACEHOLDER = "replaced-by-the-signature"


# At DEBUG it writes what it signs, the session token among it.
logging.getLogger("botocore.auth").setLevel(logging.INFO)


class _Signature(httpx2.Auth):
    requires_request_body = True

    def __init__(self, keys: Credentials, region: str) -> None:
        self._signer = SigV4Auth(keys, SERVICE, region)

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        signed = AWSRequest(request.method, str(request.url), data=request.content)
        self._signer.add_auth(signed)
        request.headers.update(dict(signed.headers.items()))
        yield request


class _SignedBedrock(AsyncAnthropicBedrock):
    signature: httpx2.Auth

    @property
    def custom_auth(self) -> httpx2.Auth | None:
        return self.signature


def signing_client(choice: ProviderChoice, common: dict[str, Any]) -> AsyncAnthropicBedrock:
    """A client that signs with the choice's credentials, for one request."""
    region = choice.auth.extra["AWS_REGION"]
    # With a key of its own the SDK does not ask for boto3.
    client = _SignedBedrock(api_key=_PLACEHOLDER, aws_region=region, **common)
    client.signature = signature_of(choice)
    return client


def signature_of(choice: HasAuth) -> httpx2.Auth:
    """Signs requests with the choice's credentials."""
    extra = choice.auth.extra
    keys = Credentials(
        extra["AWS_ACCESS_KEY_ID"].strip(),
        extra["AWS_SECRET_ACCESS_KEY"].strip(),
        extra.get("AWS_SESSION_TOKEN", "").strip() or None,
    )
    return _Signature(keys, extra["AWS_REGION"])
