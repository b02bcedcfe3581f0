"""How much fits into the models of a pack, and which of a role's models fits a request."""

from collections.abc import Iterator
from dataclasses import dataclass

from models_config.logic.catalog import ModelProperties, RoleId
from models_config.logic.org_models import OrgModels
from models_config.logic.packs import ModelPack, RoleConfig
from models_config.logic.refusals import Refused

# The CLI follows at most this many fallbacks, so that a circle ends.
MAX_STEPS = 11


@dataclass(frozen=True, slots=True)
class PackLimits:
    """Token limits that hold for a whole plan."""

    planner_max_tokens: int
    planner_reserved_output_tokens: int
    planner_input: int
    architect_input: int
    coder_input: int
    whole_file_builder_input: int
    planner_max_convo_tokens: int


def pack_limits(pack: ModelPack, org: OrgModels) -> PackLimits:
    """The effective limits of a pack, largest fallbacks included."""
    planner = last_large_context(pack.planner)
    return PackLimits(
        planner_max_tokens=_properties(planner, org).max_tokens,
        planner_reserved_output_tokens=reserved_output_tokens(planner, org),
        planner_input=_input_limit(pack.planner, org),
        architect_input=_input_limit(pack.role(RoleId.ARCHITECT), org),
        coder_input=_input_limit(pack.role(RoleId.CODER), org),
        whole_file_builder_input=_whole_file_limit(pack.role(RoleId.WHOLE_FILE_BUILDER), org),
        planner_max_convo_tokens=max_convo_tokens(pack, org),
    )


def max_convo_tokens(pack: ModelPack, org: OrgModels) -> int:
    """Where summarising starts. Never the fallback's: a long conversation must not switch to it."""
    return pack.planner.max_convo_tokens or _properties(pack.planner, org).default_max_convo_tokens


def reserved_output_tokens(config: RoleConfig, org: OrgModels) -> int:
    """The part of the window kept for the reply."""
    return config.reserved_output_tokens or _properties(config, org).reserved_output_tokens


def last_large_context(config: RoleConfig) -> RoleConfig:
    """The end of the chain of large-context fallbacks."""
    return list(_chain(config, "large_context_fallback"))[-1]


def last_large_output(config: RoleConfig) -> RoleConfig:
    """The end of the chain of large-output fallbacks, or of large-context ones without any."""
    if config.large_output_fallback is None:
        return last_large_context(config)
    return list(_chain(config, "large_output_fallback"))[-1]


def role_for_input(config: RoleConfig, tokens: int, org: OrgModels) -> RoleConfig:
    """The first model of the large-context chain whose window holds an estimate, else the last."""
    wanted = padded(tokens, config, org)
    candidates = list(_chain(config, "large_context_fallback"))
    fitting = (one for one in candidates if _properties(one, org).max_tokens >= wanted)
    return next(fitting, candidates[-1])


def role_for_output(config: RoleConfig, tokens: int, org: OrgModels) -> RoleConfig:
    """The first model down the output fallbacks whose reserve holds an estimate, else the last."""
    wanted = padded(tokens, config, org)
    for _ in range(MAX_STEPS):
        fallback = config.large_output_fallback or config.large_context_fallback
        if fallback is None or reserved_output_tokens(config, org) >= wanted:
            break
        config = fallback
    return config


def padded(tokens: int, config: RoleConfig, org: OrgModels) -> int:
    """The estimate with the model's safety margin."""
    return int(tokens * (1 + _properties(config, org).token_estimate_padding_pct))


def _input_limit(config: RoleConfig, org: OrgModels) -> int:
    last = last_large_context(config)
    return _properties(last, org).max_tokens - reserved_output_tokens(last, org)


def _whole_file_limit(config: RoleConfig, org: OrgModels) -> int:
    window = _properties(last_large_context(config), org).max_tokens
    return window - reserved_output_tokens(last_large_output(config), org)


def _chain(config: RoleConfig, fallback: str) -> Iterator[RoleConfig]:
    current: RoleConfig | None = config
    for _ in range(MAX_STEPS + 1):
        if current is None:
            return
        yield current
        current = getattr(current, fallback)


def _properties(config: RoleConfig, org: OrgModels) -> ModelProperties:
    properties = org.properties(config.model_id)
    if properties is None:
        raise Refused(f"'{config.model_id}' is not built-in and not an existing custom model")
    return properties
