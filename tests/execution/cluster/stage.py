"""A stage whose runs are executed by workers: web process and workers share one event loop, a real
Redis, and the database."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from execution import launch, storage
from execution.clients.fake import FakeModels
from execution.cluster.connection import redis_connect
from execution.cluster.control import control_send
from execution.cluster.orphans import Orphans
from execution.cluster.viewers import RemoteLogs
from execution.cluster.worker import Team
from execution.logic.requests import TellPlanRequest
from execution.logic.stretches import Entry
from execution.models import Run, RunKind
from execution.services.new_runs import NewRun, run_create
from execution.services.storing import prompt_message_id, prompt_store
from plandex_server.threads import in_thread
from plans.logic.convo import ConvoFlags
from plans.models import Branch
from tests.execution.cluster.redis_server import RedisServer
from tests.execution.runs.stage import Scene, Stage, on_stage


@dataclass
class ClusterStage(Stage):
    """`logs` is the web process's side, `team` the first worker."""

    redis: RedisServer = field(kw_only=True)
    teams: list[Team] = field(default_factory=list)
    queued: list[str] = field(default_factory=list)
    _logs: RemoteLogs | None = None
    _orphans: Orphans | None = None
    _clients: list[Any] = field(default_factory=list)

    @property
    def logs(self) -> RemoteLogs:
        if self._logs is None:
            redis = redis_connect(self.redis.url)
            self._logs = RemoteLogs(redis, attend=self.orphans.look, look_every=0.05)
        return self._logs

    @property
    def orphans(self) -> Orphans:
        """The web process's."""
        if self._orphans is None:
            self._orphans = Orphans(self.client())
        return self._orphans

    def client(self) -> Any:
        """A connection to Redis that is closed with the stage."""
        client = redis_connect(self.redis.url)
        self._clients.append(client)
        return client

    @property
    def team(self) -> Team:
        return self.teams[0]

    def worker(self, models: FakeModels | None = None) -> Team:
        """One more worker, which listens."""
        team = Team(self.client(), models or self.models, room=10)
        team.start()
        self.teams.append(team)
        return team

    def offer(self, run_id: str) -> None:
        """Stands for the queue: offers a run to the workers."""
        self.queued.append(run_id)
        if self.teams:
            launch._in_background(control_send(run_id, "take"))

    async def run_made(self, *, owner: str = "", attempt: int = 0, chat: bool = True) -> Run:
        """A run that nobody executes; with an `attempt` one that somebody began."""

        def make() -> Run:
            branch = Branch.objects.select_related("plan", "head").get(pk=self.branch_id)
            new = NewRun(
                branch=branch,
                user_id=self.world.owner.user_id,
                kind=RunKind.TELL,
                request=TellPlanRequest(prompt="Do it.", is_chat_only=chat, auto_continue=True),
                credentials={"OPENROUTER_API_KEY": "sk-or-v1-0123456789abcdef"},
                owner=owner,
            )
            run = run_create(new)
            if attempt:
                _prompt_stored(branch, run)
            Run.objects.filter(pk=run.pk).update(attempt=attempt)
            return Run.objects.get(pk=run.pk)

        return await in_thread(make)

    async def entries(self, run_id: str) -> list[Entry]:
        """The run's log as the database has it."""
        return await in_thread(storage.entries_read, run_id)

    async def row(self, run_id: str) -> Run:
        return await in_thread(Run.objects.get, pk=run_id)

    async def until(self, condition: Callable[[Run], bool], run_id: str) -> Run:
        """Waits for the run's row to be so."""
        while True:
            run = await self.row(run_id)
            if condition(run):
                return run
            await asyncio.sleep(0.01)

    async def ended(self, run_id: str) -> Run:
        return await self.until(lambda run: run.finished_at is not None, run_id)

    async def close(self) -> None:
        if launch._background:  # else their connections stay open
            await asyncio.wait(launch._background, timeout=5)
        for team in self.teams:
            await team.drain()
        if self._logs is not None:
            await self._logs.close()
        await super().close()
        for client in self._clients:
            await client.aclose()


def _prompt_stored(branch: Branch, run: Run) -> None:
    """Every process that tries a run does this first."""
    prompt_store(
        branch=branch,
        message_id=prompt_message_id(run.id),
        user_id=run.user_id,
        prompt="Do it.",
        flags=ConvoFlags(is_chat=True),
    )


def on_cluster(scene: Scene) -> Callable[..., None]:
    """Makes a test of a coroutine; its first parameter is the `stage`, which has a worker."""

    @on_stage
    @wraps(scene)
    async def played(stage: ClusterStage, **fixtures: Any) -> None:
        stage.worker()
        await scene(stage, **fixtures)

    return played
