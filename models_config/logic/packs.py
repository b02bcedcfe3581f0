"""Model packs: which model does what. `pack_json` reads and writes their JSON forms."""

from collections.abc import Iterator

import msgspec

from models_config.logic.catalog import RoleId


class RoleConfig(msgspec.Struct, frozen=True, kw_only=True):
    """A role's model, its parameters, and the models to use instead of it."""

    role: RoleId
    model_id: str
    temperature: float
    top_p: float
    reserved_output_tokens: int = 0  # 0: what the model reserves
    max_convo_tokens: int = 0  # the planner's only; 0: the model's default
    large_context_fallback: "RoleConfig | None" = None
    large_output_fallback: "RoleConfig | None" = None
    error_fallback: "RoleConfig | None" = None
    strong_model: "RoleConfig | None" = None

    def alternatives(self) -> tuple["RoleConfig | None", ...]:
        """The four fallbacks, in the order in which every listing shows them."""
        return (
            self.large_context_fallback,
            self.large_output_fallback,
            self.error_fallback,
            self.strong_model,
        )

    def model_ids(self) -> Iterator[str]:
        """The role's model and those of all its fallbacks."""
        yield self.model_id
        for alternative in self.alternatives():
            if alternative is not None:
                yield from alternative.model_ids()


class ModelPack(msgspec.Struct, frozen=True, kw_only=True):
    """A named set of roles. Optional roles are None and read through `role`."""

    id: str = ""
    name: str = ""
    description: str = ""
    local_provider: str = ""
    planner: RoleConfig
    coder: RoleConfig | None = None
    plan_summary: RoleConfig
    builder: RoleConfig
    whole_file_builder: RoleConfig | None = None
    namer: RoleConfig
    commit_msg: RoleConfig
    exec_status: RoleConfig
    context_loader: RoleConfig | None = None

    def own_role(self, role: RoleId) -> RoleConfig | None:
        """What the pack itself says about a role."""
        config: RoleConfig | None = getattr(self, ROLE_FIELDS[role])
        return config

    def role(self, role: RoleId) -> RoleConfig:
        """Who does a role's work: optional roles fall back to the planner or the builder."""
        config = self.own_role(role)
        if config is not None:
            return config
        return self.builder if role is RoleId.WHOLE_FILE_BUILDER else self.planner

    def model_ids(self) -> tuple[str, ...]:
        """Every model id of the pack, each once, in the order of the roles."""
        configs = (self.own_role(role) for role in ROLE_FIELDS)
        ids = (id_ for config in configs if config is not None for id_ in config.model_ids())
        return tuple(dict.fromkeys(ids))


# In the order in which the Go server walks a pack.
ROLE_FIELDS: dict[RoleId, str] = {
    RoleId.PLANNER: "planner",
    RoleId.CODER: "coder",
    RoleId.SUMMARIZER: "plan_summary",
    RoleId.BUILDER: "builder",
    RoleId.WHOLE_FILE_BUILDER: "whole_file_builder",
    RoleId.NAMES: "namer",
    RoleId.COMMIT_MESSAGES: "commit_msg",
    RoleId.AUTO_CONTINUE: "exec_status",
    RoleId.ARCHITECT: "context_loader",
}
