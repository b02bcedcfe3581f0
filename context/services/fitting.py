"""Making maps fit into the window of the model that reads them."""

from collections.abc import Sequence

from context.logic.items import ContextItem, ContextType
from context.logic.limits import TokenLimits
from context.logic.loading import Prepared, with_less_detail
from context.selectors import context_items
from plans.services.versions import Revision

# Of the room that is left, what a shortened map takes: the next files need some too.
_SHARE = 0.9


def maps_fitted(
    prepared: Sequence[Prepared], *, revision: Revision, limits: TokenLimits
) -> list[Prepared]:
    """The items, with maps in less detail where the token limit demands it.

    `revision` is the branch before the change; items of it that are among `prepared` are replaced.
    """
    limit = limits.architect if limits.auto_context else limits.planner
    held_tokens = revision.commit.context_tokens if revision.commit else 0
    if held_tokens + sum(one.item.num_tokens for one in prepared if one.parts) <= limit:
        return list(prepared)
    changed = {one.item.id for one in prepared}
    others = [item for item in context_items(revision) if item.id not in changed]
    others += [one.item for one in prepared if not one.parts]
    used = sum(item.num_tokens for item in others if _counts(item, limits))
    fitted = []
    for one in prepared:
        room = limit - used
        if one.parts and one.item.num_tokens > room:
            one = with_less_detail(one, int(room * _SHARE))
        if one.parts:
            used += one.item.num_tokens
        fitted.append(one)
    return fitted


def _counts(item: ContextItem, limits: TokenLimits) -> bool:
    """Whether the item uses what maps use."""
    return not limits.auto_context or item.context_type is ContextType.MAP
