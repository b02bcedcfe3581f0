"""What this app needs from the apps above it, named by settings instead of imports.

- `PENDING_CHANGES`: drops pending results that new file bodies conflict with.
- `CONTEXT_NAMER`: names notes and piped data with a model.
- `CONTEXT_LOADED`: hears of auto-loads, since a waiting run may have asked for them.

A setting is `module:function`. An empty one, or a module that is not installed, means that there
is nothing to do.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

from django.conf import settings

from context.logic.items import ContextType
from context.logic.results import LoadResult
from orgs.authentication import Auth
from plans.models import Branch
from plans.services.versions import Draft

logger = logging.getLogger(__name__)


class PendingChanges(Protocol):
    """Called inside the branch's write transaction, before the contexts themselves change: drops
    the pending results of each path that can't be replayed on its new body ("" when the file
    leaves the context), and marks their descriptions as to be built again."""

    def __call__(self, draft: Draft, new_bodies: Mapping[str, str]) -> None: ...


@dataclass(frozen=True, slots=True)
class NamingKeys:
    """The provider credentials that came with a note or piped data. Never logged or stored."""

    auth_vars: Mapping[str, str] = field(default_factory=dict, repr=False)
    open_ai_base: str = ""
    open_ai_org_id: str = ""
    session_id: str = ""


@dataclass(frozen=True, slots=True)
class Unnamed:
    context_type: ContextType
    body: str = field(repr=False)


class ContextNamer(Protocol):
    """One name per item, in order; None or "" where no model could give one."""

    def __call__(
        self, *, auth: Auth, branch: Branch, items: Sequence[Unnamed], keys: NamingKeys
    ) -> Sequence[str | None]: ...


class ContextLoaded(Protocol):
    """Called after a load of auto-loaded items that came as an ordinary load: so the CLI repeats
    its answer to a run after its sign-in was renewed."""

    def __call__(self, *, branch: Branch, result: LoadResult) -> None: ...


def pending_changes_invalidate(draft: Draft, new_bodies: Mapping[str, str]) -> None:
    hook: PendingChanges | None = _hook("PENDING_CHANGES") if new_bodies else None
    if hook is not None:
        hook(draft, new_bodies)


def context_names(
    *, auth: Auth, branch: Branch, items: Sequence[Unnamed], keys: NamingKeys
) -> list[str]:
    """A name per item, "" where there is none: naming never fails a load."""
    hook: ContextNamer | None = _hook("CONTEXT_NAMER") if items else None
    names: Sequence[str | None] = ()
    if hook is not None:
        try:
            names = hook(auth=auth, branch=branch, items=items, keys=keys)
        except Exception as error:  # any provider's failure; its text may quote the note
            logger.warning("a context got no name from a model: %s", type(error).__name__)
    padded = [*names, *[None] * len(items)][: len(items)]
    return [name or "" for name in padded]


def context_loaded(*, branch: Branch, result: LoadResult) -> None:
    hook: ContextLoaded | None = _hook("CONTEXT_LOADED")
    if hook is not None:
        hook(branch=branch, result=result)


def _hook(setting: str) -> Any:
    target = getattr(settings, setting, "")
    if not isinstance(target, str):
        return target
    module, _, name = target.partition(":")
    try:
        return getattr(import_module(module), name) if module else None
    except ModuleNotFoundError as error:
        if error.name and (module == error.name or module.startswith(error.name + ".")):
            return None
        raise
