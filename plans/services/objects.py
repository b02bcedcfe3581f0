"""The blobs and trees of a plan: immutable rows named by the hash of their content."""

from collections.abc import Collection, Mapping

from django.db import connection

from plandex_server.db import now
from plandex_server.prepared_writes import PreparedInsert
from plans.logic.versions import pack, unpack
from plans.models import PlanObject
from plans.services.object_cache import ObjectCache

_ADDED = PreparedInsert(PlanObject, conflict="DO NOTHING")
_ADDED_TOGETHER = """
INSERT INTO plans_planobject (plan_id, created_at, hash, data, compressed)
SELECT %s, %s, * FROM unnest(%s::text[], %s::bytea[], %s::boolean[]) ON CONFLICT DO NOTHING
"""
_PER_QUERY = 5000
_READ = "SELECT hash, data, compressed FROM plans_planobject WHERE plan_id = %s AND hash IN"

cache = ObjectCache()


def objects_write(plan_id: str, objects: Mapping[str, bytes]) -> None:
    """Inserts blobs and trees that the plan does not hold yet."""
    if not objects:
        return
    packed = {hash: pack(data) for hash, data in objects.items()}
    if connection.vendor == "postgresql":
        _insert_together(plan_id, packed)
    else:
        _ADDED.all(
            [
                PlanObject(plan_id=plan_id, hash=hash, data=data, compressed=compressed)
                for hash, (data, compressed) in packed.items()
            ]
        )
    cache.keep(plan_id, objects)


def _insert_together(plan_id: str, packed: Mapping[str, tuple[bytes, bool]]) -> None:
    """One statement of one shape for any number, where `executemany` sends one for each."""
    datas = [data for data, _ in packed.values()]
    compressed = [flag for _, flag in packed.values()]
    with connection.cursor() as cursor:
        cursor.execute(_ADDED_TOGETHER, [plan_id, now(), list(packed), datas, compressed])


def objects_read(plan_id: str, hashes: Collection[str]) -> dict[str, bytes]:
    """Content by hash; what the plan does not hold is left out.

    Plain SQL: every read of a history comes here, twice, and the ORM takes longer than the database
    does.
    """
    found = cache.found(plan_id, hashes)
    wanted = [hash for hash in hashes if hash not in found]
    for start in range(0, len(wanted), _PER_QUERY):
        batch = wanted[start : start + _PER_QUERY]
        read = _read(plan_id, batch)
        cache.keep(plan_id, read)
        found |= read
    return found


def _read(plan_id: str, hashes: list[str]) -> dict[str, bytes]:
    marks = ", ".join(["%s"] * len(hashes))
    with connection.cursor() as cursor:
        cursor.execute(f"{_READ} ({marks})", [plan_id, *hashes])
        return {
            hash: unpack(bytes(data), compressed) for hash, data, compressed in cursor.fetchall()
        }
