"""Where runs are played: a plan, its owner's CLI, a server with scripted models."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from execution.clients.fake import SILENCE, FakeModels, fields_answer
from execution.models import Run
from execution.runtime import Runtime
from execution.services.run import execute
from execution.services.turns import Turn, turn_read
from plandex_server.threads import in_thread
from plans.models import Branch, Plan
from plans.selectors import branch_log
from tests.context.samples import a_file
from tests.execution.runs.exchange import Exchange, Viewer
from tests.execution.runs.replies import plan_of, section, unplaceable
from tests.factories import World
from tests.wire.client import Reply, StrictClient
from tests.wire.stream import Stream

T = TypeVar("T")

SCENE_S = 12.0
"""Ends a test that hangs."""
KEY = "sk-or-v1-0123456789abcdef"


@dataclass
class Stage:
    world: World
    plan: Plan
    branch_id: str
    models: FakeModels
    runtime: Runtime
    branch: str = "main"
    exchanges: list[Exchange] = field(default_factory=list)

    # -- requests ---------------------------------------------------------------------------

    async def tell(
        self,
        prompt: str = "Do it.",
        *,
        client: StrictClient | None = None,
        headers: dict[str, str] | None = None,
        **fields: Any,
    ) -> Viewer:
        """A tell's stream, as soon as its headers are there."""
        body = tell_body(prompt) | fields
        return await self._viewer("POST", "tell", body, client=client, headers=headers)

    async def told(self, prompt: str = "Do it.", **fields: Any) -> Stream:
        """A tell to its end."""
        return await (await self.tell(prompt, **fields)).end()

    async def background(self, prompt: str = "Do it.", **fields: Any) -> None:
        """A tell without a stream."""
        viewer = await self.tell(prompt, connectStream=False, **fields)
        reply = await viewer.reply()
        assert (reply.status, reply.body) == (200, b"")

    async def build(self, *, headers: dict[str, str] | None = None, **fields: Any) -> Viewer:
        body = {"connectStream": True, "authVars": {"OPENROUTER_API_KEY": KEY}, "projectPaths": {}}
        return await self._viewer("PATCH", "build", body | fields, headers=headers)

    async def connect(self, client: StrictClient | None = None) -> Viewer:
        return await self._viewer("PATCH", "connect", client=client)

    async def _viewer(
        self,
        method: str,
        word: str,
        body: object = None,
        *,
        client: StrictClient | None = None,
        headers: dict[str, str] | None = None,
    ) -> Viewer:
        viewer = Viewer(
            method,
            self._path(word),
            (client or self.world.owner).headers() | (headers or {}),
            b"" if body is None else json.dumps(body).encode(),
        )
        self.exchanges.append(viewer)
        await viewer.started()
        return viewer

    async def request(
        self,
        method: str,
        word: str,
        body: object = None,
        *,
        status: int | tuple[int, ...] | None = None,
    ) -> Reply:
        """An ordinary request about the branch, checked as the CLI would. `status` names the
        expected one, or those that may come; without it anything below 400 passes."""
        client = self.world.owner
        raw = b"" if body is None else json.dumps(body).encode()
        exchange = Exchange(method, self._path(word), client.headers(), raw)
        self.exchanges.append(exchange)
        reply = await exchange.reply()
        where = f"{method} {word} → {reply.status}: {reply.body!r}"
        if status is None:
            assert reply.status < 400, where
        else:
            assert reply.status in ((status,) if isinstance(status, int) else status), where
        client.check(method, self._path(word), reply, body)
        return reply

    async def stop(self, status: int | tuple[int, ...] = 204) -> Reply:
        return await self.request("DELETE", "stop", status=status)

    async def answer(self, choice: str, path: str, body: str = "", **more: Any) -> Reply:
        """Answers a question about a file."""
        sent = {"choice": choice, "filePath": path, "body": body}
        return await self.request("POST", "respond_missing_file", sent, **more)

    def _path(self, word: str) -> str:
        return f"/plans/{self.plan.id}/{self.branch}/{word}"

    # -- what is stored ---------------------------------------------------------------------

    async def turn(self) -> Turn:
        """The branch as it is now."""
        return await in_thread(turn_read, self.branch_id, self.plan.org_id, [])

    async def files(self) -> dict[str, str]:
        """The plan's pending files."""
        return dict((await self.turn()).state.files.files)

    async def status(self) -> tuple[str, str]:
        """The branch's status and error."""

        def read() -> tuple[str, str]:
            branch = Branch.objects.get(pk=self.branch_id)
            return branch.status, branch.error

        return await in_thread(read)

    async def log(self) -> list[str]:
        """The commit messages, newest first."""

        def read() -> list[str]:
            branch = Branch.objects.select_related("head", "plan").get(pk=self.branch_id)
            return [commit.message for commit in branch_log(branch)]

        return await in_thread(read)

    async def run(self) -> Run:
        """The newest run."""
        return await in_thread(lambda: Run.objects.order_by("-created_at")[0])

    async def wait_ended(self) -> Run:
        """Waits for the newest run to end, without watching it."""
        run = await self.run()
        assert await self.runtime.ended(run.id, 8)
        return await self.run()

    # -- the scene --------------------------------------------------------------------------

    async def close(self) -> None:
        """Lets what goes on in the background end, so that the next test finds nothing of it."""
        for exchange in self.exchanges:
            exchange.leave()
        tasks = {exchange.task for exchange in self.exchanges}
        await self.runtime.drain()
        others = asyncio.all_tasks() - tasks - {asyncio.current_task()}
        if tasks:
            await asyncio.wait(tasks, timeout=5)
        for task in others:
            task.cancel()
        if others:
            await asyncio.wait(others, timeout=5)
        # No thread may write any more when the tables are emptied.
        await asyncio.gather(*(in_thread(lambda: None) for _ in range(20)))

    async def settled(self) -> None:
        """Waits for the work that outlives runs, such as summaries."""
        while self.runtime._background:
            await asyncio.wait(set(self.runtime._background))


