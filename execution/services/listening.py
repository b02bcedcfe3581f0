"""Receiving a reply: asked for, streamed to the viewers, its operations handed to the builds."""

import uuid
from contextlib import aclosing
from dataclasses import dataclass, field

from context.logic.tokens import count_tokens
from execution.logic.assembly import build_request
from execution.logic.conversation import ConvoMessage as SpecMessage
from execution.logic.failure_texts import CUT
from execution.logic.known_paths import KnownPaths
from execution.logic.prompts.wrapped import (
    MissingFileChoice,
    PromptChoice,
    PromptFacts,
    choose_prompt,
)
from execution.logic.reply_grammar import STOP_TAG, Operation
from execution.logic.reply_parser import Fed, ReplyStream
from execution.logic.request_spec import Assembled, RequestLimits, RequestSpec, Resume
from execution.logic.stages import StageChoice
from execution.logic.stretches import Answered
from execution.logic.subtasks import current_task
from execution.services.database_away import steadily
from execution.services.questions import ask_missing_file
from execution.services.session import ReplyInProgress
from execution.services.tell_state import TellState
from execution.services.turns import Turn, turn_read
from models_config.logic.catalog import RoleId
from plandex_server.db import now
from plandex_server.threads import in_thread
from plans.logic.convo import ConvoFlags, ConvoMessage, CurrentStage, Role
from plans.logic.paths import is_safe_path
from plans.models import PlanStatus


@dataclass(slots=True)
class Received:
    """A whole reply, with the turn and the stage that it belongs to."""

    id: str
    turn: Turn
    choice: StageChoice
    prompt: PromptChoice
    text: str = ""
    summarized_to: str = ""
    operations: list[Operation] = field(default_factory=list)
    known: KnownPaths = field(default_factory=KnownPaths)


@dataclass(frozen=True, slots=True)
class _Interruption:
    """The block of a file that the user has and the model never saw cut the reply here."""

    path: str
    stream: ReplyStream


async def receive(state: TellState, turn: Turn, choice: StageChoice) -> Received:
    """Receives a reply to its end, over any number of missing-file questions."""
    received = Received(str(uuid.uuid4()), turn, choice, _prompt(state, turn, choice))
    received.known = _known_paths(state, turn)
    resume: Resume | None = None
    while True:
        interruption = await _listen(state, received, resume)
        if interruption is None:
            return received
        resume = await _resolve(state, interruption)
        session = state.session
        received.turn = await steadily(
            turn_read, session.run.branch_id, session.org_id, list(session.staged)
        )
        received.known = _known_paths(state, received.turn)


def _known_paths(state: TellState, turn: Turn) -> KnownPaths:
    return KnownPaths((state.session.project_paths, turn.context_paths, turn.state.files.files))


async def _resolve(state: TellState, interruption: _Interruption) -> Resume:
    """Asks the user about the file; how the reply goes on with the answer."""
    path, stream = interruption.path, interruption.stream
    answer = await ask_missing_file(state.session, path)
    kept = stream.kept_for_resume()
    if answer is MissingFileChoice.SKIP:
        state.skipped[path] = None
        kept = stream.kept_for_skip()
    else:
        # A loaded file may be one that is no context, such as a file that can't be loaded.
        state.overwrite.add(path)
        state.skipped.pop(path, None)
    state.session.emit(Answered(answer.value))
    await state.session.status(PlanStatus.REPLYING)
    return Resume(answer, path, kept)


async def _listen(
    state: TellState, received: Received, resume: Resume | None
) -> _Interruption | None:
    """Streams one answer of the model into the reply."""
    session, choice = state.session, received.choice
    assembled = await in_thread(_assemble, state, received, resume)
    received.summarized_to = assembled.summarized_to_message_id or ""
    stream = ReplyStream(stage=choice.stage, seed=resume.partial_reply if resume else "")
    session.reply = ReplyInProgress(received.id, stream, _flags(state, received))
    session.runtime.log.restart(session.run.id, received.id, stream.raw)
    answer = state.models.stream(
        choice.role,
        assembled.messages,
        purpose="Response",
        stop=(STOP_TAG,),
        input_tokens=assembled.token_estimate,
        # A reply that goes on may have been complete.
        must_speak=resume is None,
    )
    finish: str | None = None
    async with aclosing(answer) as deltas:
        async for delta in deltas:
            finish = delta.finish or finish
            session.show(delta.reasoning)
            if not delta.text:
                continue
            session.runtime.log.received(session.run.id, delta.text, waited=delta.waited)
            path = _take(state, received, stream, stream.feed(delta.text, chunks=delta.chunks))
            if path is not None:
                # What the model wrote of a file that it never saw does not count.
                session.runtime.log.restart(session.run.id, received.id, stream.raw)
                return _Interruption(path, stream)
            if stream.stopped:
                break
    _take(state, received, stream, stream.finish())
    received.text = stream.raw
    if finish in CUT:
        session.show(f"\n\n⚠️  {CUT[finish]}\n\n")
    return None


