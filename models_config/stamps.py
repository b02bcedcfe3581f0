"""The stamp of what an org stored in the registry: a random text on the org's row. Every change of
its custom models, providers, packs, default settings or prices gives it a new one, in the same
transaction, so that each process knows by it whether what it has read still holds.

Random, not counted: the stamp of a change that was rolled back never comes again.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from orgs.models import Org
from plandex_server.db import new_id
from plandex_server.prepared import Prepared

_STAMP = Prepared(lambda slots: Org.objects.filter(pk=slots.org_id).values_list("models_stamp"))


class _Changing(threading.local):
    """Connections belong to threads, and so do their transactions."""

    def __init__(self) -> None:
        self.orgs: set[str] = set()


_changing = _Changing()


@contextmanager
def org_models_change(org_id: str) -> Iterator[None]:
    """Around every write of those rows: a transaction that holds the org's row, so that no two of
    them check against a state that the other changes, and gives it a new stamp.

    Without the row's key: rows that refer to the org may be inserted meanwhile.
    """
    is_outermost = org_id not in _changing.orgs
    with transaction.atomic():
        Org.objects.filter(pk=org_id).update(models_stamp=new_id())
        _changing.orgs.add(org_id)
        try:
            yield
        finally:
            if is_outermost:
                _changing.orgs.discard(org_id)


def is_changing(org_id: str) -> bool:
    """Whether this thread is in the middle of such a change: the stamp does not stand for the rows
    before all of them are written."""
    return org_id in _changing.orgs


def stamp_read(org_id: str) -> str | None:
    """The stamp as it is now; None without the org."""
    found = _STAMP.all(org_id=org_id)
    return found[0][0] if found else None
