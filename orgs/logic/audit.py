"""What the audit log tells of."""

from enum import StrEnum


class Action(StrEnum):
    ACCOUNT_CREATED = "account.created"
    SIGNED_IN = "account.signed_in"
    SIGN_IN_REFUSED = "account.sign_in_refused"
    SIGNED_OUT = "account.signed_out"
    TOKEN_REVOKED = "token.revoked"
    SIGN_IN_CODE_MADE = "account.sign_in_code_made"

    ORG_CREATED = "org.created"
    ORG_CHANGED = "org.changed"
    INVITE_SENT = "invite.sent"
    INVITE_WITHDRAWN = "invite.withdrawn"
    MEMBER_JOINED = "member.joined"
    MEMBER_ROLE_CHANGED = "member.role_changed"
    MEMBER_REMOVED = "member.removed"

    KEY_SET = "provider_key.set"
    KEY_REMOVED = "provider_key.removed"
    KEY_CHECKED = "provider_key.checked"
    KEYS_ROTATED = "provider_keys.rotated"

    BUDGET_SET = "budget.set"
    BUDGET_REMOVED = "budget.removed"
    BUDGET_WARNED = "budget.warned"
    BUDGET_REACHED = "budget.reached"
    PRICE_SET = "price.set"
    PRICE_REMOVED = "price.removed"

    MODELS_CHANGED = "models.changed"
    PACK_CHANGED = "model_pack.changed"
    DEFAULT_SETTINGS_CHANGED = "default_settings.changed"
    DEFAULT_CONFIG_CHANGED = "default_config.changed"

    PROJECT_DELETED = "project.deleted"
    PLAN_SHARED = "plan.shared"
    PLAN_UNSHARED = "plan.unshared"
    PLAN_DELETED = "plan.deleted"
    PLAN_ARCHIVED = "plan.archived"
    PLAN_TRANSFERRED = "plan.transferred"
    RUN_STOPPED = "run.stopped"

    EXPORTED = "data.exported"
    ERASED = "audit.erased"
    ADMIN_CHANGED = "admin.changed"
