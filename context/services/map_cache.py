"""Keeping the maps that were stored last, for other plans of the project."""

from collections.abc import Iterable

from context.logic.loading import Prepared
from context.models import ProjectMap
from context.selectors import path_hash
from plandex_server.db import now
from plans.logic.versions import pack
from plans.models import Branch


def map_cache_put(*, branch: Branch, user_id: str, stored: Iterable[Prepared]) -> None:
    """Remembers the maps among `stored`. Call inside the write transaction that stores them."""
    with_parts = {one.item.file_path: one for one in stored if one.cache is not None}
    if not with_parts:
        return
    project_id = branch.plan.project_id
    rows = [_row(project_id, user_id, one) for one in with_parts.values()]
    ProjectMap.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["project", "user", "path_hash"],
        update_fields=["name", "auto_loaded", "data", "compressed", "updated_at"],
    )


def _row(project_id: str, user_id: str, stored: Prepared) -> ProjectMap:
    data, compressed = pack(stored.cache or b"")
    return ProjectMap(
        project_id=project_id,
        user_id=user_id,
        path_hash=path_hash(stored.item.file_path),
        file_path=stored.item.file_path,
        name=stored.item.name.replace("\0", ""),  # PostgreSQL holds no NUL
        auto_loaded=stored.item.auto_loaded,
        data=data,
        compressed=compressed,
        updated_at=now(),
    )
