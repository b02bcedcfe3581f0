"""What the steps of one run share while it is executed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from execution.clients.base import ModelClient
from execution.errors import RunFailed
from execution.logic.events import Reply
from execution.logic.pending import StagedChange
from execution.logic.reply_parser import ReplyStream
from execution.logic.requests import BuildPlanRequest, TellPlanRequest
from execution.logic.stretches import Entry
from execution.models import ModelCall, Run
from execution.observed import first_text_shown
from execution.services import runs
from execution.services.database_away import steadily
from execution.services.spending import Admitted, call_begin
from models_config.logic.credentials import Credentials
from plans.logic.convo import ConvoFlags
from plans.models import Branch, PlanStatus

if TYPE_CHECKING:
    from execution.runtime import Runtime


@dataclass(slots=True)
class ReplyInProgress:
    """A reply that is being received; `stored` once it is a message of the conversation. `flags`
    are those that it has also when it is cut."""

    id: str
    stream: ReplyStream
    flags: ConvoFlags
    stored: bool = False

    @property
    def raw(self) -> str:
        """The model's words so far."""
        return self.stream.raw


@dataclass(slots=True)
class Session:
    """`building` are the ids of builds that are at work, `staged` finished ones that no commit
    holds yet; `failures` says, by reply and path, why an operation failed, and `given_up` which
    failures nobody wants built any more."""

    runtime: "Runtime"
    run: Run
    branch: Branch
    org_id: str
    request: TellPlanRequest | BuildPlanRequest
    credentials: Credentials
    reply: ReplyInProgress | None = None
    building: set[str] = field(default_factory=set)
    staged: list[StagedChange] = field(default_factory=list)
    failures: dict[tuple[str, str], str] = field(default_factory=dict)
    given_up: set[tuple[str, str]] = field(default_factory=set)
    calls: list[ModelCall] = field(default_factory=list)
    reply_ids: list[str] = field(default_factory=list)
    has_shown: bool = False
    # Why no further reply is asked for, though the run has not failed.
    halted: RunFailed | None = None
    noticed: set[str] = field(default_factory=set)

    @property
    def project_paths(self) -> dict[str, bool]:
        return self.request.project_paths

    @property
    def tell(self) -> TellPlanRequest:
        assert isinstance(self.request, TellPlanRequest), "a build has no prompt"
        return self.request

    @property
    def client(self) -> ModelClient:
        return self.runtime.models

    @property
    def user_id(self) -> str:
        return self.run.user_id

    @property
    def plan_id(self) -> str:
        return self.run.plan_id

    @property
    def run_id(self) -> str:
        return self.run.id

    @property
    def session_id(self) -> str:
        return self.request.session_id

    def emit(self, *entries: Entry) -> None:
        for entry in entries:
            self.runtime.log.append(self.run.id, entry)

    def show(self, text: str) -> None:
        """Streams reply text; nothing for nothing."""
        if text:
            if not self.has_shown:
                self.has_shown = True
                first_text_shown(self.run)
            self.emit(Reply(text))

    def notice(self, key: str, text: str) -> None:
        """Tells the viewers something about the run itself, once."""
        if key not in self.noticed:
            self.noticed.add(key)
            self.show(f"⚠️  {text}\n\n")

    async def status(self, status: PlanStatus) -> None:
        await steadily(runs.run_status_set, self.run, status)

    async def begin(self, call: ModelCall, *, must_fit: bool) -> Admitted:
        ended = self.take_calls()
        try:
            return await steadily(call_begin, call, ended=ended, must_fit=must_fit)
        except BaseException:
            self.calls = [*ended, *self.calls]  # to close one twice does no harm
            raise

    def take_calls(self) -> list[ModelCall]:
        """The usage records that are not written yet; the caller writes them."""
        calls, self.calls = self.calls, []
        return calls

    def drop_staged(self, committed: Iterable[StagedChange]) -> None:
        gone = {change.build_id for change in committed}
        self.staged = [change for change in self.staged if change.build_id not in gone]