def _flags(state: TellState, received: Received) -> ConvoFlags:
    stage = received.choice.stage
    return ConvoFlags(
        current_stage=CurrentStage(
            tell_stage=stage.value, planning_phase=received.choice.phase.value
        ),
        is_chat=state.request.is_chat_only,
        has_unfinished_subtasks=current_task(received.turn.subtasks) is not None,
    )


def _take(state: TellState, received: Received, stream: ReplyStream, fed: Fed) -> str | None:
    """Hands out what a chunk brought; the path of a missing file, if its block was opened."""
    while True:
        state.session.show(fed.text)
        if not state.request.is_chat_only:
            for operation in fed.operations:
                _take_operation(state, received, received.known.corrected(operation))
        if fed.opened_path is None:
            return None
        path = received.known.meant(fed.opened_path)
        if _is_missing(state, received.turn, path):
            return path
        fed = stream.feed("")


def _take_operation(state: TellState, received: Received, operation: Operation) -> None:
    """Queues an operation. One that may never be carried out is not even stored, so that nothing
    offers to build it later."""
    if operation.refusal:
        state.session.failures[received.id, operation.path] = operation.refusal
        return
    received.operations.append(operation)
    if state.request.builds:
        state.builds.add(received.id, operation)


def _is_missing(state: TellState, turn: Turn, path: str) -> bool:
    """Whether the user has the file and the model can't have seen it."""
    return (
        not state.request.is_chat_only
        and path in state.session.project_paths
        and path not in turn.context_paths
        and path not in turn.state.files
        and path not in state.overwrite
        and is_safe_path(path)
    )


# -- the request ----------------------------------------------------------------------------


def _prompt(state: TellState, turn: Turn, choice: StageChoice) -> PromptChoice:
    last = turn.messages[choice.last_index] if choice.last_index is not None else None
    is_user = last is not None and last.role is Role.USER
    return choose_prompt(
        stage=choice.stage,
        iteration=state.iteration,
        is_chat=state.request.is_chat_only,
        is_continue=state.request.is_user_continue,
        prompt=state.request.prompt,
        prompt_message_id=state.prompt_id,
        last_user=(last.id, last.message) if last is not None and is_user else None,
    )


def _assemble(state: TellState, received: Received, resume: Resume | None) -> Assembled:
    turn, choice, request = received.turn, received.choice, state.request
    limits = turn.models.limits
    by_role = {
        RoleId.ARCHITECT: limits.architect_input,
        RoleId.PLANNER: limits.planner_input,
        RoleId.CODER: limits.coder_input,
    }
    spec = RequestSpec(
        facts=PromptFacts(
            stage=choice.stage,
            phase=choice.phase,
            timestamp=now().replace(microsecond=0).isoformat(),
            is_chat=request.is_chat_only,
            exec_enabled=request.exec_enabled,
            os_details=request.os_details,
            is_git_repo=request.is_git_repo,
            is_user_debug=request.is_user_debug,
            is_apply_debug=request.is_apply_debug,
        ),
        prompt=received.prompt,
        contexts=turn.contexts,
        files=turn.plan_files,
        conversation=[
            spec_message(message, turn.state.built_by_reply.get(message.id, frozenset()))
            for message in turn.messages
        ],
        summaries=turn.summaries,
        tasks=turn.subtasks,
        auto_context=request.auto_context,
        smart_context=request.smart_context,
        activate_ordered=choice.activated_paths,
        skipped_paths=tuple(state.skipped),
        allowed_paths=frozenset(state.overwrite),
        resume=resume,
        image_support=state.models.has_image_support(choice.role),
    )
    return build_request(
        spec,
        limits=RequestLimits(
            role=by_role[choice.role],
            planner=limits.planner_input,
            max_convo=limits.planner_max_convo_tokens,
        ),
        count_tokens=count_tokens,
    )


def spec_message(message: ConvoMessage, built: frozenset[str] = frozenset()) -> SpecMessage:
    return SpecMessage(
        id=message.id,
        role="user" if message.role is Role.USER else "assistant",
        message=message.message,
        tokens=message.tokens,
        created_at_ms=int(message.created_at.timestamp() * 1000),
        stopped=message.stopped,
        has_error=message.flags.has_error,
        built=built,
    )
