"""What a process keeps of plans' objects, and what it reads again."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from plans.models import Plan, PlanObject
from plans.services.objects import MAX_CACHED_BYTES, cache, objects_read, objects_write
from tests.plans.factories import plan_make


def _queries(plan: Plan, *hashes: str) -> tuple[dict[str, bytes], int]:
    """What is read of the plan, and in how many queries."""
    with CaptureQueriesContext(connection) as queries:
        return objects_read(plan.id, hashes), len(queries)


def test_what_was_written_is_read_without_a_query(plan: Plan) -> None:
    written = {"1": b"one", "2": b""}
    objects_write(plan.id, written)
    assert _queries(plan, "1", "2") == (written, 0)
    cache.clear()
    assert _queries(plan, "1", "2", "3") == (written, 1)
    assert _queries(plan, "2") == ({"2": b""}, 0)


def test_a_plan_has_its_own(plan: Plan) -> None:
    objects_write(plan.id, {"1": b"one"})
    other = plan_make()
    assert objects_read(other.id, ["1"]) == {}


def test_large_objects_are_read_each_time(plan: Plan) -> None:
    small, large = b"x" * MAX_CACHED_BYTES, b"x" * (MAX_CACHED_BYTES + 1)
    objects_write(plan.id, {"1": small, "2": large})
    PlanObject.objects.filter(plan=plan).delete()
    assert objects_read(plan.id, ["1", "2"]) == {"1": small}
