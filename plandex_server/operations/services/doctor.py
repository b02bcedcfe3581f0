"""What is wrong with an installation, in plain words, each with what to do about it."""

import os
import shutil
import socket
import ssl
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from redis.exceptions import RedisError

from execution.models import Run
from execution.services.provider_keys import key_recheck
from models_config.logic.catalog import builtin_providers
from orgs.models import KeyCheck, ProviderKey
from plandex_server.db import now
from plandex_server.errors import ApiError
from plandex_server.operations import parts
from plandex_server.operations.probes import State
from plandex_server.operations.redis import redis_client
from plandex_server.seal import SealBroken, unseal

REACH_S = 5.0
CLOCK_S = 5.0
"""Clocks that differ by more make sign-ins end early and logs misleading."""
LOW_TEMP_MB = 1100
"""The largest request is spooled there."""


class Verdict(StrEnum):
    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    verdict: Verdict
    what: str
    advice: str = ""


Look = Callable[[], Iterator[Finding]]


def variables() -> Iterator[Finding]:
    """Django's system checks and ours; for one person's server what matters to a team is left
    out."""
    messages = checks.run_checks(include_deployment_checks=not settings.LOCAL_MODE)
    for message in messages:
        verdict = Verdict.WRONG if message.level >= checks.ERROR else Verdict.NOTE
        yield Finding(verdict, f"{message.msg} ({message.id})", message.hint or "")
    if not messages:
        yield Finding(Verdict.OK, "The variables fit together.")


def database() -> Iterator[Finding]:
    kind = "PostgreSQL" if settings.DATABASE_URL else "SQLite"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as failure:
        yield Finding(
            Verdict.WRONG,
            f"{kind} can't be reached: {type(failure).__name__}.",
            "Check the address, name and password in DATABASE_URL, and that the database runs."
            if settings.DATABASE_URL
            else "Check that the data folder can be written and its disk is not full.",
        )
        return
    yield _of_part("database", f"{kind} answers and has all migrations.", "Run manage.py migrate.")


def clocks() -> Iterator[Finding]:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    assert row is not None, "the database tells its time"
    yield _of_clock("the database", row[0])
    if settings.REDIS_URL:
        with redis_client() as client:
            seconds, micros = client.time()
        yield _of_clock("Redis", datetime.fromtimestamp(seconds + micros / 1e6, UTC))


def _of_clock(whose: str, told: datetime) -> Finding:
    apart = abs((now() - told).total_seconds())
    if apart > CLOCK_S:
        return Finding(
            Verdict.WRONG,
            f"This machine's clock and that of {whose} are {apart:.0f} s apart.",
            "Run a time service (chrony, systemd-timesyncd) on both.",
        )
    return Finding(Verdict.OK, f"The clock agrees with that of {whose}.")


def cluster() -> Iterator[Finding]:
    if not settings.CLUSTER:
        return
    yield _of_part(
        "redis", "Redis answers.", "Check the address in REDIS_URL, and that Redis runs."
    )
    yield _of_part(
        "workers", "Workers are alive", "Start manage.py worker with the same variables."
    )
    yield _of_part("queue", "The queue moves", "Start more workers, or raise WORKER_RUNS.")


def _of_part(name: str, good: str, advice: str) -> Finding:
    part = {
        "database": parts.database_state,
        "redis": parts.redis,
        "workers": parts.workers,
        "queue": parts.queue_state,
        "disk": parts.disk,
    }[name]
    try:
        found = part()
    except Exception as failure:
        return Finding(Verdict.WRONG, f"{name}: {type(failure).__name__}.", advice)
    words = f"{good.rstrip('.')}: {found.detail}." if found.detail else good
    match found.state:
        case State.OK | State.UNUSED:
            return Finding(Verdict.OK, words)
        case State.DEGRADED:
            return Finding(Verdict.NOTE, f"{name}: {found.detail}.", advice)
    return Finding(Verdict.WRONG, f"{name}: {found.detail}.", advice)


def folders() -> Iterator[Finding]:
    yield _of_part("disk", "There is room", "Free some, or move PLANDEX_DATA_DIR.")
    folder = parts.existing(settings.DATA_DIR)
    if not os.access(folder, os.W_OK):
        yield Finding(
            Verdict.WRONG,
            f"{folder} can't be written by this user.",
            "Give it to the user that runs the server: chown, or another PLANDEX_DATA_DIR.",
        )
    yield from _secret_file(settings.DATA_DIR / "secret_key")
    temp = Path(tempfile.gettempdir())
    free = shutil.disk_usage(temp).free // 1_000_000
    if free < LOW_TEMP_MB:
        yield Finding(
            Verdict.NOTE,
            f"{temp} has {free} MB free; the largest request needs {LOW_TEMP_MB}.",
            "Set TMPDIR to a place with more room.",
        )


