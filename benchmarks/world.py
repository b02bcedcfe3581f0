"""A signed-in user of a server in local mode, for benchmarks: plain HTTP in the CLI's dialect."""

import base64
import http.client
import json
from typing import Any
from urllib.parse import urlparse

ROLES = {
    "planner": "planner",
    "coder": "coder",
    "contextLoader": "architect",
    "planSummary": "summarizer",
    "builder": "builder",
    "wholeFileBuilder": "whole-file-builder",
    "namer": "names",
    "commitMsg": "commit-messages",
    "execStatus": "auto-continue",
}
EMAIL = "local-admin@plandex.ai"


class World:
    """`call` fails loudly on every answer of 400 and above."""

    def __init__(self, base: str) -> None:
        url = urlparse(base)
        assert url.hostname, "the base is like http://127.0.0.1:8099"
        self.host, self.port = url.hostname, url.port or 80
        self.headers = {"X-Client-Version": "2.2.1", "Content-Type": "application/json"}
        self._connection = http.client.HTTPConnection(self.host, self.port, timeout=120)

    def close(self) -> None:
        self._connection.close()

    def call(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body)
        self._connection.request(method, path, data, self.headers)
        response = self._connection.getresponse()
        text = response.read()
        if response.status >= 400:
            raise SystemExit(f"{method} {path}: {response.status} {text[:300]!r}")
        try:
            return json.loads(text) if text else None
        except ValueError:
            return text.decode("utf-8", "replace")

    def sign_in(self, models_url: str, *, key_variable: str = "") -> None:
        """Signs in, makes an org if there is none, and a pack whose models are at `models_url`,
        which want a key if `key_variable` names one."""
        known = self.call("POST", "/accounts/email_verifications", {"email": EMAIL})
        if known["hasAccount"]:
            session = self.call("POST", "/accounts/sign_in", {"email": EMAIL, "pin": ""})
        else:
            account = {"email": EMAIL, "pin": "", "userName": "Bench"}
            session = self.call("POST", "/accounts", account)
        self._authorize(session["token"], "")
        orgs = session["orgs"] or []
        org = orgs[0]["id"] if orgs else self.call("POST", "/orgs", {"name": "Bench"})["id"]
        self._authorize(session["token"], org)
        self.call("POST", "/custom_models", _custom_models(models_url, key_variable))
        self.call("PUT", "/default_settings", {"modelPackName": "bench"})

    def _authorize(self, token: str, org: str) -> None:
        envelope = json.dumps({"token": token, "orgId": org, "hash": ""}).encode()
        self.headers["Authorization"] = "Bearer " + base64.urlsafe_b64encode(envelope).decode()


def _custom_models(url: str, key_variable: str) -> dict[str, Any]:
    models = [
        {
            "modelId": f"bench/{role}",
            "publisher": "bench",
            "description": role,
            "defaultMaxConvoTokens": 75_000,
            "maxTokens": 200_000,
            "maxOutputTokens": 64_000,
            "reservedOutputTokens": 8_000,
            "preferredOutputFormat": "xml",
            "providers": [
                {"provider": "custom", "customProvider": "bench", "modelName": f"bench-{role}"}
            ],
        }
        for role in ROLES.values()
    ]
    pack = {"name": "bench", "description": "", **{k: f"bench/{r}" for k, r in ROLES.items()}}
    access = {"apiKeyEnvVar": key_variable} if key_variable else {"skipAuth": True}
    provider = {"name": "bench", "baseUrl": url, **access}
    return {"models": models, "providers": [provider], "modelPacks": [pack]}


def tell_body(prompt: str, *, chat: bool) -> dict[str, Any]:
    return {
        "prompt": prompt,
        "buildMode": "none" if chat else "auto",
        "connectStream": True,
        "autoContinue": True,
        "isChatOnly": chat,
        "authVars": {},
        "projectPaths": {},
    }
