"""The blobs and trees of a plan: immutable rows named by the hash of their content."""

from collections.abc import Collection, Mapping

from plans.logic.versions import pack, unpack
from plans.models import PlanObject

_PER_QUERY = 5000


def objects_write(plan_id: str, objects: Mapping[str, bytes]) -> None:
    """Inserts blobs and trees that the plan does not hold yet."""
    rows = []
    for hash, data in objects.items():
        stored, compressed = pack(data)
        rows.append(PlanObject(plan_id=plan_id, hash=hash, data=stored, compressed=compressed))
    PlanObject.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def objects_read(plan_id: str, hashes: Collection[str]) -> dict[str, bytes]:
    """Content by hash; what the plan does not hold is left out."""
    wanted = list(hashes)
    found: dict[str, bytes] = {}
    for start in range(0, len(wanted), _PER_QUERY):
        rows = PlanObject.objects.filter(
            plan_id=plan_id, hash__in=wanted[start : start + _PER_QUERY]
        ).values_list("hash", "data", "compressed")
        for hash, data, compressed in rows:
            found[hash] = unpack(bytes(data), compressed)
    return found
