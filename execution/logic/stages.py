"""Which stage a reply belongs to, and whether another reply follows it."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from execution.logic.known_paths import KnownPaths
from models_config.logic.catalog import RoleId

MAX_ITERATIONS = 200

_BACKTICK_SPAN = re.compile(r"`([^`\n]+)`")
_FILE_LIST_HEADING = "### Files"


class Stage(StrEnum):
    PLANNING = "planning"
    IMPLEMENTATION = "implementation"


class Phase(StrEnum):
    CONTEXT = "context"
    TASKS = "tasks"
    NONE = ""


class NothingToContinue(Exception):
    """A continue without any message to go on from."""


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What stage selection has to know about a stored message."""

    is_user: bool
    stage: Stage | None = None
    phase: Phase = Phase.NONE
    did_make_plan: bool = False
    is_stopped: bool = False
    has_error: bool = False
    activated_paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """What stage selection has to know about the run."""

    iteration: int
    is_user_continue: bool = False
    is_chat: bool = False
    auto_context: bool = False
    has_map: bool = False


@dataclass(frozen=True, slots=True)
class StageChoice:
    """The chosen stage; `last_index` is the message it follows, counted in the given order."""

    stage: Stage
    phase: Phase
    activated_paths: tuple[str, ...] = ()
    last_index: int | None = None
    continues_reply: bool = False

    @property
    def role(self) -> RoleId:
        """The model role that writes the replies of this stage."""
        if self.stage is Stage.IMPLEMENTATION:
            return RoleId.CODER
        return RoleId.ARCHITECT if self.phase is Phase.CONTEXT else RoleId.PLANNER


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """What the decision to go on has to know about the reply that was just stored."""

    stage: Stage
    phase: Phase
    iteration: int
    is_chat: bool = False
    auto_continue: bool = True
    has_activated_paths: bool = False
    has_file_list: bool = False
    has_tasks: bool = False
    has_removals: bool = False
    all_finished: bool = False
    has_current_task: bool = False


@dataclass(frozen=True, slots=True)
class PathChoice:
    """Files a planning reply asks for, in listed order; `to_load` are those not in context."""

    activated: tuple[str, ...] = ()
    to_load: tuple[str, ...] = ()


def choose_stage(messages: Iterable[MessageFacts], situation: Situation) -> StageChoice:
    """Choose stage and phase from the conversation (oldest first, the new prompt included).

    Stopped and failed messages do not count. `has_map` means a map that is not empty. Raises
    `NothingToContinue` for a continue without a message that counts.
    """
    index, last = None, None
    for place, message in enumerate(messages):
        if not message.is_stopped and not message.has_error:
            index, last = place, message
    if last is None and situation.is_user_continue and situation.iteration == 0:
        raise NothingToContinue
    stage = _stage_after(last, situation)
    after_context = _is_reply(last, Stage.PLANNING, Phase.CONTEXT)
    return StageChoice(
        stage=stage,
        phase=_phase(stage, situation, after_context=after_context),
        activated_paths=last.activated_paths if last is not None and after_context else (),
        last_index=index,
        continues_reply=(
            last is not None
            and not last.is_user
            and situation.iteration == 0
            and situation.is_user_continue
        ),
    )


def should_continue(reply: ReplyFacts) -> bool:
    """Whether the run goes on with another reply."""
    if reply.stage is Stage.IMPLEMENTATION:
        return reply.auto_continue and not reply.all_finished and reply.iteration < MAX_ITERATIONS
    if reply.phase is Phase.CONTEXT:
        return not reply.is_chat or (reply.has_activated_paths and reply.has_file_list)
    if reply.is_chat or not reply.auto_continue or reply.all_finished:
        return False
    return reply.has_tasks or reply.has_removals or reply.has_current_task


def has_file_list(reply: str) -> bool:
    """Whether a context reply lists files explicitly, so that a chat goes on to its answer."""
    return _FILE_LIST_HEADING in reply


def choose_paths(
    reply: str,
    *,
    choice: StageChoice,
    is_chat: bool,
    project_paths: Collection[str],
    context_paths: Collection[str],
    pending_paths: Collection[str] = frozenset(),
) -> PathChoice:
    """The files a planning reply names in backticks.

    Pending files may be activated, but only files of the project can be loaded by the client.
    """
    if choice.stage is not Stage.PLANNING or (is_chat and choice.phase is not Phase.CONTEXT):
        return PathChoice()
    known = KnownPaths((project_paths, pending_paths))
    named = dict.fromkeys(known.meant(span.strip()) for span in _BACKTICK_SPAN.findall(reply))
    activated = tuple(path for path in named if path in project_paths or path in pending_paths)
    return PathChoice(
        activated=activated,
        to_load=tuple(
            path for path in activated if path in project_paths and path not in context_paths
        ),
    )


def _stage_after(last: MessageFacts | None, situation: Situation) -> Stage:
    if situation.is_chat or last is None or last.is_user:
        return Stage.PLANNING
    if last.did_make_plan or last.stage is Stage.IMPLEMENTATION:
        return Stage.IMPLEMENTATION
    if situation.iteration > 0 and _is_reply(last, Stage.PLANNING, Phase.TASKS):
        # A planning reply that made no plan while tasks are open: go on with them. Planning
        # again would ask the same question for ever.
        return Stage.IMPLEMENTATION
    return Stage.PLANNING


def _phase(stage: Stage, situation: Situation, *, after_context: bool) -> Phase:
    if stage is Stage.IMPLEMENTATION:
        return Phase.NONE
    if situation.auto_context and situation.has_map and not after_context:
        return Phase.CONTEXT
    return Phase.TASKS


def _is_reply(message: MessageFacts | None, stage: Stage, phase: Phase) -> bool:
    return (
        message is not None
        and not message.is_user
        and message.stage is stage
        and message.phase is phase
    )
