"""What one run took and cost in all: for the log, its trace and the admin."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from execution.logic.run_time import CallTime, RunTime, run_time
from execution.models import CallResult, ModelCall, Run
from plandex_server.prepared import Prepared

_CALLS = Prepared(
    lambda slots: ModelCall.objects.filter(run_id=slots.run_id).only(
        "result",
        "input_tokens",
        "output_tokens",
        "cost",
        "started_at",
        "first_token_ms",
        "duration_ms",
    )
)


@dataclass(frozen=True, slots=True)
class RunSums:
    """Of the calls that have ended; `unpriced` ones are not in `cost`."""

    time: RunTime
    calls: int
    failed: int
    unpriced: int
    input_tokens: int
    output_tokens: int
    cost: Decimal


def run_sums(run: Run, *, until: datetime) -> RunSums:
    """In one query; of an active run what there is so far."""
    calls = _CALLS.all(run_id=run.pk)
    ended = [call for call in calls if call.result != CallResult.RUNNING]
    good = (CallResult.FINISHED, CallResult.CANCELLED)
    return RunSums(
        time=run_time(run.created_at, run.began_at, until, _times(calls, until)),
        calls=len(ended),
        failed=sum(call.result not in good for call in ended),
        unpriced=sum(call.cost is None for call in ended),
        input_tokens=sum(call.input_tokens for call in ended),
        output_tokens=sum(call.output_tokens for call in ended),
        cost=sum((call.cost or Decimal(0) for call in ended), Decimal(0)),
    )


def _times(calls: list[ModelCall], until: datetime) -> Iterator[CallTime]:
    for call in calls:
        began, first = call.started_at, call.first_token_ms
        is_running = call.result == CallResult.RUNNING
        yield CallTime(
            began=began,
            first_token=None if first is None else began + timedelta(milliseconds=first),
            ended=until if is_running else began + timedelta(milliseconds=call.duration_ms),
        )
