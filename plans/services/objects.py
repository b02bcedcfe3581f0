"""The blobs and trees of a plan: immutable rows named by the hash of their content."""

from collections.abc import Collection, Mapping

from plandex_server import statements
from plandex_server.db import now
from plandex_server.lru import Lru
from plandex_server.prepared_writes import PreparedInsert
from plans.logic.versions import pack, unpack
from plans.models import PlanObject

_ADDED = PreparedInsert(PlanObject, conflict="DO NOTHING")
_PER_QUERY = 5000
_READ = "SELECT hash, data, compressed FROM plans_planobject WHERE plan_id = %s AND hash IN"

CACHE_BYTES = 16 * 1024 * 1024
MAX_CACHED_BYTES = 32 * 1024
"""Larger objects would drive many small ones out."""
ENTRY_BYTES = 300
"""What one entry costs beside its content."""

cache: Lru[tuple[str, str], bytes] = Lru(heaviest=CACHE_BYTES)
"""Objects that this process read or wrote lately, by plan and hash: what is named by its content
never changes, so nothing here is ever out of date."""


def objects_write(plan_id: str, objects: Mapping[str, bytes]) -> None:
    """Inserts blobs and trees that the plan does not hold yet: in one order for all writers, since
    each waits for those that add the same to another branch."""
    if not objects:
        return
    packed = {hash: pack(objects[hash]) for hash in sorted(objects)}
    _ADDED.many(
        plan_id=[plan_id] * len(packed),
        created_at=[now()] * len(packed),
        hash=list(packed),
        data=[data for data, _ in packed.values()],
        compressed=[flag for _, flag in packed.values()],
    )
    _keep(plan_id, objects)


def objects_read(plan_id: str, hashes: Collection[str]) -> dict[str, bytes]:
    """Content by hash; what the plan does not hold is left out.

    Plain SQL: every read of a history comes here, twice, and the ORM takes longer than the database
    does.
    """
    kept = {hash: cache.get((plan_id, hash)) for hash in hashes}
    found = {hash: data for hash, data in kept.items() if data is not None}
    wanted = [hash for hash in kept if hash not in found]
    for start in range(0, len(wanted), _PER_QUERY):
        batch = wanted[start : start + _PER_QUERY]
        read = _read(plan_id, batch)
        _keep(plan_id, read)
        found |= read
    return found


def _keep(plan_id: str, objects: Mapping[str, bytes]) -> None:
    for hash, data in objects.items():
        if len(data) <= MAX_CACHED_BYTES:
            cache.put((plan_id, hash), data, weight=len(data) + ENTRY_BYTES)


def _read(plan_id: str, hashes: list[str]) -> dict[str, bytes]:
    marks = ", ".join(["%s"] * len(hashes))
    rows = statements.run(f"{_READ} ({marks})", [plan_id, *hashes]).rows
    return {hash: unpack(bytes(data), compressed) for hash, data, compressed in rows}
