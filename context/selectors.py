"""Reading contexts of a branch, the limits that hold for it, and cached maps of its project."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from context.errors import ContextNotFound
from context.logic.items import ContextItem, MapParts, items_decode, map_parts_decode
from context.logic.limits import TokenLimits
from context.logic.loading import NewContext, new_from_cache
from context.models import ProjectMap
from models_config.logic.limits import pack_limits
from models_config.logic.plan_config import config_from_json, default_config
from models_config.logic.settings import resolve_pack
from models_config.selectors import org_registry
from plandex_server.api.ids import canonical_id
from plans.logic.versions import Kind, unpack
from plans.models import Branch, Plan
from plans.services.settings import settings_of
from plans.services.versions import Revision, revision_head


@dataclass(frozen=True, slots=True)
class PlanLimits:
    """What may be loaded into a plan with its present models and config."""

    tokens: TokenLimits
    planner_model_id: str
    images: bool
    """Whether the planner's model can see images."""


def context_items(revision: Revision) -> list[ContextItem]:
    """All items in the order in which they were loaded, in two queries."""
    return items_decode(revision.read_all(Kind.CONTEXT))


def context_body(revision: Revision, context_id: str) -> str:
    """The body of an item; raises `ContextNotFound`."""
    key = canonical_id(context_id)
    data = revision.read(Kind.BODY, key) if key else None
    if data is None:
        raise ContextNotFound
    return data.decode()


def context_bodies(revision: Revision, ids: Collection[str] | None = None) -> dict[str, str]:
    """The bodies of several items (`None`: of all), in two queries."""
    blobs = revision.read_many({Kind.BODY: ids})[Kind.BODY]
    return {id: data.decode() for id, data in blobs.items()}


def plan_limits(branch: Branch) -> PlanLimits:
    """The limits that hold for a load into the branch. Read it before a write opens."""
    plan = branch.plan
    registry = org_registry(plan.org_id)
    models = registry.models
    pack = resolve_pack(settings_of(revision_head(branch), registry), models)
    limits = pack_limits(pack, models)
    properties = models.properties(pack.planner.model_id)
    return PlanLimits(
        tokens=TokenLimits(
            planner=limits.planner_input,
            architect=limits.architect_input,
            auto_context=auto_context(plan),
        ),
        planner_model_id=pack.planner.model_id,
        images=properties is not None and properties.has_image_support,
    )


def auto_context(plan: Plan) -> bool:
    """Whether the plan picks what it needs from its maps."""
    config = default_config() if plan.config is None else config_from_json(plan.config)
    return config.auto_context


def cached_maps(*, project_id: str, user_id: str, paths: Collection[str]) -> dict[str, NewContext]:
    """The user's cached maps of these paths, ready to load, in one query."""
    rows = ProjectMap.objects.filter(
        project_id=project_id, user_id=user_id, path_hash__in=[path_hash(path) for path in paths]
    )
    found = {row.file_path: row for row in rows}
    return {path: _from_row(found[path]) for path in paths if path in found}


def path_hash(path: str) -> str:
    return hashlib.sha256(path.encode("utf-8", "replace")).hexdigest()


def _from_row(row: ProjectMap) -> NewContext:
    parts: MapParts = map_parts_decode(unpack(bytes(row.data), row.compressed))
    return new_from_cache(
        parts, name=row.name, file_path=row.file_path, auto_loaded=row.auto_loaded
    )
