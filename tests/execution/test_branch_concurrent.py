"""Two clients of one branch at the same time, through HTTP, each with its own connection: what is
answered with success is stored, what is refused says why."""

from collections.abc import Callable
from functools import partial
from itertools import chain

import pytest

from plans.models import Plan
from tests.concurrency import together
from tests.execution.pending_states import built, edited, loaded, made
from tests.factories import World, world_make
from tests.plans.factories import main_of, plan_make, user_of
from tests.wire.client import Reply, StrictClient

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 6
CONTEXTS = tuple("abcd")


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
    jobs: list[Callable[[], object]] = [
        lambda: writers.send("apply", "PATCH", f"{url}/apply", {}),
        lambda: writers.send("reject", "PATCH", f"{url}/reject_file", {"filePath": "new.py"}),
        *(partial(load, writers, url, name) for name in CONTEXTS),
    ]
    together(jobs)
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


@pytest.mark.parametrize("target", [0, -1], ids=["built", "loaded"])
def test_applies_and_rewinds_follow_one_another(target: int) -> None:
    """Whichever comes last, the branch is whole: what counts as applied is in the context."""
    world, plan, url = scene()
    sha = _shas(world, url)[target]
    writers = Writers(world.owner)

    def rewind() -> None:
        for _ in range(ROUNDS):
            writers.send("rewind", "PATCH", f"{url}/rewind", {"sha": sha})

    def apply() -> None:
        for _ in range(ROUNDS):
            writers.send("apply", "PATCH", f"{url}/apply", {})

    together([apply, apply, rewind, rewind])
    assert writers.done.count("rewind") == 2 * ROUNDS
    state = world.owner.get(f"{url}/current_plan").json
    applied = {one["path"] for one in state["planResult"]["results"] if one.get("appliedAt")}
    assert applied in (set(), {"start.py", "new.py"})
    bodies = {path: one["body"] for path, one in state["contextsByPath"].items()}
    whole = {"start.py": "two\n", "new.py": "new\n"}
    assert bodies == (whole if applied else {"start.py": "one\n"})
    listed = [one["planFileResultIds"] for one in state["planApplies"]]
    assert sorted(chain(*listed)) == sorted(
        one["id"] for one in state["planResult"]["results"] if one.get("appliedAt")
    )
    assert_tokens_add_up(world, plan, url)


def test_rewinds_to_different_revisions_end_at_one_of_them() -> None:
    world, plan, url = scene()
    writers = Writers(world.owner)
    load(writers, url, "a")
    shas = _shas(world, url)
    targets = shas[1:4]
    together(
        [
            lambda sha=sha: writers.send("rewind", "PATCH", f"{url}/rewind", {"sha": sha})  # type: ignore[misc]  # bound early
            for sha in targets * 2
        ]
    )
    left = _shas(world, url)
    # One that lies after another's target is not in the history any more.
    assert left in [shas[shas.index(sha) :] for sha in targets]
    assert_tokens_add_up(world, plan, url)


def test_a_branch_is_made_and_deleted_while_its_parent_is_written_to() -> None:
    world, plan, url = scene()
    writers = Writers(world.owner)
    start = _shas(world, url)

    def fork_and_delete() -> None:
        for _ in range(ROUNDS):
            writers.send("made", "POST", f"{url}/branches", {"name": "side"})
            writers.send("deleted", "DELETE", f"/plans/{plan.id}/branches/side")

    def load_on_both() -> None:
        for number in range(ROUNDS):
            name = f"s{number}.py"
            item = {"contextType": "file", "name": name, "file_path": name, "body": "x\n"}
            writers.send("side", "POST", f"/plans/{plan.id}/side/context", [item])

    together([fork_and_delete, fork_and_delete, load_on_both, lambda: load(writers, url, "a")])
    assert writers.done.count("made") == writers.done.count("deleted") or "side" in _names(
        world, plan
    )
    listed = {item["name"] for item in world.owner.get(f"{url}/context").json}
    assert listed == {"start.py"} | {f"a{number}.py" for number in range(ROUNDS)}
    assert _shas(world, url)[-len(start) :] == start
    assert_tokens_add_up(world, plan, url)


def test_of_two_configs_one_is_stored_whole() -> None:
    world, plan, _ = scene()
    writers = Writers(world.owner)
    full = world.owner.get(f"/plans/{plan.id}/config").json["config"]
    configs = [full | {"autoMode": "full", "autoDebugTries": 5}, full | {"autoMode": "none"}]

    def choose(config: object) -> None:
        for _ in range(ROUNDS):
            writers.send("config", "PUT", f"/plans/{plan.id}/config", {"config": config})
            writers.send("default", "PUT", "/default_plan_config", {"config": config})

    def rename() -> None:
        for number in range(ROUNDS):
            writers.send("renamed", "PATCH", f"/plans/{plan.id}/rename", {"name": f"n{number}"})

    together([lambda: choose(configs[0]), lambda: choose(configs[1]), rename])
    assert len(writers.done) == 5 * ROUNDS
    assert world.owner.get(f"/plans/{plan.id}/config").json["config"] in configs
    assert world.owner.get("/default_plan_config").json["config"] in configs
    # Neither writer took the other's column back.
    assert world.owner.get(f"/plans/{plan.id}").json["name"] == f"n{ROUNDS - 1}"


def _shas(world: World, url: str) -> list[str]:
    """Newest first."""
    shas: list[str] = world.owner.get(f"{url}/logs").json["shas"]
    return shas


def _names(world: World, plan: Plan) -> set[str]:
    return {branch["name"] for branch in world.owner.get(f"/plans/{plan.id}/branches").json}


def assert_tokens_add_up(world: World, plan: Plan, url: str) -> None:
    listed = world.owner.get(f"{url}/context").json
    assert main_of(plan).context_tokens == sum(item["numTokens"] for item in listed)
