"""Things to load, as the CLI sends them."""

import base64
import hashlib
import struct
from typing import Any

from plans.models import Plan


def context_url(plan: Plan, branch: str = "main") -> str:
    return f"/plans/{plan.id}/{branch}/context"


def a_file(path: str = "a.py", body: str = "print(1)\n", **more: Any) -> dict[str, Any]:
    return {
        "contextType": "file",
        "name": path,
        "file_path": path,
        "body": body,
        "url": "",
        "forceSkipIgnore": False,
        "imageDetail": "",
        "autoLoaded": False,
        "inputShas": None,
        "inputTokens": None,
        "inputSizes": None,
        "mapBodies": None,
        "apiKeys": None,
        "authVars": None,
        "openAIBase": "",
        "openAIOrgId": "",
        "sessionId": "",
    } | more


def a_note(body: str = "Use tabs, never spaces.", **more: Any) -> dict[str, Any]:
    return a_file("", body, contextType="note", apiKeys={"OPENAI_API_KEY": "sk-test"}) | more


def piped(body: str = "one two\nthree\n", **more: Any) -> dict[str, Any]:
    return a_note(body, contextType="piped data") | more


def a_tree(path: str = "src", body: str = "src/a.py\nsrc/b.py", **more: Any) -> dict[str, Any]:
    return a_file(path, body, contextType="directory tree") | more


def a_page(url: str = "https://example.com", body: str = "Welcome", **more: Any) -> dict[str, Any]:
    return a_file("", body, contextType="url", url=url, name=url) | more


def an_image(path: str = "a.png", body: str | None = None, **more: Any) -> dict[str, Any]:
    body = png(64, 64) if body is None else body
    return a_file(path, body, contextType="image", imageDetail="high") | more


def a_map(path: str = ".", parts: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    parts = {"b.go": "func b()\n", "a.py": ""} if parts is None else parts
    name = {".": "cwd", "..": "parent"}.get(path, path)
    return a_file(path, "", contextType="map", name=name) | map_parts(parts) | more


def map_parts(parts: dict[str, str]) -> dict[str, Any]:
    """The four objects of a map request; a file's token count is the length of its path."""
    return {
        "mapBodies": parts,
        "inputShas": {path: sha(path) for path in parts},
        "inputTokens": {path: len(path) for path in parts},
        "inputSizes": {path: 10 * len(path) for path in parts},
    }


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def png(width: int, height: int) -> str:
    header = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)
    return base64.b64encode(header + b"\x08\x02\x00\x00\x00").decode()
