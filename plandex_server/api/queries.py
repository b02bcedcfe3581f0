"""Query parameters, each a clear 400 where it makes no sense."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from django.http import QueryDict

from plandex_server.errors import BadRequest


def query_int(query: QueryDict, name: str, default: int, *, minimum: int, maximum: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not minimum <= int(text[:12]) <= maximum:
        raise BadRequest(f"{name} must be a whole number from {minimum} to {maximum}")
    return int(text[:12])


def query_choice(query: QueryDict, name: str, choices: Iterable[str], default: str) -> str:
    text = query.get(name, "") or default
    if text not in choices:
        raise BadRequest(f"{name} must be one of {', '.join(choices)}")
    return text


def query_day(query: QueryDict, name: str) -> date | None:
    text = query.get(name, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"{name} must be a day such as 2026-01-31") from None


def query_time(query: QueryDict, name: str) -> datetime | None:
    """A moment, or the beginning of a day; UTC unless it names its zone."""
    text = query.get(name, "")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"{name} must be a time such as 2026-01-31T12:00:00Z") from None
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise BadRequest(f"{name} is out of reach") from None


def query_text(query: QueryDict, name: str, *, most: int = 255) -> str:
    text = query.get(name, "")
    if "\0" in text or len(text) > most:
        raise BadRequest(f"{name} can't be that")
    return text
