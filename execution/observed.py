"""What runs tell the metrics and the log. Every function is cheap: some are called for each call
of a model, none for a chunk."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from execution.models import ModelCall, Run, RunEnd
from execution.run_sums import RunSums
from plandex_server.db import now
from plandex_server.observe import metrics, tracing

logger = logging.getLogger("plandex.runs")


def run_asked(run: Run) -> None:
    """A request made the run: this line ties its id to the request's."""
    logger.info("run asked for", extra={"run_id": run.id, "kind": run.kind, "plan_id": run.plan_id})


@contextmanager
def run_executed(run: Run) -> Iterator[None]:
    """The whole time in which this process executes the run."""
    _run_began(run)
    facts: dict[str, tracing.Attribute] = {
        "run_id": run.id,
        "plan_id": run.plan_id,
        "kind": run.kind,
        "attempt": run.attempt,
    }
    try:
        with tracing.root_span("run", run.created_at, **facts):
            yield
    finally:
        metrics.RUNS_EXECUTING.dec()


def _run_began(run: Run) -> None:
    """A later attempt has waited for no worker."""
    metrics.RUNS_STARTED.labels(run.kind).inc()
    metrics.RUNS_EXECUTING.inc()
    waited = _seconds_since(run)
    if run.attempt <= 1:
        metrics.RUN_QUEUE_SECONDS.observe(waited)
    logger.info(
        "run began",
        extra={
            "kind": run.kind,
            "plan_id": run.plan_id,
            "attempt": run.attempt,
            "waited_ms": _ms(waited),
        },
    )


def first_text_shown(run: Run) -> None:
    metrics.RUN_FIRST_TEXT_SECONDS.observe(_seconds_since(run))


def run_ended(run: Run, end: RunEnd, sums: RunSums) -> None:
    """The run's one end was stored: where its time and money went."""
    seconds = sums.time.total / 1000
    facts: dict[str, tracing.Attribute] = {
        "queued_ms": sums.time.queued,
        "thinking_ms": sums.time.thinking,
        "streaming_ms": sums.time.streaming,
        "server_ms": sums.time.server,
        "total_ms": sums.time.total,
        "calls": sums.calls,
        "failed_calls": sums.failed,
        "unpriced_calls": sums.unpriced,
        "input_tokens": sums.input_tokens,
        "output_tokens": sums.output_tokens,
        "cost": float(sums.cost),
    }
    tracing.note(end=end.value, **facts)
    metrics.RUNS_ENDED.labels(run.kind, end.value).inc()
    metrics.RUN_SECONDS.labels(run.kind).observe(seconds)
    logger.info(
        "run ended: %s",
        end.value,
        extra={
            "kind": run.kind,
            "plan_id": run.plan_id,
            "end": end.value,
            **facts,
        },
    )


def call_ended(call: ModelCall) -> None:
    """A call of a model ended, well or not."""
    provider = metrics.provider_name(call.provider)
    model = metrics.model_name(call.model_name)
    labels = (provider, model, call.role)
    result, _, kind = call.result.partition(": ")
    metrics.MODEL_CALLS.labels(*labels, result).inc()
    metrics.MODEL_SECONDS.labels(provider, model).observe(call.duration_ms / 1000)
    if call.first_token_ms is not None:
        metrics.MODEL_FIRST_TOKEN_SECONDS.labels(provider, model).observe(
            call.first_token_ms / 1000
        )
    if kind:
        metrics.MODEL_ERRORS.labels(provider, kind).inc()
    fresh = max(0, call.input_tokens - call.cached_tokens)
    spoken = max(0, call.output_tokens - call.reasoning_tokens)
    for type_, tokens in (
        ("input", fresh),
        ("cached_input", call.cached_tokens),
        ("output", spoken),
        ("reasoning", call.reasoning_tokens),
    ):
        if tokens:
            metrics.MODEL_TOKENS.labels(*labels, type_).inc(tokens)
    if call.cost:
        metrics.MODEL_COST.labels(*labels).inc(float(call.cost))
    tracing.past_span(
        "model call",
        call.started_at,
        call.duration_ms,
        provider=provider,
        model=model,
        role=call.role,
        purpose=call.purpose,
        result=call.result,
        input_tokens=call.input_tokens,
        cached_tokens=call.cached_tokens,
        output_tokens=call.output_tokens,
        cost=float(call.cost or 0),
        first_token_ms=-1 if call.first_token_ms is None else call.first_token_ms,
    )
    logger.info(
        "model call: %s",
        call.purpose,
        extra={
            "plan_id": call.plan_id,
            "provider": call.provider,
            "model": call.model_name,
            "role": call.role,
            "result": call.result,
            "input_tokens": call.input_tokens,
            "cached_tokens": call.cached_tokens,
            "output_tokens": call.output_tokens,
            "cost": None if call.cost is None else float(call.cost),
            "first_token_ms": call.first_token_ms,
            "total_ms": call.duration_ms,
        },
    )


def build_placed(way: str) -> None:
    """A file operation became a change, or failed. `way` is one of a few words."""
    metrics.BUILDS.labels(way).inc()
    tracing.note(way=way)


def _seconds_since(run: Run) -> float:
    return max(0.0, (now() - run.created_at).total_seconds())


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
