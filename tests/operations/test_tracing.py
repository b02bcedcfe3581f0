"""Traces: one per run, with its steps, and nothing that a user or a model wrote."""

import json
from collections.abc import Iterator
from typing import cast

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from execution.logic.model_errors import http_error
from plandex_server.db import now
from plandex_server.observe import tracing
from tests.context.samples import a_file
from tests.execution.runs.conftest import quick_flush, stage  # noqa: F401  # fixtures
from tests.execution.runs.replies import block, done, plan_of
from tests.execution.runs.stage import KEY, Stage, on_stage

SUMMARY = "Conversation summary"


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    kept = InMemorySpanExporter()
    provider = tracing.tracing_start(kept)
    yield kept
    tracing.tracing_stop()
    provider.shutdown()


def named(spans: tuple[ReadableSpan, ...], name: str) -> list[ReadableSpan]:
    return [span for span in spans if span.name == name]


def facts(span: ReadableSpan) -> dict[str, object]:
    return {name.removeprefix("plandex."): value for name, value in (span.attributes or {}).items()}


@on_stage
async def test_a_run(
    stage: Stage,  # noqa: F811  # the fixture
    exporter: InMemorySpanExporter,
) -> None:
    await stage.request("POST", "context", [a_file("cellar.py", "wine = 1\n")])
    stage.models.queue("planner", http_error(503, "overloaded", {}))
    stage.models.queue("planner", plan_of("Count the bottles", uses="`cellar.py`"))
    stage.models.queue(
        "coder",
        "**Updating `cellar.py`**\nType: overwrite\nSummary: more wine\n\n",
        block("cellar.py", "wine = 2\n"),
        done("Count the bottles"),
    )
    await stage.told("Buy some wine.", projectPaths={"cellar.py": True})
    await stage.settled()
    spans = exporter.get_finished_spans()
    (run,) = named(spans, "run")
    assert run.context is not None and run.parent is None
    row = await stage.run()
    told = facts(run)
    parts = [told.pop(f"{part}_ms") for part in ("queued", "thinking", "streaming", "server")]
    assert sum(cast(list[int], parts)) == told.pop("total_ms")
    # The summary of the conversation may be there before the run is over, or come later.
    calls = named(spans, "model call")
    if cast(int, told["calls"]) < len(calls):
        calls = [one for one in calls if facts(one)["purpose"] != SUMMARY]
    assert told.pop("calls") == len(calls)
    assert told.pop("failed_calls") == 1
    for name in ("input_tokens", "output_tokens", "cost"):
        assert told.pop(name) == pytest.approx(sum(cast(float, facts(one)[name]) for one in calls))
    assert told.pop("unpriced_calls") == 0
    assert told == {
        "run_id": row.id,
        "plan_id": row.plan_id,
        "kind": "tell",
        "attempt": 1,
        "end": "finished",
    }
    assert {span.context.trace_id for span in spans if span.context} == {run.context.trace_id}
    assert [facts(reply)["stage"] for reply in named(spans, "reply")] == [
        "planning",
        "implementation",
    ]
    results = [facts(call)["result"] for call in named(spans, "model call")]
    assert results.count("error: http") + results.count("finished") <= len(results)
    assert any(str(result).startswith("error") for result in results)
    (build,) = named(spans, "build")
    assert facts(build) == {"kind": "file", "way": "accepted"}
    assert named(spans, "commit")
    assert len(named(spans, "run queued")) == 1
    text = json.dumps([json.loads(span.to_json()) for span in spans])
    for hidden in (KEY, "wine", "cellar", "bottles"):
        assert hidden not in text


def test_a_failure_is_told_by_its_class(exporter: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError), tracing.root_span("run", now()), tracing.span("reply"):
        raise ValueError("Buy some wine.")
    reply = named(exporter.get_finished_spans(), "reply")[0]
    assert reply.status.description == "ValueError"
    assert "wine" not in reply.to_json()


def test_without_a_collector_nothing_is_kept() -> None:
    with tracing.root_span("run", now()), tracing.span("reply") as span:
        span.note(stage="planning")
        tracing.note(way="accepted")
        assert span is tracing.NOTHING


def test_steps_outside_of_a_run_are_no_traces(exporter: InMemorySpanExporter) -> None:
    with tracing.span("commit"):
        tracing.past_span("model call", now(), 5)
    assert exporter.get_finished_spans() == ()
