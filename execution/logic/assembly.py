"""Builds the model request of a reply: system message, conversation, wrapped prompt.

The order is made for the providers' caches: texts that never change come first, then what
changes rarely (context), then what changes with each task, and the time and prompt last.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from execution.logic.chat_messages import AnyPart, ChatMessage, Part, text_message
from execution.logic.context_block import (
    TOKENS_PER_PART,
    ContextBlock,
    activated_block,
    auto_loaded_block,
    implementation_block,
    shared_block,
)
from execution.logic.context_items import ContextSource, CountTokens, has_map
from execution.logic.conversation import (
    TOKENS_PER_MESSAGE,
    Conversation,
    ConvoLimits,
    ConvoTooLong,
    SelectedConvo,
)
from execution.logic.prompts.instructions import (
    TaskView,
    instructions,
    skipped_note,
    task_list,
)
from execution.logic.prompts.wrapped import resume_instruction, wrap_prompt
from execution.logic.request_spec import (
    Assembled,
    NoCurrentTask,
    RequestLimits,
    RequestSpec,
    TokenLimitExceeded,
)
from execution.logic.stages import Phase, Stage

OVERHEAD = 3 + TOKENS_PER_MESSAGE  # of the request, and of the system message
ACTIVATED_SHARE = 0.95  # the estimate is rough: leave some room unused

# The CLI shows what comes after a colon on a line of its own.
_LARGER = "or choose a model pack with a larger context"
_TOO_MUCH = f"the context is too large for the model; unload some of it (plandex rm), {_LARGER}"
OVER_BEFORE_CONVO = (
    "Max tokens exceeded before adding conversation: "
    f"the prompt is too long for the model; shorten it, {_LARGER}"
)
OVER_BEFORE_CONTEXT = f"Max tokens exceeded before adding context: {_TOO_MUCH}"
OVER_WITH_CONTEXT = f"Token limit exceeded before adding conversation: {_TOO_MUCH}"
OVER_WITH_SUMMARY = f"Couldn't get under token limit with conversation summary: {_TOO_MUCH}"


@dataclass(frozen=True, slots=True)
class _Sized:
    """Parts of the system message, their tokens, and the files that they show."""

    parts: tuple[AnyPart, ...] = ()
    tokens: int = 0
    shown: frozenset[str] = frozenset()

    def __add__(self, other: "_Sized | ContextBlock") -> "_Sized":
        return _Sized(
            self.parts + other.parts, self.tokens + other.tokens, self.shown | other.shown
        )


def current_task(tasks: Sequence[TaskView]) -> TaskView | None:
    """The task to implement next: the first unfinished one."""
    return next((task for task in tasks if not task.is_finished), None)


def build_request(
    spec: RequestSpec, *, limits: RequestLimits, count_tokens: CountTokens
) -> Assembled:
    """Build the messages of a reply's request.

    Raises `NoCurrentTask` and `TokenLimitExceeded`.
    """
    return _Assembly(spec, limits, count_tokens).build()


@dataclass(frozen=True, slots=True)
class _Last:
    """The messages after the conversation and their tokens."""

    messages: tuple[ChatMessage, ...]
    tokens: int


class _Assembly:
    """One request in the making; every text is counted once."""

    def __init__(self, spec: RequestSpec, limits: RequestLimits, count: CountTokens) -> None:
        self.spec = spec
        self.limits = limits
        self.count = count
        self.facts = spec.facts
        self.source = ContextSource(spec.contexts, spec.files, count, spec.image_support)
        self.by_activation = spec.auto_context and has_map(spec.contexts)
        self.task = current_task(spec.tasks)
        self.convo = Conversation(spec.conversation, spec.summaries, count, spec.prompt.message_id)

    def build(self) -> Assembled:
        """Build the request of the stage."""
        if self.facts.stage is Stage.IMPLEMENTATION:
            return self._implementation()
        return self._planning()

    def _planning(self) -> Assembled:
        asks_tasks = self.facts.phase is Phase.TASKS and not self.facts.is_chat
        shared = shared_block(
            self.source,
            by_activation=self.by_activation,
            exec_enabled=self.facts.exec_enabled,
            demand_commands=asks_tasks,
        )
        head = self._text(self._instructions(), cache=True)
        tail = _Sized()
        if self.facts.phase is Phase.TASKS:
            tail += self._text(self._task_list(), cache=True)
        if asks_tasks:
            tail += self._text(skipped_note(self.spec.skipped_paths))
        last = self._last()
        room = self._room_for_files(head.tokens + tail.tokens + last.tokens, shared)
        if self.facts.phase is Phase.CONTEXT:
            last = self._last_naming(room, last.tokens)
            return self._assembled(head + shared + tail, last)
        return self._assembled(head + shared + tail + self._extra(room), last)

    def _extra(self, room: int) -> ContextBlock:
        """The files of the tasks phase beyond the shared context."""
        if not self.by_activation:
            return auto_loaded_block(self.source)
        if room < 0:
            raise TokenLimitExceeded(OVER_BEFORE_CONTEXT)
        return activated_block(
            self.source,
            ordered=self.spec.activate_ordered,
            others=self.spec.activate_paths,
            budget=int(room * ACTIVATED_SHARE),
        )

    def _implementation(self) -> Assembled:
        if self.task is None:
            raise NoCurrentTask
        files = set(self.task.uses_files)
        block = implementation_block(
            self.source,
            # a task that names no files says nothing about what it needs
            task_files=(
                files.union(self.spec.allowed_paths) if self.spec.smart_context and files else None
            ),
            exec_enabled=self.facts.exec_enabled,
        )
        system = self._text(self._instructions(), cache=True)
        system += self._text(self._task_list(), cache=True)
        system += self._text(skipped_note(self.spec.skipped_paths))
        last = self._last()
        self._before(system.tokens, last, OVER_BEFORE_CONVO)
        return self._assembled(system + block, last)

    def _assembled(self, system: _Sized, last: _Last) -> Assembled:
        before = self._before(system.tokens, last, OVER_WITH_CONTEXT)
        selected = self._select(before, system.shown)
        messages = (ChatMessage("system", system.parts), *selected.messages, *last.messages)
        return Assembled(messages, before + selected.tokens, selected.summarized_to)

    def _before(self, system_tokens: int, last: _Last, error: str) -> int:
        """The size of all but the conversation; raises if even that is too much."""
        before = system_tokens + last.tokens + OVERHEAD
        if before > self.limits.role:
            raise TokenLimitExceeded(error)
        return before

    def _select(self, before: int, shown: Collection[str]) -> SelectedConvo:
        try:
            return self.convo.beside(shown).select(
                before=before, limits=ConvoLimits(self.limits.request, self.limits.max_convo)
            )
        except ConvoTooLong:
            raise TokenLimitExceeded(OVER_WITH_SUMMARY) from None

    def _room_for_files(self, tokens: int, shared: ContextBlock) -> int:
        """What is left for chosen files; negative if the shared context is too large.

        `tokens` is the size of all but context and conversation. Raises if that and the
        conversation are too much already.
        """
        before = tokens + OVERHEAD
        if before > self.limits.role:
            raise TokenLimitExceeded(OVER_BEFORE_CONVO)
        self._select(before, shared.shown)
        try:
            selected = self._select(before + shared.tokens, shared.shown)
        except TokenLimitExceeded:
            return -1
        return self.limits.request - before - shared.tokens - selected.tokens

    def _last(self) -> _Last:
        messages = self._last_messages(token_limit=self.limits.planner)
        sizes = (self.count(message.text) + TOKENS_PER_PART for message in messages)
        return _Last(messages, sum(sizes) + TOKENS_PER_MESSAGE * len(messages))

    def _last_naming(self, room: int, tokens: int) -> _Last:
        """The last messages with the room for files in the tasks phase, in round numbers."""
        planner_room = room - self.limits.request + self.limits.planner
        limit = max(0, int(planner_room * ACTIVATED_SHARE)) // 1000 * 1000
        return _Last(self._last_messages(token_limit=limit), tokens)

    def _last_messages(self, *, token_limit: int) -> tuple[ChatMessage, ...]:
        wrapped = wrap_prompt(
            self.spec.prompt.text,
            self.facts,
            token_limit=token_limit,
            current_title=self.task.title.strip("* ") if self.task else "",
        )
        messages = [text_message("user", wrapped)]
        resume = self.spec.resume
        if resume is not None:
            if resume.partial_reply.strip():
                messages.append(text_message("assistant", resume.partial_reply))
            instruction = resume_instruction(resume.choice, resume.path)
            messages.append(text_message("user", instruction))
        return tuple(messages)

    def _instructions(self) -> str:
        return instructions(
            stage=self.facts.stage,
            is_chat=self.facts.is_chat,
            exec_enabled=self.facts.exec_enabled,
        )

    def _task_list(self) -> str:
        return task_list(self.spec.tasks, stage=self.facts.stage, current=self.task)

    def _text(self, text: str, *, cache: bool = False) -> _Sized:
        if not text:
            return _Sized()
        return _Sized((Part(text, cache),), self.count(text) + TOKENS_PER_PART)
