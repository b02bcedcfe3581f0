"""Writers that keep a server busy, and witnesses among them whose order of writes is known."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from benchmarks.world import World, tell_body

AGAIN_S = 0.2


@dataclass(slots=True)
class Witness:
    """Somebody who makes one numbered change after the other: number n is only begun when the
    server has confirmed n - 1. Which number a copy holds says from when it may be."""

    kind: str
    place: str
    began: list[float] = field(default_factory=list)
    confirmed: list[float] = field(default_factory=list)

    def moments(self, seen: int) -> tuple[float, float]:
        """When the change `seen` was the last one, at the widest; 0 is none yet."""
        first = self.began[seen - 1] if seen else 0.0
        return first, self.confirmed[seen] if seen < len(self.confirmed) else float("inf")


class Load:
    """`tellers` tell on plans of their own, one run after another; three kinds of witnesses write
    at the same time, if `are_watched`: who restarts processes cuts their connections, and
    what was on its way then has no number. Tellers ask again."""

    def __init__(
        self,
        bases: list[str],
        models_url: str,
        *,
        tellers: int,
        key: str = "",
        are_watched: bool = True,
    ) -> None:
        self._bases, self._key = bases, key
        self.world = World(bases[0])
        self.world.sign_in(models_url, key_variable="CARE_API_KEY" if key else "")
        project = self.world.call("POST", "/projects", {"name": "care"})["id"]
        self._over = threading.Event()
        self.ends: Counter[str] = Counter()
        self.errors: list[str] = []
        plans = [
            self.world.call("POST", f"/projects/{project}/plans", {"name": f"care {n}"})["id"]
            for n in range(tellers + 4)
        ]
        self.witnesses = [
            Witness("note", plans[0]),
            Witness("note", plans[1]),
            Witness("rename", plans[2]),
            Witness("rename", plans[3]),
            Witness("project", "witness-a"),
            Witness("project", "witness-b"),
        ]
        watched = self.witnesses if are_watched else []
        works = [partial(self._witness, one) for one in watched]
        works += [partial(self._teller, number, plan) for number, plan in enumerate(plans[4:])]
        self._threads = [threading.Thread(target=work, daemon=True) for work in works]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Runs that have begun come to their end."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _witness(self, one: Witness) -> None:
        with self._connection(len(one.place)) as connection:
            number = 0
            while not self._over.wait(0.02):
                number += 1
                method, path, body = _change(one, number)
                one.began.append(time.time())
                status, text = _sent(connection, method, path, body, self.world.headers)
                if status >= 400:
                    self.errors.append(f"{method} {path}: {status} {text[:200]}")
                    return
                one.confirmed.append(time.time())

    def _teller(self, number: int, plan: str) -> None:
        count = 0
        while not self._over.is_set():
            count += 1
            files = count % 2 == 0
            prompt = "script:files" if files else "script:clock"
            body = tell_body(prompt, chat=not files) | {
                "connectStream": False,
                "authVars": {"CARE_API_KEY": self._key} if self._key else {},
            }
            self._told(plan, body, (number + count) % len(self._bases))

    def _told(self, plan: str, body: dict[str, object], turn: int) -> None:
        """One run, from asking for it to its end."""
        headers = {**self.world.headers, "Idempotency-Key": f"{plan}-{time.time()}"}
        try:
            with self._connection(turn) as connection:
                path = f"/plans/{plan}/main/tell"
                status, text = _sent(connection, "POST", path, body, headers)
                if status >= 400:
                    self.errors.append(f"tell: {status} {text[:200]}")
                    return
        except (OSError, http.client.HTTPException):
            return  # its process is being restarted: the next one is asked of another
        self.ends[self._end_of(plan, turn)] += 1

    def _end_of(self, plan: str, turn: int) -> str:
        while True:
            try:
                with self._connection(turn) as connection:
                    path = f"/plans/{plan}/main/status"
                    headers = {"Authorization": self.world.headers["Authorization"]}
                    _, text = _sent(connection, "GET", path, None, headers)
                state = json.loads(text)
                if state["finishedAt"]:
                    if state["error"]:
                        self.errors.append(f"run {state['runId']}: {state['error']}")
                    return str(state["status"])
            except (OSError, http.client.HTTPException, ValueError):
                turn = (turn + 1) % len(self._bases)
            time.sleep(AGAIN_S)

    @contextmanager
    def _connection(self, turn: int) -> Iterator[http.client.HTTPConnection]:
        address = self._bases[turn % len(self._bases)].removeprefix("http://")
        connection = http.client.HTTPConnection(address, timeout=60)
        try:
            yield connection
        finally:
            connection.close()


def _change(one: Witness, number: int) -> tuple[str, str, object]:
    if one.kind == "note":
        note = {"contextType": "note", "name": f"w-{number}", "body": f"w-{number} " * 20}
        return "POST", f"/plans/{one.place}/main/context", [note]
    if one.kind == "rename":
        return "PATCH", f"/plans/{one.place}/rename", {"name": f"w-{number}"}
    return "POST", "/projects", {"name": f"{one.place}-{number}"}


def _sent(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: object,
    headers: dict[str, str],
) -> tuple[int, str]:
    data = None if body is None else json.dumps(body)
    connection.request(method, path, data, headers)
    response = connection.getresponse()
    return response.status, response.read().decode("utf-8", "replace")