Scene = Callable[..., Coroutine[Any, Any, None]]


def on_stage(scene: Scene) -> Callable[..., None]:
    """Makes a test of a coroutine; its first parameter is the `stage`."""

    @wraps(scene)
    def test(stage: Stage, **fixtures: Any) -> None:
        async def played() -> None:
            try:
                async with asyncio.timeout(SCENE_S):
                    await scene(stage, **fixtures)
            finally:
                await stage.close()

        asyncio.run(played())
        assert not stage.models.left, f"answers that no model was asked for: {stage.models.left}"

    return test


def tell_body(prompt: str) -> dict[str, Any]:
    """A tell as the CLI sends it, without context and with builds."""
    return {
        "prompt": prompt,
        "buildMode": "auto",
        "connectStream": True,
        "autoContinue": True,
        "isUserContinue": False,
        "isUserDebug": False,
        "isApplyDebug": False,
        "isChatOnly": False,
        "autoContext": False,
        "smartContext": False,
        "execEnabled": False,
        "osDetails": "",
        "apiKeys": None,
        "openAIOrgId": "",
        "authVars": {"OPENROUTER_API_KEY": KEY},
        "projectPaths": {},
        "isImplementationOfChat": False,
        "isGitRepo": True,
        "sessionId": "",
    }


async def edit_given_up(stage: Stage) -> Viewer:
    """A run in the middle of a reply whose edit of `a.py` failed and which removed it since."""
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    models_helpless(stage.models)
    stage.models.queue("planner", plan_of("One", uses="`a.py`"))
    removal = section("Remove Files", "`a.py`")
    stage.models.queue("coder", unplaceable("a.py"), removal, "And ", SILENCE)
    viewer = await stage.tell(projectPaths={"a.py": True})
    await viewer.until_text("And")
    await viewer.until("buildInfo", 3)
    return viewer


def models_make() -> FakeModels:
    """Models that answer the small questions by themselves."""
    models = FakeModels()
    models.defaults |= {
        "names": fields_answer(planName="a-fine-plan"),
        "commit-messages": fields_answer(commitMsg="Change some files"),
        "auto-continue": fields_answer(reasoning="It is.", subtaskFinished=True),
        "summarizer": lambda request: "All went well.",
    }
    return models


def models_helpless(models: FakeModels) -> None:
    """Builders that never give a usable answer."""
    for role in ("builder", "whole-file-builder"):
        models.defaults[role] = lambda request: "I can't tell."


def runtime_make(models: FakeModels) -> Runtime:
    return Runtime(execute, models=models)
