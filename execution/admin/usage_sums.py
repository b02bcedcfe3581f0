"""Sums of usage for a page: those that took long are kept for a while."""

import time
from datetime import datetime
from typing import NamedTuple

from django.core.cache import cache

from execution.usage import Grouping, UsageFilter, UsageRow, usage_days, usage_totals
from plandex_server.db import now

FEW = 20_000
"""So many sums of days are added up in a blink, by each of the page's questions."""
SLOW_S = 0.2
KEPT_TIMES, KEPT_MOST_S = 60.0, 600.0
"""What took a second is kept for a minute, and nothing for longer than ten."""


class Sums(NamedTuple):
    """`at` says when they were added up, unless that was just now."""

    rows: list[UsageRow]
    at: datetime | None


def are_few(wanted: UsageFilter) -> bool:
    """Looks at no more rows than it has to."""
    return usage_days(wanted).order_by()[:FEW].count() < FEW


def sums_kept(wanted: UsageFilter, by: Grouping, *, limit: int | None) -> Sums:
    key = f"usage|{wanted.org_id}|{wanted.since}|{wanted.until}|{by}|{limit}"
    kept: Sums | None = cache.get(key)
    if kept is not None:
        return kept
    began = time.perf_counter()
    rows = usage_totals(wanted, by, limit=limit)
    took = time.perf_counter() - began
    if took > SLOW_S:
        cache.set(key, Sums(rows, now()), min(took * KEPT_TIMES, KEPT_MOST_S))
    return Sums(rows, None)
