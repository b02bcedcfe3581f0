"""A model provider that answers from a script: OpenAI's streaming protocol on this machine.

The role is the model's name (`test-coder`). Each request of a role takes its next answer; a role
without any left gives its usual one.
"""

import json
import re
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE_S = 40.0
PIECE = re.compile(r".{1,12}", re.DOTALL)
USUAL = {
    "names": "<planName>named-by-model</planName><name>a note</name>",
    "commit-messages": "<commitMsg>Change some files</commitMsg>",
    "auto-continue": "<subtaskStatus><reasoning>It is done.</reasoning>"
    "<subtaskFinished>true</subtaskFinished></subtaskStatus>",
    "summarizer": "## Summary of the plan so far:\n\nFiles were changed.",
    "architect": "No file is needed.\n\n<PlandexFinish/>",
    "builder": "<PlandexCorrect/>",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer that is an error."""

    status: int


class Pause:
    """Put between two parts of an answer: the model is silent until `go_on`, or the client is
    gone."""

    def __init__(self) -> None:
        self._reached, self._go_on = threading.Event(), threading.Event()

    def wait_reached(self) -> None:
        assert self._reached.wait(PATIENCE_S), "no model was asked that far"

    def go_on(self) -> None:
        self._go_on.set()

    def hold(self) -> None:
        self._reached.set()
        assert self._go_on.wait(PATIENCE_S), "nobody let the model go on"


Part = str | Pause | Failure


class Asked:
    """The prompts that the models were sent, all their messages as JSON."""

    def __init__(self) -> None:
        self._prompts: dict[str, list[str]] = defaultdict(list)
        self.keys: list[str] = []

    def add(self, role: str, prompt: str) -> None:
        self._prompts[role].append(prompt)

    def of(self, role: str) -> list[str]:
        return list(self._prompts[role])


class ModelServer:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[str, deque[tuple[Part, ...]]] = defaultdict(deque)
        self.asked = Asked()
        handler = type("Handler", (_Handler,), {"models": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def queue(self, role: str, *parts: Part) -> None:
        """One more answer of a role."""
        with self._lock:
            self._answers[role].append(parts)

    def forget(self) -> None:
        """For the next test: nothing is queued, nothing was asked."""
        with self._lock:
            self._answers.clear()
            self.asked = Asked()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, request: dict[str, Any]) -> tuple[Part, ...]:
        role = str(request["model"]).removeprefix("test-")
        with self._lock:
            self.asked.add(role, json.dumps(request["messages"], ensure_ascii=False))
            if self._answers[role]:
                return self._answers[role].popleft()
        return (USUAL.get(role, "Done.\n\n<PlandexFinish/>"),)


class _Handler(BaseHTTPRequestHandler):
    models: ModelServer
    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        with suppress(ConnectionError):  # the client has stopped the reply, or has ended
            super().handle()

    def do_POST(self) -> None:
        self.models.asked.keys.append(self.headers.get("Authorization", ""))
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        parts = self.models.take(request)
        if isinstance(parts[0], Failure):
            self._fail(parts[0].status)
        elif request.get("stream"):
            self._stream(parts, request.get("stop") or [])
        else:
            self._whole(parts)

    def _fail(self, status: int) -> None:
        self._json(
            status, {"error": {"message": f"The model has failure {status}.", "code": status}}
        )

    def _whole(self, parts: tuple[Part, ...]) -> None:
        text = "".join(part for part in parts if isinstance(part, str))
        message = {"role": "assistant", "content": text}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        self._json(200, {"object": "chat.completion", "choices": choices, "usage": _usage(text)})

    def _json(self, status: int, answer: dict[str, Any]) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, parts: tuple[Part, ...], stop: list[str]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in _pieces(parts, stop):
            self._chunk({"content": piece})
        self._chunk({}, finish="stop")
        self._write(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, delta: dict[str, str], finish: str | None = None) -> None:
        chunk: dict[str, Any] = {
            "object": "chat.completion.chunk",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }
        if finish:
            chunk["usage"] = _usage("")
        self._write(b"data: " + json.dumps(chunk).encode() + b"\n\n")

    def _write(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: tests read what was asked."""


def _pieces(parts: tuple[Part, ...], stop: list[str]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Pause):
            part.hold()
        elif isinstance(part, str):
            text = part
            for sequence in stop:
                text = text.partition(sequence)[0]
            yield from PIECE.findall(text)


def _usage(text: str) -> dict[str, int]:
    return {"prompt_tokens": 100, "completion_tokens": len(text) // 4 + 1, "total_tokens": 101}
