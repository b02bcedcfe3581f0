"""What the replies of one tell share."""

import asyncio
from dataclasses import dataclass, field

from execution.logic.requests import TellPlanRequest
from execution.services.builds import Builds
from execution.services.model_calls import ModelCaller
from execution.services.session import Session


@dataclass(slots=True)
class TellState:
    """`overwrite` and `skipped` are the user's answers about files that the model never saw;
    `prompt_id` is the message that holds the request's prompt."""

    session: Session
    models: ModelCaller
    builds: Builds
    group: asyncio.TaskGroup
    iteration: int = 0
    prompt_id: str | None = None
    overwrite: set[str] = field(default_factory=set)
    skipped: dict[str, None] = field(default_factory=dict)
    is_summarizing: bool = False
    has_begun: bool = False

    @property
    def request(self) -> TellPlanRequest:
        return self.session.tell
