"""Stands between a CLI and a server, and keeps what passes, without secrets.

Tokens, PINs and what tells of this machine are replaced by names before anything is stored.
"""

import base64
import http.client
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypedDict
from urllib.parse import urlsplit

PASSED_ON = ("Authorization", "X-Client-Version", "Content-Type", "Idempotency-Key")
STREAMS = re.compile(r"(POST|PATCH) .*/(tell|build|connect)")


class Call(TypedDict):
    """`token` and `org` are what the CLI's envelope held; `body` and `answer` are JSON, or None."""

    method: str
    path: str
    token: str
    org: str
    body: Any
    status: int
    answer: Any


class Recorder:
    def __init__(self, target: str) -> None:
        self.target = urlsplit(target)
        self.calls: list[Call] = []
        self.lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"recorder": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def taken(self) -> list[Call]:
        """The calls since the last time."""
        with self.lock:
            calls, self.calls = self.calls, []
        return calls

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    recorder: Recorder
    protocol_version = "HTTP/1.1"

    def _pass(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        call = self._begun(body)
        target = self.recorder.target
        upstream = http.client.HTTPConnection(target.hostname or "", target.port, timeout=60)
        sent = {name: self.headers[name] for name in PASSED_ON if self.headers.get(name)}
        upstream.request(self.command, self.path, body or None, sent)
        response = upstream.getresponse()
        call["status"] = response.status
        if STREAMS.fullmatch(f"{self.command} {self.path}") and response.status == 200:
            self._stream(response)
        else:
            data = response.read()
            call["answer"] = _json(data)
            self._answer(response, data)
        upstream.close()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass

    def _begun(self, body: bytes) -> Call:
        envelope = _envelope(self.headers.get("Authorization") or "")
        call: Call = {
            "method": self.command,
            "path": self.path,
            "token": envelope.get("token", ""),
            "org": envelope.get("orgId", ""),
            "body": _json(body),
            "status": 0,
            "answer": None,
        }
        with self.recorder.lock:
            self.recorder.calls.append(call)
        return call

    def _answer(self, response: http.client.HTTPResponse, data: bytes) -> None:
        self.send_response(response.status)
        self.send_header("Content-Type", response.headers.get("Content-Type", ""))
        if response.status != 204:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, response: http.client.HTTPResponse) -> None:
        self.send_response(response.status)
        self.send_header("Content-Type", response.headers.get("Content-Type", ""))
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            while data := response.read1(65536):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        except ConnectionError:
            self.close_connection = True  # the CLI has what it wants

    def log_message(self, format: str, *args: object) -> None:
        pass


def _envelope(header: str) -> dict[str, str]:
    value = header.removeprefix("Bearer ")
    if not value:
        return {}
    found: dict[str, str] = json.loads(base64.urlsafe_b64decode(value))
    return found


def _json(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        return None


def scrubbed(calls: list[Call]) -> list[Call]:
    """The calls without tokens, PINs and the machine's description."""
    tokens: dict[str, str] = {}
    for call in calls:
        if isinstance(call["answer"], dict) and call["answer"].get("token"):
            tokens.setdefault(call["answer"]["token"], f"<token {len(tokens) + 1}>")
    text = json.dumps(calls)
    for token, name in tokens.items():
        text = text.replace(token, name)
    text = re.sub(r'"pin": "\w+"', '"pin": "<pin>"', text)
    text = re.sub(r'"osDetails": "(?:[^"\\]|\\.)*"', '"osDetails": ""', text)
    text = re.sub(r'"baseUrl": "http://127[^"]*"', '"baseUrl": "http://127.0.0.1:4000/v1"', text)
    cleaned: list[Call] = json.loads(text)
    return cleaned
