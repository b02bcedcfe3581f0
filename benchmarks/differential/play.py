"""Makes the same call to two servers, in the CLI's dialect."""

import base64
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.differential.compare import Answer, differences

Body = object
"""What is sent as JSON: bytes as they are; a function gets what earlier answers held."""
SETTLED_S = 2.0
"""The reference stores a reply's rest after its stream has ended."""
FINISHED = b'{"type":"finished"}'


@dataclass
class Side:
    """One of the servers, and what its answers have named so far."""

    base: str
    known: dict[str, Any] = field(default_factory=dict)
    token: str = ""
    org_id: str = ""

    def call(self, method: str, path: str, body: Body = None) -> Answer:
        if callable(body):
            body = body(self.known)
        data = body if isinstance(body, bytes) else None
        if data is None and body is not None:
            data = json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + path.format_map(self.known), data, self._headers(), method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Answer(response.status, response.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode())

    def tell(self, path: str, body: Body) -> None:
        """A reply to its end. The reference leaves it to the client to close the connection."""
        request = urllib.request.Request(
            self.base + path.format_map(self.known),
            json.dumps(body).encode(),
            self._headers(),
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            data = b""
            while FINISHED not in data:
                received = response.read1(65536)
                if not received:
                    raise SystemExit(f"{self.base}: the stream ended early: {data[-300:]!r}")
                data += received
        time.sleep(SETTLED_S)

    def _headers(self) -> dict[str, str]:
        headers = {"X-Client-Version": "2.2.1", "Content-Type": "application/json"}
        if self.token:
            content = {"token": self.token, "orgId": self.org_id, "hash": ""}
            packed = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
            headers["Authorization"] = f"Bearer {packed}"
        return headers


Pick = Callable[[Any], Mapping[str, Any]]


@dataclass
class Play:
    """Collects what the answers differ in, as `METHOD /path (situation): what`."""

    reference: Side
    ours: Side
    found: list[str] = field(default_factory=list)
    calls: int = 0
    called: set[tuple[str, str]] = field(default_factory=set)
    """Methods and paths, the latter with the names of their parts."""

    def call(
        self,
        method: str,
        path: str,
        body: Body = None,
        *,
        situation: str = "",
        keep: Pick | None = None,
    ) -> None:
        """`keep` picks what later calls need from the answer."""
        answers = [side.call(method, path, body) for side in (self.reference, self.ours)]
        self.calls += 1
        self.called.add((method, path.partition("?")[0]))
        where = f"{method} {path.partition('?')[0]}{f' ({situation})' if situation else ''}"
        for line in differences(*answers):
            self.found.append(f"{where}: {line.strip()}")
        if keep is not None:
            for side, answer in zip((self.reference, self.ours), answers, strict=True):
                if answer.status >= 400:
                    raise SystemExit(f"{side.base}: {where}: {answer.status} {answer.text}")
                side.known |= keep(answer.value)

    def tell(self, path: str, body: Body) -> None:
        self.called.add(("POST", path))
        for side in (self.reference, self.ours):
            side.tell(path, body)


def listed(table: str) -> list[str]:
    """The differences from the Go server that the decision's table lists."""
    return re.findall(r"^\| `([^`]+)` \| Go server \|", table, re.MULTILINE)


def unlisted(found: list[str], patterns: list[str]) -> Iterator[str]:
    """What no pattern covers; a `*` stands for anything."""
    compiled = [re.compile(".*".join(map(re.escape, one.split("*")))) for one in patterns]
    for line in dict.fromkeys(found):
        if not any(pattern.fullmatch(line) for pattern in compiled):
            yield line


def unused(found: list[str], patterns: list[str]) -> Iterator[str]:
    for pattern in patterns:
        if len(list(unlisted(found, [pattern]))) == len(dict.fromkeys(found)):
            yield pattern


def not_called(
    called: set[tuple[str, str]], operations: Sequence[Mapping[str, str]]
) -> Iterator[str]:
    """The ids of the specification's operations that no call was made for."""
    for operation in operations:
        parts = re.split(r"{\w+}", operation["path"])
        pattern = re.compile("[^/]+".join(map(re.escape, parts)))
        fixed = {one["path"] for one in operations if one["method"] == operation["method"]}
        if not any(
            method == operation["method"]
            and pattern.fullmatch(path)
            and (path == operation["path"] or path not in fixed)
            for method, path in called
        ):
            yield operation["operationId"]
