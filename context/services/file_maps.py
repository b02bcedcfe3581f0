"""Mapping files for an org, each content once."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Mapping
from datetime import date, timedelta

from django.db import DatabaseError, transaction

from context.map_pool import map_files
from context.models import FileMap
from plandex_server.db import now
from plandex_server.observe.logs import without_text

logger = logging.getLogger(__name__)

BATCH = 500
# A map that nobody asked for this long is made again when somebody does.
KEPT_DAYS = 30
# An org keeps about so many; the oldest go.
KEPT_MAPS = 300_000
TIDY_SECONDS = 3600.0


def files_map(*, org_id: str, inputs: Mapping[str, str]) -> dict[str, str]:
    """The map of every path; a content that the org had mapped before is not parsed again."""
    return map_files(inputs, OrgShelf(org_id))


class OrgShelf:
    """The maps an org keeps. Without the database maps are made, not refused."""

    def __init__(self, org_id: str) -> None:
        self._org_id = org_id

    def read(self, keys: Collection[str]) -> dict[str, str]:
        """The maps that are kept, which are used today."""
        wanted = list(keys)
        found: dict[str, str] = {}
        stale: list[int] = []
        today = now().date()
        try:
            for at in range(0, len(wanted), BATCH):
                rows = FileMap.objects.filter(
                    org_id=self._org_id, key__in=wanted[at : at + BATCH]
                ).values_list("id", "key", "text", "used_on")
                for id, key, text, used_on in rows:
                    found[key] = bytes(text).decode()
                    if used_on < today:
                        stale.append(id)
            for at in range(0, len(stale), BATCH):
                FileMap.objects.filter(id__in=stale[at : at + BATCH]).update(used_on=today)
        except DatabaseError as failure:
            logger.error("kept maps could not be read", exc_info=without_text(failure))
        return found

    def write(self, texts: Mapping[str, str]) -> None:
        """Keep new maps, and now and then throw away old ones."""
        today = now().date()
        # In one order: two requests that keep the same maps would wait for each other for ever.
        rows = [
            FileMap(org_id=self._org_id, key=key, text=texts[key].encode(), used_on=today)
            for key in sorted(texts)
        ]
        try:
            with transaction.atomic():
                FileMap.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
            if _tidying.is_due():
                self._tidy(today)
        except DatabaseError as failure:
            logger.error("maps could not be kept", exc_info=without_text(failure))

    def _tidy(self, today: date) -> None:
        FileMap.objects.filter(used_on__lt=today - timedelta(days=KEPT_DAYS)).delete()
        kept = FileMap.objects.filter(org_id=self._org_id)
        surplus = kept.count() - KEPT_MAPS
        if surplus > 0:
            last = kept.order_by("id").values_list("id", flat=True)[surplus - 1]
            kept.filter(id__lte=last).delete()


class _Tidying:
    """Once an hour per process, beginning an hour after its start."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = time.monotonic() + TIDY_SECONDS

    def is_due(self) -> bool:
        """Tell whether it is time; the next time is an hour later."""
        with self._lock:
            if time.monotonic() < self._next:
                return False
            self._next = time.monotonic() + TIDY_SECONDS
            return True


_tidying = _Tidying()
