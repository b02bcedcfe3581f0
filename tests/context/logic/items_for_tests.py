from datetime import UTC, datetime
from typing import Any

from context.logic.items import ContextItem, ContextType

NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)


def item(
    kind: ContextType = ContextType.FILE, name: str = "a.py", tokens: int = 1, **more: Any
) -> ContextItem:
    fields: dict[str, Any] = {
        "id": name,
        "owner_id": "someone",
        "created_at": NOON,
        "updated_at": NOON,
    } | more
    return ContextItem(context_type=kind, name=name, num_tokens=tokens, **fields)
