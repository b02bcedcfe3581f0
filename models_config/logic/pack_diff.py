"""What changed between two packs, in the words that the CLI prints."""

from collections.abc import Iterator

from models_config.logic.catalog import RoleId, roles
from models_config.logic.pack_json import float32, short_float
from models_config.logic.packs import ModelPack, RoleConfig

NONE = "none"

# The order of the reference's schema struct, not of the role list.
ORDER = (
    RoleId.PLANNER,
    RoleId.CODER,
    RoleId.SUMMARIZER,
    RoleId.BUILDER,
    RoleId.WHOLE_FILE_BUILDER,
    RoleId.NAMES,
    RoleId.COMMIT_MESSAGES,
    RoleId.AUTO_CONTINUE,
    RoleId.ARCHITECT,
)
FALLBACK_LABELS = (
    "large-context-fallback",
    "large-output-fallback",
    "error-fallback",
    "strong-model",
)


def pack_changes(old: ModelPack, new: ModelPack) -> list[str]:
    """One line per difference between the packs' schema forms."""
    changes = list(_change("local-provider", old.local_provider, new.local_provider))
    for role in ORDER:
        changes += _role_changes(roles()[role].label, old.own_role(role), new.own_role(role))
    return changes


def _role_changes(path: str, old: RoleConfig | None, new: RoleConfig | None) -> Iterator[str]:
    if old is None or new is None:
        yield from _change(path, _model_id(old), _model_id(new))
        return
    for (label, before), (_, after) in zip(_scalars(old), _scalars(new), strict=True):
        yield from _change(f"{path}.{label}", before, after)
    pairs = zip(FALLBACK_LABELS, old.alternatives(), new.alternatives(), strict=True)
    for label, before_config, after_config in pairs:
        yield from _role_changes(f"{path}.{label}", before_config, after_config)


def _scalars(config: RoleConfig) -> tuple[tuple[str, str], ...]:
    defaults = roles()[config.role]
    return (
        ("model-id", config.model_id),
        ("temperature", _parameter(config.temperature, defaults.default_temperature)),
        ("top-p", _parameter(config.top_p, defaults.default_top_p)),
        ("reserved-output-tokens", str(config.reserved_output_tokens or NONE)),
        ("max-convo-tokens", str(config.max_convo_tokens or NONE)),
    )


def _parameter(value: float, default: float) -> str:
    return NONE if float32(value) == float32(default) else short_float(value)


def _model_id(config: RoleConfig | None) -> str:
    return NONE if config is None else config.model_id


def _change(path: str, old: str, new: str) -> Iterator[str]:
    if old != new:
        yield f"{path} | {old} → {new}"
