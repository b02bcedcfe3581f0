"""`manage.py serve`: makes the data folder ready and serves until it is interrupted."""

import asyncio
import fcntl
import logging
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from execution.cluster.queue import task_template
from execution.management.addresses import check_address, check_host
from execution.management.migrating import database_needed, migration_lock
from execution.management.redis_start import redis_tell
from plandex_server.collector import calm_collector
from plandex_server.errors import ApiError
from plandex_server.loops import new_loop

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Serves the API on HOST and PORT; everything it needs is set up first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.HOST)
        parser.add_argument("--port", type=int, default=settings.PORT)

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = str(options["host"]), int(options["port"])
        check_host(host)
        with _data_folder():
            check_address(host, port)
            with database_needed():
                self._set_up()
            if settings.CLUSTER:
                redis_tell(self.stdout.write)
                task_template()
            calm_collector()
            _serve(host, port, ready=lambda: self._greet(host, port))

    def _greet(self, host: str, port: int) -> None:
        self.stdout.write(f"Plandex server on http://{host}:{port}")
        if settings.LOCAL_MODE:
            self.stdout.write("Local mode: everybody who reaches this address may sign in.")

    def _set_up(self) -> None:
        with migration_lock(self.stdout.write):
            call_command("migrate", interactive=False, verbosity=0)
            self._first_admin()
        self._recover()

    def _first_admin(self) -> None:
        from accounts.services.staff import first_admin_ensure

        if not settings.ADMIN_EMAIL:
            return
        try:
            made = first_admin_ensure(email=settings.ADMIN_EMAIL, password=settings.ADMIN_PASSWORD)
        except ApiError as error:
            raise CommandError(f"ADMIN_EMAIL and ADMIN_PASSWORD: {error.msg}") from None
        if made is not None:
            self.stdout.write(f"{made.email} may now sign in at {settings.ADMIN_PATH}.")

    def _recover(self) -> None:
        from execution.services.recovery import runs_recover

        if settings.CLUSTER:
            return  # the workers' sweepers take over what another process left
        count = runs_recover()
        if count:
            self.stdout.write(f"{count} run(s) were interrupted; their replies were kept.")


@contextmanager
def _data_folder() -> Iterator[None]:
    """One embedded server per data folder: a second one would end the runs of the first."""
    try:
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        lock = None if settings.DATABASE_URL else (settings.DATA_DIR / "server.lock").open("w")
    except OSError as error:
        raise CommandError(
            f"The data folder {settings.DATA_DIR} can't be used: {error.strerror}. "
            "Set PLANDEX_DATA_DIR."
        ) from None
    if lock is None:
        yield
        return
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CommandError(
                f"Another server uses {settings.DATA_DIR}. Stop it, or set PLANDEX_DATA_DIR."
            ) from None
        yield


def _serve(host: str, port: int, *, ready: Callable[[], None]) -> None:
    """Calls `ready` when clients can connect."""
    from twisted.internet import asyncioreactor

    # Before Daphne, which takes the loop it finds.
    loop = new_loop()
    asyncio.set_event_loop(loop)
    asyncioreactor.install(loop)  # type: ignore[no-untyped-call]  # Twisted has few types

    from daphne.endpoints import build_endpoint_description_strings
    from daphne.server import Server, reactor
    from twisted.internet.defer import Deferred

    from execution.launch import runtime
    from execution.warm import warm_up
    from plandex_server.asgi import application
    from plandex_server.close_codes import tell_close_codes
    from plandex_server.direct_writes import write_directly
    from plandex_server.plain_requests import leave_bodies
    from plandex_server.slow_clients import limit_slow_clients

    limit_slow_clients()
    leave_bodies()
    write_directly()
    tell_close_codes()

    class DrainedServer(Server):  # type: ignore[misc]  # Daphne has no types
        def kill_all_applications(self) -> Deferred[None]:
            """Cuts the connections at shutdown, but first the runs end and their viewers get
            their last frames."""
            drained = asyncio.ensure_future(runtime().drain(), loop=asyncio.get_event_loop())
            kill = super().kill_all_applications
            return Deferred.fromFuture(drained).addCallback(lambda _: kill())

    def warm() -> None:
        """In the background, so that the first client need not wait for it."""
        asyncio.get_event_loop().create_task(warm_up())

    if not settings.CLUSTER:
        reactor.callWhenRunning(warm)
    DrainedServer(
        application=application,
        endpoints=build_endpoint_description_strings(host=host, port=port),
        http_timeout=None,
        application_close_timeout=5,
        verbosity=0,
        server_name="plandex",
        ready_callable=ready,
        websocket_max_message_size=settings.MAX_SOCKET_MESSAGE_BYTES,
        websocket_max_frame_size=settings.MAX_SOCKET_MESSAGE_BYTES,
    ).run()
