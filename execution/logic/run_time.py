"""Where a run's time went: every millisecond of it counts once, whatever went on at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class CallTime:
    """When a call of a model began, gave its first token (if it did), and ended."""

    began: datetime
    first_token: datetime | None
    ended: datetime


@dataclass(frozen=True, slots=True)
class RunTime:
    """The parts of a run's time, in milliseconds; together they are `total`.

    `queued`: until a process took it. `thinking`: some model was asked and none had said anything
    yet. `streaming`: some model answered. `server`: the rest, in which no model was at work:
    reading and writing histories, placing edits, waiting for an answer of the user.
    """

    queued: int
    thinking: int
    streaming: int
    server: int

    @property
    def total(self) -> int:
        return self.queued + self.thinking + self.streaming + self.server


def run_time(
    created: datetime, began: datetime | None, ended: datetime, calls: Iterable[CallTime]
) -> RunTime:
    """What lies outside of the run, as calls that outlive it do, is cut off."""
    start = min(began or created, ended)
    spans = [_cut(one, start, ended) for one in calls]
    streaming = _covered((one.first_token or one.ended, one.ended) for one in spans)
    busy = _covered((one.began, one.ended) for one in spans)
    total = _ms(ended - created)
    queued = min(_ms(start - created), total)
    server = max(0, total - queued - _ms(busy))
    answering = min(_ms(streaming), total - queued - server)
    return RunTime(queued, total - queued - server - answering, answering, server)


def _cut(call: CallTime, start: datetime, end: datetime) -> CallTime:
    def inside(moment: datetime) -> datetime:
        return max(start, min(moment, end))

    first = call.first_token
    return CallTime(
        inside(call.began), None if first is None else inside(first), inside(call.ended)
    )


def _covered(spans: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """How long at least one of the spans lasted."""
    covered = timedelta()
    until: datetime | None = None
    for start, end in sorted(spans):
        if until is not None and start < until:
            start = until
        if end > start:
            covered += end - start
        until = end if until is None else max(until, end)
    return covered


def _ms(span: timedelta) -> int:
    return max(0, span // timedelta(milliseconds=1))
