"""Compares what is stored with what the model sent and the clients saw."""

import asyncio
import json
import os
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from redis import Redis

from benchmarks.faults.clients import ENDS, Seen
from benchmarks.faults.cluster import Cluster, Fault
from benchmarks.faults.model import CHUNK, Chunk, NotingModels

AROUND_S = 1.0
"""What a worker received so shortly before a fault may be lost."""


class Tested(Protocol):
    """A cluster that people worked with while something was done to it."""

    folder: Path
    database_url: str
    redis_url: str
    faults: list[Fault]

    @property
    def received(self) -> list[Chunk]: ...

    @property
    def logs(self) -> list[Path]: ...


@dataclass(slots=True)
class Stored:
    """A run as the database has it. `events` are those that clients are told of, by number."""

    run: str
    plan: str
    end: str
    error: str
    attempts: int
    status: str
    has_key: bool
    events: list[tuple[int, dict[str, Any]]]
    messages: list[str]


@dataclass(slots=True)
class Findings:
    """`chunks` were sent, `received` by a worker, `spared` so shortly before a fault that they may
    be lost."""

    runs: list[Stored]
    chunks: int
    received: int
    spared: int
    problems: list[str] = field(default_factory=list)

    def add(self, problems: Iterable[str]) -> None:
        self.problems += problems

    def report(self, cluster: Cluster, seen: Sequence[Seen], seconds: float) -> str:
        result = {
            "runs": len(self.runs),
            "seconds": round(seconds),
            "faults": Counter(f"{fault.victim} {fault.what}" for fault in cluster.faults),
            "ends": Counter(run.end for run in self.runs),
            "errors": Counter(run.error[:200] for run in self.runs if run.error),
            "attempts": Counter(run.attempts for run in self.runs),
            "chunks": self.chunks,
            "received": self.received,
            "within_a_second_before_a_fault": self.spared,
            "reconnects": sum(one.reconnects for one in seen),
            "clients": Counter(one.kind for one in seen),
            "refusals": Counter(refusal for one in seen for refusal in one.refusals),
            "problems": len(self.problems),
        }
        return "\n".join([json.dumps(result), *self.problems[:40]])


async def check(cluster: Tested, models: NotingModels, seen: Sequence[Seen], key: str) -> Findings:
    os.environ |= {
        "DATABASE_URL": cluster.database_url,
        "REDIS_URL": cluster.redis_url,
        "PLANDEX_DATA_DIR": str(cluster.folder),
        "DJANGO_SETTINGS_MODULE": "plandex_server.settings.base",
    }
    import django

    django.setup()
    return await asyncio.to_thread(_check, cluster, models, seen, key)


def _check(cluster: Tested, models: NotingModels, seen: Sequence[Seen], key: str) -> Findings:
    runs = _stored()
    known = Counter(name for run in runs for name in _names(run))
    received = cluster.received
    near = {
        one.name
        for one in received
        if any(fault.at - AROUND_S <= one.at <= fault.until for fault in cluster.faults)
    }
    lost = [one for one in received if one.name not in known and one.name not in near]
    findings = Findings(runs, len(models.sent), len(received), len(near))
    findings.add(f"lost: {one.name} received at {one.at:.2f}" for one in lost)
    sent = {one.name for one in models.sent}
    strange = [name for name in known if name not in sent]
    findings.add(f"stored but never sent: {name}" for name in strange)
    for run in runs:
        findings.add(f"run {run.run} {problem}" for problem in _run_problems(run))
    by_run = {run.run: run for run in runs}
    for one in seen:
        problems = _client_problems(one, by_run.get(one.run))
        findings.add(f"client of {one.run} ({one.kind}) {problem}" for problem in problems)
    findings.add(f"the key is in {place}" for place in _places_of(key, cluster))
    return findings


