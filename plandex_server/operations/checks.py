"""Combinations of variables that can't work, refused at the start with advice; and those that work
but should not be what a team's server has, told by `check --deploy` and `doctor`."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from execution.management.addresses import is_loopback
from execution.management.redis_start import is_redis_address
from plandex_server.observe.tracing import is_installed
from plandex_server.operations.access import networks

TAG = "plandex"
POSTGRESQL = ("postgres://", "postgresql://", "pgsql://")
WEB = ("http://", "https://")
SECRET_CHARS = 32


@register(TAG)
def combinations(**_: Any) -> list[CheckMessage]:
    """What is wrong in every installation."""
    return [*_database_and_redis(), *_addresses(), *_watching(), *_admin()]


@register(TAG, deploy=True)
def production(**_: Any) -> list[CheckMessage]:
    """What is wrong for a team, though it works."""
    return list(_for_a_team())


def _database_and_redis() -> Iterator[CheckMessage]:
    if settings.REDIS_URL and not settings.DATABASE_URL:
        yield Error(
            "REDIS_URL is set without DATABASE_URL.",
            hint="Several processes can't share SQLite: set DATABASE_URL, or unset REDIS_URL.",
            id="plandex.E001",
        )
    if settings.DATABASE_URL and not settings.DATABASE_URL.startswith(POSTGRESQL):
        yield Error(
            "DATABASE_URL does not name a PostgreSQL database.",
            hint="Use postgresql://user:password@host:port/name, or unset it for SQLite.",
            id="plandex.E002",
        )
    if settings.CLUSTER and settings.SECRET_KEY_IS_KEPT:
        yield Error(
            "SECRET_KEY is not set, so every machine of the cluster makes its own.",
            hint="Set SECRET_KEY (or SECRET_KEY_FILE) to the same value for all processes.",
            id="plandex.E003",
        )
    if settings.REDIS_URL and not is_redis_address(settings.REDIS_URL):
        yield Error(
            "REDIS_URL does not name a Redis.",
            hint="Use redis://host:port/0 (rediss:// with TLS), or unset it for one process.",
            id="plandex.E011",
        )
    if not settings.LOCAL_MODE and len(settings.SECRET_KEY) < SECRET_CHARS:
        yield Error(
            f"SECRET_KEY has fewer than {SECRET_CHARS} characters: tokens could be forged.",
            hint="Make one with: head -c 48 /dev/urandom | base64 -w0",
            id="plandex.E012",
        )


def _addresses() -> Iterator[CheckMessage]:
    public = urlsplit(settings.PUBLIC_URL)
    if public.scheme == "https" and not settings.PROXY_COUNT:
        yield Error(
            "PUBLIC_URL begins with https, but PROXY_COUNT is 0.",
            hint="The server speaks http; a proxy in front has TLS. Set PROXY_COUNT to how many "
            "proxies there are, and let them set X-Forwarded-Proto and X-Forwarded-For.",
            id="plandex.E004",
        )
    if settings.LOCAL_MODE and not is_loopback(settings.HOST):
        yield Error(
            f"Local mode lets everybody sign in, but HOST is {settings.HOST}.",
            hint="Set HOST=127.0.0.1, or LOCAL_MODE=0 so that people prove who they are.",
            id="plandex.E005",
        )
    if public.hostname and not _is_allowed(public.hostname):
        yield Error(
            "ALLOWED_HOSTS does not hold the host of PUBLIC_URL.",
            hint=f"Add {public.hostname} to ALLOWED_HOSTS, or unset ALLOWED_HOSTS.",
            id="plandex.E006",
        )
    if any("/" in host for host in settings.ALLOWED_HOSTS):
        yield Error(
            "ALLOWED_HOSTS holds addresses where names belong.",
            hint="Write plandex.example.com, without https:// and without a path.",
            id="plandex.E013",
        )
    if settings.OLLAMA_BASE_URL and not settings.OLLAMA_BASE_URL.startswith(WEB):
        yield Error(
            "OLLAMA_BASE_URL is no address of a web server.",
            hint="Write it like http://gpu-box:11434.",
            id="plandex.E014",
        )


def _is_allowed(host: str) -> bool:
    return any(
        allowed in ("*", host) or (allowed.startswith(".") and f".{host}".endswith(allowed))
        for allowed in settings.ALLOWED_HOSTS
    )


def _watching() -> Iterator[CheckMessage]:
    try:
        networks(tuple(settings.METRICS_NETWORKS))
    except ValueError:
        yield Error(
            "METRICS_NETWORKS holds something that is no network.",
            hint="Write networks like 10.0.0.0/8 or single addresses, with commas between them.",
            id="plandex.E007",
        )
    if settings.METRICS_PORT and settings.METRICS_PORT == settings.PORT:
        yield Error(
            "METRICS_PORT is the same as PORT.",
            hint="It is the port of a worker: choose another one, such as 9100.",
            id="plandex.E008",
        )
    if settings.TRACING and not is_installed():
        yield Error(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but OpenTelemetry is not installed.",
            hint="pip install --require-hashes -r requirements-tracing.lock, or unset it.",
            id="plandex.E009",
        )
    if settings.TRACING and not settings.TRACING_ADDRESS.startswith(WEB):
        yield Error(
            "OTEL_EXPORTER_OTLP_ENDPOINT is no address of a web server.",
            hint="Write it like http://collector:4318: traces are sent by http, not by gRPC.",
            id="plandex.E015",
        )


def _admin() -> Iterator[CheckMessage]:
    if bool(settings.ADMIN_EMAIL) != bool(settings.ADMIN_PASSWORD):
        yield Error(
            "Only one of ADMIN_EMAIL and ADMIN_PASSWORD is set.",
            hint="Set both to make the first admin at the start, or none and use "
            "manage.py createsuperuser.",
            id="plandex.E010",
        )


def _for_a_team() -> Iterator[CheckMessage]:
    if not settings.DATABASE_URL:
        yield Warning(
            "The database is SQLite.",
            hint="That serves one process well. For a team set DATABASE_URL (PostgreSQL) and "
            "REDIS_URL.",
            id="plandex.W001",
        )
    elif not settings.REDIS_URL:
        yield Warning(
            "REDIS_URL is not set, so only one process may serve.",
            hint="Set it to run several web processes and workers.",
            id="plandex.W002",
        )
    if settings.LOCAL_MODE:
        yield Warning(
            "Local mode lets everybody who reaches the server sign in.",
            hint="Set LOCAL_MODE=0 for more than one person.",
            id="plandex.W003",
        )
    if not settings.EMAIL_URL and not settings.LOCAL_MODE:
        yield Warning(
            "EMAIL_URL is not set: pins for signing in are printed to the log.",
            hint="Set it to smtp://user:password@host:587?from=plandex@example.com.",
            id="plandex.W004",
        )
    if not settings.PUBLIC_URL.startswith("https://"):
        yield Warning(
            "PUBLIC_URL is not an https address.",
            hint="Put a proxy with TLS in front and set PUBLIC_URL to its address: without it "
            "the admin's cookies may travel in the open.",
            id="plandex.W005",
        )
