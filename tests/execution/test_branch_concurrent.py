"""Two clients of one branch at the same time, through HTTP, each with its own connection: what is
answered with success is stored, what is refused says why."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from plans.models import Plan
from tests.execution.pending_states import built, edited, loaded, made
from tests.factories import World, world_make
from tests.plans.factories import main_of, plan_make, user_of
from tests.wire.client import Reply, StrictClient

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 6
CONTEXTS = tuple("abcd")


def together(jobs: Sequence[Callable[[], object]]) -> None:
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=10)
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        list(pool.map(run, jobs))


def scene() -> tuple[World, Plan, str]:
    world = world_make()
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    loaded(plan, {"start.py": "one\n"})
    built(plan, [edited("start.py", ("one", "two")), made("new.py", "new\n")])
    return world, plan, f"/plans/{plan.id}/main"


class Writers:
    """Collects the answers of all, and holds each to a promise: done, or refused in words."""

    def __init__(self, *clients: StrictClient) -> None:
        self.clients = clients
        self.done: list[str] = []

    def send(self, what: str, method: str, path: str, body: object = None) -> Reply:
        client = self.clients[len(self.done) % len(self.clients)]
        reply = client.probe(method, path, body)
        if reply.status < 400:
            self.done.append(what)
        else:
            assert reply.status in (404, 409, 422), (what, reply.status, reply.text)
            assert reply.text.strip(), what
        return reply


def load(writers: Writers, url: str, name: str) -> None:
    for number in range(ROUNDS):
        path = f"{name}{number}.py"
        item = {"contextType": "file", "name": path, "file_path": path, "body": "x = 1\n"}
        writers.send(path, "POST", f"{url}/context", [item])


def test_loads_applies_and_rejections_lose_nothing() -> None:
    world, plan, url = scene()
    Plan.objects.filter(pk=plan.pk).update(shared_with_org_at=plan.created_at)
    writers = Writers(world.owner, world.admin)
    together(
        [
            *(lambda name=name: load(writers, url, name) for name in CONTEXTS),
            lambda: writers.send("apply", "PATCH", f"{url}/apply", {}),
            lambda: writers.send("reject", "PATCH", f"{url}/reject_file", {"filePath": "new.py"}),
        ]
    )
    assert len(writers.done) == len(CONTEXTS) * ROUNDS + 2
    listed = world.owner.get(f"{url}/context").json
    names = {item["name"] for item in listed}
    assert names >= {f"{name}{number}.py" for name in CONTEXTS for number in range(ROUNDS)}
    assert main_of(plan).context_tokens == sum(item["numTokens"] for item in listed)
    state = world.owner.get(f"{url}/current_plan").json
    assert state["planResult"]["sortedPaths"] == []


def test_a_rewind_and_loads_follow_one_another() -> None:
    """Each load and rewind sees a whole branch: what the log says is what is there."""
    world, plan, url = scene()
    Plan.objects.filter(pk=plan.pk).update(shared_with_org_at=plan.created_at)
    first = world.owner.get(f"{url}/logs").json["shas"][-1]
    writers = Writers(world.owner, world.admin)

    def rewind() -> None:
        for _ in range(ROUNDS):
            writers.send("rewind", "PATCH", f"{url}/rewind", {"sha": first})

    together([*(lambda name=name: load(writers, url, name) for name in "ab"), rewind, rewind])
    assert writers.done.count("rewind") == 2 * ROUNDS
    listed = world.owner.get(f"{url}/context").json
    log = world.owner.get(f"{url}/logs").json
    assert log["shas"][-1] == first
    assert len(listed) == len(log["shas"]), "one commit for each item"
    assert main_of(plan).context_tokens == sum(item["numTokens"] for item in listed)


def test_branches_and_settings_at_once() -> None:
    world, plan, url = scene()
    writers = Writers(world.owner)

    def fork() -> None:
        for number in range(ROUNDS):
            body = {"name": f"b{number}"}
            writers.send(f"b{number}", "POST", f"{url}/branches", body)

    def choose(pack: str) -> None:
        for _ in range(ROUNDS):
            writers.send(pack, "PUT", f"{url}/settings", {"modelPackName": pack})

    together([fork, fork, lambda: choose("strong"), lambda: choose("cheap")])
    names = [branch["name"] for branch in world.owner.get(f"/plans/{plan.id}/branches").json]
    assert sorted(names) == ["b0", "b1", "b2", "b3", "b4", "b5", "main"]
    assert writers.done.count("strong") == writers.done.count("cheap") == ROUNDS