def _secret_file(path: Path) -> Iterator[Finding]:
    if not path.exists():
        return
    if path.stat().st_mode & 0o077:
        yield Finding(Verdict.WRONG, f"{path} may be read by others.", f"Run: chmod 600 {path}")
    if not settings.SECRET_KEY_IS_KEPT:
        yield Finding(
            Verdict.NOTE,
            f"{path} is not used, since SECRET_KEY is set.",
            "What was sealed with it needs it in SEAL_KEYS, after the new key.",
        )


def mail() -> Iterator[Finding]:
    if not settings.EMAIL_URL:
        return
    try:
        link = get_connection()
        link.open()
        link.close()
    except OSError as failure:  # smtplib's errors are OSErrors
        yield Finding(
            Verdict.WRONG,
            f"The mail server of EMAIL_URL does not take us: {type(failure).__name__}.",
            "Check its host, port, user and password; ?tls=0 for one without encryption.",
        )
        return
    yield Finding(Verdict.OK, "The mail server answers; no mail was sent.")


def sealed() -> Iterator[Finding]:
    """Whether this server can use what is sealed in its database."""
    closed = [key for key in ProviderKey.objects.order_by("pk") if not _opens(key.sealed)]
    if closed:
        yield Finding(
            Verdict.WRONG,
            f"{len(closed)} provider keys of orgs are sealed with a key that this server lacks.",
            "Add the earlier SECRET_KEY or SEAL_KEYS value to the end of SEAL_KEYS, or enter the "
            "provider keys again in the admin.",
        )
    active = Run.objects.filter(finished_at__isnull=True, sealed_credentials__isnull=False)
    if any(not _opens(run.sealed_credentials) for run in active[:100]):
        yield Finding(
            Verdict.WRONG,
            "Active runs have keys that this server can't open.",
            "All processes need the same SEAL_KEYS and SECRET_KEY.",
        )
    if not closed:
        yield Finding(Verdict.OK, "Sealed keys can be opened.")


def _opens(data: bytes | memoryview | None) -> bool:
    try:
        unseal(bytes(data or b""))
    except SealBroken:
        return False
    return True


def providers() -> Iterator[Finding]:
    """Asks the providers whose keys orgs hold; without any, whether the common ones are reached."""
    held = list(ProviderKey.objects.select_related("org").order_by("org__name", "provider"))
    for key in held:
        yield _of_key(key)
    if held:
        return
    for name in ("openrouter", "openai", "anthropic"):
        yield _of_address(name, builtin_providers()[name].base_url)


def _of_key(key: ProviderKey) -> Finding:
    whose = f"{key.provider}, key of {key.org.name}"
    try:
        checked = key_recheck(key=key)
    except ApiError as failure:
        return Finding(Verdict.WRONG, f"{whose}: {failure.msg}", "Enter the key again.")
    if checked.check_result == KeyCheck.ACCEPTED:
        return Finding(Verdict.OK, f"{whose}: accepted.")
    advice = (
        "Enter a valid key in the admin."
        if checked.check_result == KeyCheck.REFUSED
        else "Check this machine's way out: firewall, proxy, name server."
    )
    return Finding(Verdict.WRONG, f"{whose}: {checked.check_result}. {checked.check_note}", advice)


def _of_address(name: str, url: str) -> Finding:
    parsed = urlsplit(url)
    host, port = parsed.hostname or "", parsed.port or 443
    try:
        with socket.create_connection((host, port), REACH_S) as plain:
            with ssl.create_default_context().wrap_socket(plain, server_hostname=host):
                pass
    except OSError as failure:
        return Finding(
            Verdict.WRONG,
            f"{name} can't be reached at {host}: {type(failure).__name__}.",
            "Check this machine's way out: firewall, proxy, name server. Local models need none.",
        )
    return Finding(Verdict.OK, f"{name} can be reached.")


LOOKS: tuple[tuple[str, Look], ...] = (
    ("Variables", variables),
    ("Database", database),
    ("Clocks", clocks),
    ("Redis and workers", cluster),
    ("Folders", folders),
    ("Mail", mail),
    ("Sealed keys", sealed),
)


def examine(*, ask_providers: bool) -> Iterator[tuple[str, Finding]]:
    """All findings, each with what it is about. One look that fails hides no other."""
    looks = [*LOOKS, ("Providers", providers)] if ask_providers else LOOKS
    for name, look in looks:
        try:
            yield from ((name, finding) for finding in look())
        except (DatabaseError, RedisError) as failure:
            why = f"could not be looked at: {type(failure).__name__}."
            yield name, Finding(Verdict.WRONG, why, "Mend what is named above first.")
