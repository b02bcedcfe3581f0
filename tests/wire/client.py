"""Test clients: one that refuses whatever the CLI would refuse, and one for the API dialect."""

import base64
import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import HttpResponseBase
from django.test import Client
from django.test.client import ClientHandler

from tests.wire.described import check_described
from tests.wire.strictness import check_reply

CLI_VERSION = "2.2.1"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def envelope(token: str, org_id: str = "", org_name: str = "", *, integrated: bool = False) -> str:
    """The CLI's `Authorization` header."""
    known = f"{org_name}||false||{'true' if integrated else 'false'}"
    content = {
        "token": token,
        "orgId": org_id,
        "hash": hashlib.sha256(known.encode()).hexdigest(),
    }
    raw = json.dumps(content, separators=(",", ":")).encode()
    return "Bearer " + base64.urlsafe_b64encode(raw).decode()


@cache
def _handler() -> ClientHandler:
    """Kept, because to load the middleware looks through all static files."""
    return ClientHandler(enforce_csrf_checks=False)


def _django() -> Client:
    client = Client()
    client.handler = _handler()
    return client


@dataclass
class _Client(ABC):
    """`status` names the expected status; without it anything below 400 passes."""

    token: str = ""
    org_id: str = ""
    org_name: str = ""
    user_id: str = ""
    django: Client = field(default_factory=_django, repr=False)

    def get(self, path: str, *, status: int | None = None) -> Reply:
        return self.request("GET", path, status=status)

    def post(self, path: str, body: object = None, *, status: int | None = None) -> Reply:
        return self.request("POST", path, body, status=status)

    def put(self, path: str, body: object = None, *, status: int | None = None) -> Reply:
        return self.request("PUT", path, body, status=status)

    def patch(self, path: str, body: object = None, *, status: int | None = None) -> Reply:
        return self.request("PATCH", path, body, status=status)

    def delete(self, path: str, body: object = None, *, status: int | None = None) -> Reply:
        return self.request("DELETE", path, body, status=status)

    def request(
        self, method: str, path: str, body: object = None, *, status: int | None = None
    ) -> Reply:
        """Sends `body` as JSON; bytes go as they are, None sends none."""
        reply = self._sent(method, path, body)
        where = f"{method} {path} → {reply.status}: {reply.body[:500]!r}"
        assert reply.status < 400 if status is None else reply.status == status, where
        self._checked(method, path, reply, body)
        return reply

    def probe(self, method: str, path: str, body: object = None) -> Reply:
        """Sends what need not be sensible: any answer passes that is not the server's failure."""
        reply = self._sent(method, path, body)
        assert reply.status < 500, f"{method} {path[:200]} → {reply.status}: {reply.body[:500]!r}"
        self._checked(method, path, reply)
        return reply

    def opened(self, method: str, path: str, body: object = None) -> int:
        """The status of a stream that nobody watches, or of its refusal."""
        response = self._response(method, path, body)
        if response.streaming:
            return response.status_code
        reply = _reply(response)
        self._checked(method, path, reply)
        return reply.status

    def _sent(self, method: str, path: str, body: object) -> Reply:
        return _reply(self._response(method, path, body))

    def _response(self, method: str, path: str, body: object) -> HttpResponseBase:
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body)
        response: HttpResponseBase = self.django.generic(
            method,
            path,
            raw,
            content_type="application/json" if raw else "",
            headers=self.headers(),
        )
        return response

    def _checked(self, method: str, path: str, reply: Reply, body: object = None) -> None:
        self.check(method, path, reply, body)
        check_described(method, path, reply.status, reply.headers, reply.body)

    @abstractmethod
    def headers(self) -> dict[str, str]: ...

    @abstractmethod
    def check(self, method: str, path: str, reply: Reply, body: object) -> None: ...


@dataclass
class ApiClient(_Client):
    """Any other client: a bare JWT, its org in a header."""

    def headers(self) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return headers | ({"X-Org-Id": self.org_id} if self.org_id else {})

    def check(self, method: str, path: str, reply: Reply, body: object) -> None:
        if reply.status >= 400 and reply.body:
            assert set(reply.json) == {"code", "message", "details"}, reply.body


@dataclass
class StrictClient(_Client):
    """The CLI: its headers, its envelope, and its demands on every answer."""

    integrated: bool = False

    def headers(self) -> dict[str, str]:
        headers = {"X-Client-Version": CLI_VERSION, "Accept-Encoding": "gzip"}
        if self.token:
            headers["Authorization"] = envelope(
                self.token, self.org_id, self.org_name, integrated=self.integrated
            )
        return headers

    def check(self, method: str, path: str, reply: Reply, body: object) -> None:
        check_reply(method, path, reply.status, reply.headers, reply.body, body)

    @property
    def api(self) -> ApiClient:
        """The same user in the same org, in the API dialect."""
        return ApiClient(self.token, self.org_id, self.org_name, self.user_id)


def _reply(response: HttpResponseBase) -> Reply:
    body = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
    return Reply(response.status_code, dict(response.headers), body)
