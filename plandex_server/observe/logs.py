"""Log lines: each names its request and run, none holds a secret. `LOG_FORMAT` chooses the form."""

import logging
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import msgspec

from plandex_server.observe.redaction import Redactor

request_id: ContextVar[str] = ContextVar("request_id", default="")
run_id: ContextVar[str] = ContextVar("run_id", default="")

_encode = msgspec.json.Encoder(enc_hook=str).encode
_exceptions = logging.Formatter()
# What a record has without anybody's `extra`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Finish(logging.Filter):
    """Makes a record ready to be written: its ids are added, its texts are redacted. Every
    handler has this one filter, so that nothing gets past it."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._redact = Redactor(secrets)

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self._redact(_message(record)), None
        if record.exc_info and not record.exc_text:
            record.exc_text = _exceptions.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self._redact(record.exc_text)
        if record.stack_info:
            record.stack_info = self._redact(record.stack_info)
        for name, value in _extras(record):
            if isinstance(value, str):
                setattr(record, name, self._redact(value))
        record.request_id = getattr(record, "request_id", "") or request_id.get()
        record.run_id = getattr(record, "run_id", "") or run_id.get()
        return True


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # arguments that do not fit; the handler would print them raw
        return str(record.msg)


def _extras(record: logging.LogRecord) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in vars(record).items() if name not in _OWN]


class _Wordless(Exception):
    """Stands for an exception whose text may hold what the log must not."""


def without_text(error: BaseException) -> BaseException:
    """An exception for `exc_info`, with its class and its trace. Its text may quote a request, a
    prompt or a row: a database names the values that it refuses."""
    return _Wordless(type(error).__name__).with_traceback(error.__traceback__)


class TextLine(logging.Formatter):
    """For people; the ids stand at the end, shortened."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        line = super().formatMessage(record)
        ids = [
            f"{name}={value[:8]}"
            for name in ("request_id", "run_id")
            if (value := getattr(record, name, "")) and value[:8] not in line
        ]
        return f"{line} [{' '.join(ids)}]" if ids else line


class JsonLine(logging.Formatter):
    """For collectors: one object per line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        line |= {name: value for name, value in _extras(record) if value not in ("", None)}
        if record.exc_text:
            line["exception"] = record.exc_text
        return _encode(line).decode()


def logging_settings(
    *, form: str, level: str, requests: bool, secrets: Iterable[str]
) -> dict[str, Any]:
    """Django's `LOGGING`."""
    # These log whole requests at INFO or DEBUG: prompts and keys must not reach a log.
    quiet = "django.request openai anthropic httpx httpx2 httpcore aiohttp asyncio twisted".split()
    # Start-up lines for their own developers.
    quiet += ["daphne", "opentelemetry", "celery", "kombu", "amqp"]
    here = "plandex_server.observe.logs"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"finish": {"()": f"{here}.Finish", "secrets": list(secrets)}},
        "formatters": {
            "text": {"()": f"{here}.TextLine"},
            "json": {"()": f"{here}.JsonLine"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": form,
                "filters": ["finish"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            **{name: {"level": "WARNING"} for name in quiet},
            # A whole stack each second while Redis is away, which the server says in one line.
            "channels_redis": {"level": "CRITICAL"},
            "plandex.requests": {"level": "INFO" if requests else "WARNING"},
        },
    }