def _stored() -> list[Stored]:
    from execution.logic.stream_messages import encode_message, message_of
    from execution.logic.stretches import Answered
    from execution.models import Run
    from execution.storage import entries_read
    from plans.services.convo import convo_read
    from plans.services.versions import revision_head

    found = []
    for run in Run.objects.select_related("branch", "branch__head", "branch__plan"):
        entries = enumerate(entries_read(run.id), 1)
        found.append(
            Stored(
                run=run.id,
                plan=run.plan_id,
                end=run.end,
                error=run.error,
                attempts=run.attempt,
                status=run.branch.status,
                has_key=run.sealed_credentials is not None,
                events=[
                    (number, json.loads(encode_message(message_of(entry))))
                    for number, entry in entries
                    if not isinstance(entry, Answered)
                ],
                messages=[message.message for message in convo_read(revision_head(run.branch))],
            )
        )
    return found


def _names(run: Stored) -> set[str]:
    return {name for text in (_text(run), *run.messages) for name in CHUNK.findall(text)}


def _text(run: Stored) -> str:
    return "".join(event.get("replyChunk", "") for _, event in run.events)


def _run_problems(run: Stored) -> Iterable[str]:
    ends = [event["type"] for _, event in run.events if event["type"] in ENDS]
    if not run.end or ends != [run.end] or run.events[-1][1]["type"] != run.end:
        yield f"has the end {run.end!r}, its log {ends}"
    if run.has_key:
        yield "keeps its key"
    wanted = {"finished": "finished", "error": "error", "aborted": "stopped"}.get(run.end)
    if run.status != wanted:
        yield f"ended with {run.end!r}, its branch is {run.status!r}"
    for place, text in (("log", _text(run)), ("conversation", "".join(run.messages))):
        twice = [name for name, count in Counter(CHUNK.findall(text)).items() if count > 1]
        if twice:
            yield f"has {len(twice)} chunks twice in its {place}: {twice[:3]}"


def _client_problems(seen: Seen, run: Stored | None) -> Iterable[str]:
    if run is None:
        yield f"has no run: {seen.refusals[:3]}"
        return
    if not seen.end:
        yield f"saw no end, only {len(seen.events)} of {len(run.events)} events"
    numbers = [number for number, _ in seen.events]
    if numbers != sorted(set(numbers)):
        yield "saw numbers twice or out of order"
    stored = dict(run.events)
    wrong = [number for number, event in seen.events if stored.get(number) != event]
    if wrong:
        yield f"saw other events than the log has: {wrong[:5]}"
    missed = [number for number, _ in run.events if number < seen.last and number not in numbers]
    if missed:
        yield f"missed {len(missed)} events: {missed[:5]}"


def _places_of(key: str, cluster: Tested) -> Iterable[str]:
    from django.db import connection

    from execution.models import Run

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            # Text as it is, bytes as hexadecimal digits.
            patterns = [f"%{key}%", f"%{key.encode().hex()}%"]
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS row WHERE row::text LIKE ANY(%s)', [patterns]
            )
            if cursor.fetchone()[0]:
                yield f"table {table}"
    if any(key.encode() in zlib.decompress(bytes(run.request)) for run in Run.objects.all()):
        yield "a run's request"
    redis = Redis.from_url(cluster.redis_url)
    for name in redis.scan_iter():
        if key.encode() in name or key.encode() in _value(redis, name):
            yield f"Redis key {name!r}"
    for path in cluster.logs:
        if path.is_file() and key.encode() in path.read_bytes():
            yield f"log {path.name}"


def _value(redis: Any, name: bytes) -> bytes:
    """All that a key holds, in any form that shows its words."""
    read = {
        b"string": redis.get,
        b"list": lambda key: redis.lrange(key, 0, -1),
        b"hash": redis.hgetall,
        b"set": redis.smembers,
        b"zset": lambda key: redis.zrange(key, 0, -1),
        b"stream": redis.xrange,
    }
    kind = redis.type(name)
    return repr(read[kind](name)).encode() if kind in read else b""
