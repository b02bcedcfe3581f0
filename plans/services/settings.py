"""Model settings of a branch: stored in its history, so they fork and rewind with it."""

from models_config.logic.org_registry import OrgRegistry
from models_config.logic.settings import (
    NO_CHANGES,
    SettingsRequest,
    StoredSettings,
    settings_update,
    stored_from_json,
    stored_to_json,
)
from models_config.selectors import org_registry
from models_config.services.registry import refusals
from plandex_server.db import now
from plans.models import Branch
from plans.services.branches import plan_touch
from plans.services.convo import settings_read, settings_write
from plans.services.versions import Revision, branch_write


def settings_of(revision: Revision, registry: OrgRegistry) -> StoredSettings:
    """The settings in force: the branch's own, else the org's defaults as they are now."""
    own = settings_read(revision)
    return registry.defaults if own is None else stored_from_json(own)


def branch_settings_update(
    *, branch: Branch, org_id: str, user_id: str, sent: SettingsRequest, keep_roles: bool
) -> str:
    """Stores what was sent; answers the message that the CLI prints and the log shows.

    `keep_roles`: roles that a sent pack leaves out stay as they are.
    """
    registry = org_registry(org_id)
    with refusals("Error decoding request body"), branch_write(branch, user_id=user_id) as draft:
        updated, message = settings_update(
            settings_of(draft, registry),
            sent,
            registry.models,
            now=now(),
            keep_roles=keep_roles,
        )
        if message != NO_CHANGES:
            settings_write(draft, stored_to_json(updated))
            draft.message = message
            plan_touch(branch.plan_id)
    return message
