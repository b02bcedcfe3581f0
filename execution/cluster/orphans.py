"""Runs that no worker executes, as a web process sees them.

Workers take up each other's runs. Where there is no worker left, a run's viewers would wait for
ever and a stop would do nothing: then the web process ends the run, with what was received of it.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from execution import storage
from execution.cluster.broadcast import RedisBroadcast
from execution.cluster.heartbeat import workers_live
from execution.logic.silence import GAP_S, SILENT_S, Sign, Silence
from execution.runtime import owner_make
from execution.services.claims import run_claim, runs_signs
from execution.services.recovery import run_recover, run_resume
from plandex_server.threads import in_thread

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
HOPELESS_S = 45.0
"""A deploy may leave no worker for some seconds; after a minute in all the users are told."""
ALONE_S = 15.0
"""A Redis that has just been restarted knows its workers again after their next signs."""
NO_WORKER = "The server has no worker now; what was received is kept, try again when it has one"


class Orphans:
    """Use it on one event loop."""

    def __init__(self, redis: Any) -> None:
        self._redis = redis
        self._owner = owner_make()
        self._broadcast = RedisBroadcast(redis, self._owner)
        self._silence = Silence(owned=SILENT_S, free=SILENT_S, gap=GAP_S)
        self._hopeless = Silence(owned=HOPELESS_S, free=HOPELESS_S, gap=GAP_S)
        self._silent: Mapping[str, Sign] = {}
        self._alone_since: float | None = None
        self._stopping: set[str] = set()

    async def look(self, run_ids: Sequence[str]) -> None:
        """Looks at runs that have viewers and say nothing. Call it every second or two."""
        moment = asyncio.get_running_loop().time()
        signs = await in_thread(runs_signs, run_ids) if run_ids else {}
        self._silent = self._silence.look(signs, moment)
        hopeless = self._hopeless.look(signs, moment)
        if not hopeless:
            self._alone_since = None
        elif await self._is_alone(moment):
            for run_id, sign in hopeless.items():
                logger.error("run %s: no worker has it, it is ended", run_id)
                await self._end(run_id, sign, stopped=False)

    async def _is_alone(self, moment: float) -> bool:
        """Whether there has been no worker for a while. While Redis is away nobody knows."""
        since, self._alone_since = self._alone_since, None
        if await workers_live(self._redis):
            return False
        self._alone_since = since if since is not None else moment
        return moment - self._alone_since >= ALONE_S

    async def stop(self, run_id: str) -> None:
        """Ends a run whose stop was asked for, unless its worker lives; at once if that is known
        to be silent."""
        if run_id in self._stopping:
            return
        self._stopping.add(run_id)
        try:
            await self._stopped(run_id)
        except Exception as failure:
            # Whoever executes it next finds the mark.
            logger.warning("run %s: its stop: %s", run_id, type(failure).__name__)
        finally:
            self._stopping.discard(run_id)

    async def _stopped(self, run_id: str) -> None:
        silence = Silence(owned=SILENT_S, free=0.0, gap=GAP_S)
        known = self._silent.get(run_id)
        if known is not None and await self._end(run_id, known, stopped=True):
            return
        while signs := await in_thread(runs_signs, [run_id]):
            silent = silence.look(signs, asyncio.get_running_loop().time())
            if run_id in silent and await self._end(run_id, silent[run_id], stopped=True):
                return
            await asyncio.sleep(LOOK_EVERY_S)

    async def _end(self, run_id: str, sign: Sign, *, stopped: bool) -> bool:
        """False when somebody has given a sign of life meanwhile."""
        run = await in_thread(run_claim, run_id, self._owner, silent=sign)
        if run is None:
            return False
        known = len(await in_thread(storage.entries_read, run_id))
        sent = await self._broadcast.sent(run_id, known)
        if stopped:
            await in_thread(run_resume, run, sent)
        else:
            await in_thread(run_recover, run, sent, why=NO_WORKER)
        return True
