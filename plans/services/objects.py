"""The blobs and trees of a plan: immutable rows named by the hash of their content."""

from collections.abc import Collection, Mapping

from django.db import connection

from plandex_server.prepared_writes import PreparedInsert
from plans.logic.versions import pack, unpack
from plans.models import PlanObject

_ADDED = PreparedInsert(PlanObject, conflict="DO NOTHING")
_PER_QUERY = 5000
_READ = "SELECT hash, data, compressed FROM plans_planobject WHERE plan_id = %s AND hash IN"


def objects_write(plan_id: str, objects: Mapping[str, bytes]) -> None:
    """Inserts blobs and trees that the plan does not hold yet."""
    rows = []
    for hash, data in objects.items():
        stored, compressed = pack(data)
        rows.append(PlanObject(plan_id=plan_id, hash=hash, data=stored, compressed=compressed))
    _ADDED.all(rows)


def objects_read(plan_id: str, hashes: Collection[str]) -> dict[str, bytes]:
    """Content by hash; what the plan does not hold is left out.

    Plain SQL: every read of a history comes here, twice, and the ORM takes longer than the database
    does.
    """
    wanted = list(hashes)
    found: dict[str, bytes] = {}
    for start in range(0, len(wanted), _PER_QUERY):
        batch = wanted[start : start + _PER_QUERY]
        marks = ", ".join(["%s"] * len(batch))
        with connection.cursor() as cursor:
            cursor.execute(f"{_READ} ({marks})", [plan_id, *batch])
            for hash, data, compressed in cursor.fetchall():
                found[hash] = unpack(bytes(data), compressed)
    return found
