"""Query parameters, each a clear 400 where it makes no sense.

One that is left out has its default; an empty one is held to the API description like any other.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

from django.http import QueryDict

from plandex_server.api.describe import Parameter
from plandex_server.api.times import moment_of
from plandex_server.errors import BadRequest

_NUMBER = re.compile(r"-?\d{1,20}", re.ASCII)
MAX_TEXT = 255
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def int_parameter(name: str, meaning: str, *, minimum: int, maximum: int) -> Parameter:
    """The description of what `query_int` reads."""
    return Parameter(name, meaning, {"type": "integer", "minimum": minimum, "maximum": maximum})


def day_parameter(name: str, meaning: str) -> Parameter:
    """The description of what `query_day` reads."""
    return Parameter(name, meaning, {"type": "string", "format": "date"})


def text_parameter(name: str, meaning: str) -> Parameter:
    """The description of what `query_text` reads."""
    schema = {"type": "string", "maxLength": MAX_TEXT, "pattern": r"^[^\x00]*$"}
    return Parameter(name, meaning, schema)


def time_parameter(name: str, meaning: str) -> Parameter:
    """The description of what `query_time` reads."""
    formats = [{"type": "string", "format": format} for format in ("date-time", "date")]
    return Parameter(name, meaning, {"anyOf": formats})


def query_int(query: QueryDict, name: str, default: int, *, minimum: int, maximum: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    number = int(text) if _NUMBER.fullmatch(text) else None
    if number is None or not minimum <= number <= maximum:
        raise BadRequest(f"{name} must be a whole number from {minimum} to {maximum}")
    return number


def query_choice(query: QueryDict, name: str, choices: Iterable[str], default: str) -> str:
    text = query.get(name, default)
    if text not in choices:
        raise BadRequest(f"{name} must be one of {', '.join(choices)}")
    return text


def query_day(query: QueryDict, name: str) -> date | None:
    text = query.get(name)
    if text is None:
        return None
    day = _day(text)
    if day is None:
        raise BadRequest(f"{name} must be a day such as 2026-01-31")
    return day


def query_time(query: QueryDict, name: str) -> datetime | None:
    """A moment, or the beginning of a day in UTC."""
    text = query.get(name)
    if text is None:
        return None
    day = _day(text)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else moment_of(text)
    if moment is None:
        raise BadRequest(f"{name} must be a time such as 2026-01-31T12:00:00Z, or a day")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        # Within a day of the calendar's ends: what lies there is all the same.
        return moment.replace(tzinfo=UTC)


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def query_text(query: QueryDict, name: str) -> str:
    text = query.get(name, "")
    if "\0" in text or len(text) > MAX_TEXT:
        raise BadRequest(f"{name} can't be that")
    return text
