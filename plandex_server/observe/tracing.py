"""Traces of runs by OpenTelemetry, an optional extra: on when `OTEL_EXPORTER_OTLP_ENDPOINT` names a
collector. Otherwise every function here does nothing, at the price of one comparison.

Spans hold ids, names of models, counts and times: no prompt, path, text or key.
"""

import importlib.util
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings

from plandex_server import VERSION

logger = logging.getLogger(__name__)

Attribute = str | int | float | bool

EXPORT_TIMEOUT_S = 5


class Open(Protocol):
    """A span that is open."""

    def note(self, **attributes: Attribute) -> None: ...

    def failed(self, why: str) -> None:
        """`why` is the class or kind of the failure, not its text."""


class _Nothing:
    def note(self, **attributes: Attribute) -> None: ...

    def failed(self, why: str) -> None: ...


NOTHING = _Nothing()


class _Span:
    def __init__(self, span: Any) -> None:
        self._span = span

    def note(self, **attributes: Attribute) -> None:
        self._span.set_attributes(_named(attributes))

    def failed(self, why: str) -> None:
        from opentelemetry.trace import Status, StatusCode

        self._span.set_status(Status(StatusCode.ERROR, why))


_tracer: Any = None


def is_installed() -> bool:
    """Whether the extra is there."""
    try:
        return importlib.util.find_spec("opentelemetry.exporter.otlp.proto.http") is not None
    except ModuleNotFoundError:
        return False


def tracing_start_if_wanted() -> None:
    """For the start of a process; `manage.py check` says what to install if it is missing."""
    if settings.TRACING and is_installed():
        tracing_start()


def tracing_start(exporter: Any = None) -> Any:
    """Begins to trace; without an `exporter` to the collector that the environment names.

    Call it once per process, after it has forked. The provider is returned for `shutdown`.
    """
    global _tracer
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

    resource = Resource.create({"service.name": "plandex-server", "service.version": VERSION})
    provider = TracerProvider(resource=resource)
    if exporter is None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        exporter = OTLPSpanExporter(timeout=EXPORT_TIMEOUT_S)
        provider.add_span_processor(BatchSpanProcessor(exporter))
    else:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    _tracer = provider.get_tracer("plandex", VERSION)
    return provider


def tracing_stop() -> None:
    global _tracer
    _tracer = None


@contextmanager
def root_span(name: str, since: datetime, **attributes: Attribute) -> Iterator[Open]:
    """A trace of its own, which began at `since`. All spans opened inside belong to it."""
    if _tracer is None:
        yield NOTHING
        return
    from opentelemetry.context import Context

    began = _nanoseconds(since)
    with _opened(name, attributes, context=Context(), start_time=began) as span:
        _tracer.start_span(f"{name} queued", start_time=began).end()
        yield span


@contextmanager
def span(name: str, **attributes: Attribute) -> Iterator[Open]:
    """A step of the trace that is open here; nothing outside of one."""
    if _tracer is None or not _is_inside():
        yield NOTHING
        return
    with _opened(name, attributes) as open_span:
        yield open_span


def past_span(name: str, since: datetime, ms: int, **attributes: Attribute) -> None:
    """A step that is over. For work in generators, whose code may run in other contexts."""
    if _tracer is None or not _is_inside():
        return
    began = _nanoseconds(since)
    step = _tracer.start_span(name, attributes=_named(attributes), start_time=began)
    step.end(began + ms * 1_000_000)


def note(**attributes: Attribute) -> None:
    """Adds to the step that is open here."""
    if _tracer is not None:
        from opentelemetry.trace import get_current_span

        get_current_span().set_attributes(_named(attributes))


def _is_inside() -> bool:
    from opentelemetry.trace import get_current_span

    return bool(get_current_span().is_recording())


@contextmanager
def _opened(name: str, attributes: dict[str, Attribute], **options: Any) -> Iterator[Open]:
    # An exception's text may quote a prompt: only its class is told.
    with _tracer.start_as_current_span(
        name,
        attributes=_named(attributes),
        record_exception=False,
        set_status_on_exception=False,
        **options,
    ) as raw:
        opened = _Span(raw)
        try:
            yield opened
        except BaseException as failure:
            opened.failed(type(failure).__name__)
            raise


def _named(attributes: dict[str, Attribute]) -> dict[str, Attribute]:
    return {f"plandex.{name}": value for name, value in attributes.items()}


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000_000)
