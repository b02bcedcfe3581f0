"""Keeping the maps that were stored last, for other plans of the project."""

from collections.abc import Iterable

from context.logic.items import ContextItem
from context.logic.loading import Prepared
from context.models import ProjectMap
from context.selectors import path_hash
from plandex_server.db import now
from plans.models import Branch


def map_cache_put(*, branch: Branch, user_id: str, stored: Iterable[Prepared]) -> None:
    """Remembers the maps among `stored`. Call inside the write transaction that stores them."""
    packed = {one.item.file_path: (one.item, one.cache) for one in stored if one.cache}
    if not packed:
        return
    project_id = branch.plan.project_id
    rows = [_row(project_id, user_id, item, cache) for item, cache in packed.values()]
    ProjectMap.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["project", "user", "path_hash"],
        update_fields=["name", "auto_loaded", "data", "compressed", "updated_at"],
    )


def _row(
    project_id: str, user_id: str, item: ContextItem, packed: tuple[bytes, bool]
) -> ProjectMap:
    data, compressed = packed
    return ProjectMap(
        project_id=project_id,
        user_id=user_id,
        path_hash=path_hash(item.file_path),
        file_path=item.file_path,
        name=item.name.replace("\0", ""),  # PostgreSQL holds no NUL
        auto_loaded=item.auto_loaded,
        data=data,
        compressed=compressed,
        updated_at=now(),
    )
