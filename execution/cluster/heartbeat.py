"""Signs of life that workers leave in Redis, also while they have nothing to do.

Their times are Redis's own, so that clocks which differ change nothing. Those who look after the
server read them, and web processes that find a run without a worker; runs are taken over by what
their rows say.
"""

from dataclasses import dataclass
from typing import Any

import msgspec

from plandex_server import typed

KEY = "plandex:workers"
SIGN_EVERY_S = 5.0
SILENT_S = 20.0
"""A worker that missed so many signs is gone, or can't reach Redis."""
FORGOTTEN_S = 3600.0


class _Sign(msgspec.Struct):
    at: float
    runs: int
    room: int


@dataclass(frozen=True, slots=True)
class WorkerSign:
    owner: str
    age_s: float
    runs: int
    room: int

    @property
    def is_alive(self) -> bool:
        return self.age_s < SILENT_S


async def sign_leave(redis: Any, owner: str, *, runs: int, room: int) -> None:
    """Says that the worker lives; forgets those that are long dead."""
    now = _seconds(await redis.time())
    await redis.hset(KEY, owner, msgspec.json.encode(_Sign(now, runs, room)))
    dead = [sign.owner for sign in _read(await redis.hgetall(KEY), now) if _is_forgotten(sign)]
    if dead:
        await redis.hdel(KEY, *dead)


async def sign_remove(redis: Any, owner: str) -> None:
    await redis.hdel(KEY, owner)


async def workers_live(redis: Any) -> bool:
    """Whether any worker gives signs of life."""
    now = _seconds(await redis.time())
    return any(sign.is_alive for sign in _read(await redis.hgetall(KEY), now))


def signs_read(redis: Any) -> list[WorkerSign]:
    """The signs of all workers, by a synchronous client."""
    now = _seconds(redis.time())
    signs = _read(redis.hgetall(KEY), now)
    return sorted((sign for sign in signs if not _is_forgotten(sign)), key=lambda sign: sign.owner)


def _read(stored: dict[bytes, bytes], now: float) -> list[WorkerSign]:
    signs = []
    for owner, data in stored.items():
        sign = typed.decode(data, _Sign)
        signs.append(WorkerSign(owner.decode(), max(0.0, now - sign.at), sign.runs, sign.room))
    return signs


def _seconds(time: tuple[int, int]) -> float:
    return time[0] + time[1] / 1_000_000


def _is_forgotten(sign: WorkerSign) -> bool:
    return sign.age_s > FORGOTTEN_S
