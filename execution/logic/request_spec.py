"""What the request of a reply is made from, what comes of it, and why none may."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from execution.logic.chat_messages import ChatMessage
from execution.logic.context_items import ContextItem, PlanFiles
from execution.logic.conversation import ConvoMessage, Summary
from execution.logic.prompts.instructions import TaskView
from execution.logic.prompts.wrapped import MissingFileChoice, PromptChoice, PromptFacts

NO_CURRENT_TASK = (
    "There's no current task to implement. Try a prompt instead of the 'continue' command."
)


class TokenLimitExceeded(Exception):
    """The request cannot be made to fit the model; the text is for the user."""


class NoCurrentTask(Exception):
    """There is nothing to implement; the text is for the user."""

    def __init__(self) -> None:
        super().__init__(NO_CURRENT_TASK)


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Input tokens of the stage's role and of the planner, and the planner's convo limit."""

    role: int
    planner: int
    max_convo: int

    @property
    def request(self) -> int:
        """What the whole request may take."""
        return min(self.role, self.planner)


@dataclass(frozen=True, slots=True)
class Resume:
    """A reply interrupted by a missing file, to be continued after the user's choice."""

    choice: MissingFileChoice
    path: str
    partial_reply: str


@dataclass(frozen=True, slots=True)
class RequestSpec:
    """Everything a request is made from.

    `facts` says stage, phase and modes; `prompt` is what `choose_prompt` chose. Summaries
    and messages are oldest first. `auto_context` is the request's flag; `allowed_paths` are
    files beyond those of the task that the user let a reply write.
    """

    facts: PromptFacts
    prompt: PromptChoice
    contexts: Sequence[ContextItem] = ()
    files: PlanFiles = field(default_factory=PlanFiles)
    conversation: Sequence[ConvoMessage] = ()
    summaries: Sequence[Summary] = ()
    tasks: Sequence[TaskView] = ()
    auto_context: bool = False
    smart_context: bool = False
    activate_ordered: Sequence[str] = ()
    activate_paths: Collection[str] = ()
    skipped_paths: Collection[str] = ()
    allowed_paths: Collection[str] = ()
    resume: Resume | None = None
    image_support: bool = True


@dataclass(frozen=True, slots=True)
class Assembled:
    """A request ready for the model adapters, with its estimated size.

    `summarized_to_message_id` is the last message that is sent only as a summary.
    """

    messages: tuple[ChatMessage, ...]
    token_estimate: int
    summarized_to_message_id: str | None = None
