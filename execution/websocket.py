"""A branch's runs over a WebSocket, `/ws/plans/{planId}/{branch}`.

The connection follows the branch, from run to run. Each run begins with the frame
`{"n": N, "event": {"type": "start"}, "runId": …}`, then come its events after number N as
`{"n", "event"}`. At first that is the active run, or with `?after=N` the run of which the client
has N events: the one named by `?run=`, else the active one, else the newest. Without any of them
the connection waits for the next run. A client that connects again with the last `runId` and `n`
misses nothing, also of the runs in between.

Clients may send `{"action": "stop"}`, and the answers to a run's questions. What can't be done is
said in a frame `{"error": {"code", "message", "details"}}`.
"""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import msgspec
from channels.generic.websocket import AsyncWebsocketConsumer
from django.http.request import HttpHeaders

from execution import launch
from execution.branch_news import runs_hear
from execution.event_stream import event_number
from execution.logic.stream_messages import START, StreamMessage, message_of
from execution.models import Run
from execution.numbered import numbered_events
from execution.selectors import run_after, run_is_told, run_of_branch
from execution.websocket_actions import act
from orgs.authentication import Auth, authenticate
from plandex_server.api.exceptions import as_api_error
from plandex_server.api.headers import headers_environ
from plandex_server.errors import ApiError
from plandex_server.threads import in_thread
from plans.models import Branch
from plans.selectors import branch_get, branch_get_to_update

LOOK_EVERY_S = 2.0
"""A run that begins is announced; looking as well covers a lost announcement."""
SIGN_EVERY_S = 20.0

_encoder = msgspec.json.Encoder()


class _Frame(msgspec.Struct, rename="camel", omit_defaults=True):
    n: int
    event: StreamMessage
    run_id: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """Where the client wants to begin: `after` is None unless it named a place."""

    run_id: str
    after: int | None


class BranchConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    channel_layer_alias = "none"
    """It listens by itself: with a layer, Channels refuses all connections while Redis is away."""

    async def connect(self) -> None:
        # Accepted also when it is refused: browsers see the close codes of open connections only.
        await self.accept()
        self._following: asyncio.Task[None] | None = None
        self._begun = asyncio.Event()
        try:
            wish = _wish(self._query)
            branch = await in_thread(self._branch)
            first = await in_thread(_first_run, branch, wish)
        except Exception as failure:
            await self._refuse(as_api_error(failure))
            return
        follow = self._follow(branch, first, wish.after or 0)
        self._following = asyncio.get_running_loop().create_task(follow)

    async def disconnect(self, code: int) -> None:
        if self._following is not None:
            self._following.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self._following is None:
            return
        try:
            branch = await in_thread(self._branch_to_update)
            await act(branch, self._user_id, text_data)
        except Exception as failure:
            error = as_api_error(failure)
            if error.status == 401:  # signed out meanwhile
                await self._refuse(error)
                return
            await self._say({"error": _error_json(error)})

    # -- following --------------------------------------------------------------------------

    async def _follow(self, branch: Branch, run: Run | None, after: int) -> None:
        """One run after another, until the client leaves or may not see the branch any more."""
        hearing = asyncio.get_running_loop().create_task(runs_hear(branch.id, self._begun))
        try:
            while True:
                if run is not None and not await in_thread(run_is_told, run, after):
                    await self._show(run, after)
                run, after = await self._next(branch, run), 0
        except asyncio.CancelledError:
            raise
        except Exception as failure:
            await self._refuse(as_api_error(failure))
        finally:
            hearing.cancel()

    async def _show(self, run: Run, after: int) -> None:
        follower = await launch.logs().follow(run.id, after=after)
        try:
            await self._say(_Frame(after, START, run.id))
            async with aclosing(numbered_events(follower, sign_every=SIGN_EVERY_S)) as batches:
                async for batch in batches:
                    for one in batch:
                        await self._say(_Frame(one.number, message_of(one.event)))
        finally:
            follower.close()

    async def _next(self, branch: Branch, earlier: Run | None) -> Run:
        """Waits for the run that follows."""
        while True:
            self._begun.clear()
            await in_thread(self._branch, counted=False)  # still in reach
            run = await in_thread(run_after, branch, earlier)
            if run is not None:
                return run
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._begun.wait()
            except TimeoutError:
                pass

    # -- the client -------------------------------------------------------------------------

    @property
    def _query(self) -> dict[str, str]:
        query = parse_qs(self.scope["query_string"].decode("latin1"))
        return {name: values[-1] for name, values in query.items()}

    def _branch(self, *, counted: bool = True) -> Branch:
        """The branch, if the client may see it now."""
        path, auth = self.scope["url_route"]["kwargs"], self._auth(counted=counted)
        return branch_get(auth=auth, plan_id=path["plan_id"], name=path["branch"])

    def _branch_to_update(self) -> Branch:
        """The branch, if the client may change its plan now."""
        path = self.scope["url_route"]["kwargs"]
        return branch_get_to_update(auth=self._auth(), plan_id=path["plan_id"], name=path["branch"])

    def _auth(self, *, counted: bool = True) -> Auth:
        headers = _headers(self.scope, self._query)
        auth = authenticate(headers, outdated_passes=True, counted=counted)
        self._user_id = auth.user.id
        return auth

    async def _say(self, value: object) -> None:
        await self.send(text_data=_encoder.encode(value).decode())

    async def _refuse(self, error: ApiError) -> None:
        """The close code is 4000 and the status that an answer would have."""
        await self._say({"error": _error_json(error)})
        await self.close(code=4000 + error.status)


def _error_json(error: ApiError) -> dict[str, Any]:
    details = {"reason": error.code, **error.details}
    return {"code": error.status, "message": error.msg, "details": details}


def _headers(scope: Mapping[str, Any], query: Mapping[str, str]) -> HttpHeaders:
    """The request's headers. Browsers can't set any: they put token and org into the address."""
    environ = headers_environ(scope["headers"])
    if query.get("token"):
        environ.setdefault("HTTP_AUTHORIZATION", f"Bearer {query['token']}")
    if query.get("org"):
        environ.setdefault("HTTP_X_ORG_ID", query["org"])
    return HttpHeaders(environ)


def _wish(query: Mapping[str, str]) -> Wish:
    after = query.get("after", "")
    return Wish(query.get("run", ""), event_number(after, "after") if after else None)


def _first_run(branch: Branch, wish: Wish) -> Run | None:
    if wish.run_id or wish.after is not None:
        return run_of_branch(branch, wish.run_id)
    return run_after(branch, None)
