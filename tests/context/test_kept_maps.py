"""Maps that are kept by content: an unchanged file is parsed once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from context import map_pool
from context.models import FileMap
from context.services import file_maps
from plandex_server.db import now
from plandex_server.pool import SupervisedPool
from tests.factories import World

INPUTS = {"a.py": "def f(x): ...\n", "b.md": "# Title\n", "c.py": "", "d.png": "\0"}
MAPS = {"a.py": "def f(x)\n", "b.md": "Title\n", "c.py": "", "d.png": "[NO MAP]"}


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The paths that went to the worker processes."""
    paths: list[str] = []
    run = SupervisedPool.run

    def spy(self: SupervisedPool, items: list[tuple[str, str]], **more: object) -> list[object]:
        paths.extend(path for path, _ in items)
        return run(self, items, **more)  # type: ignore[arg-type]  # passed on as given

    map_pool.close()
    monkeypatch.setattr(SupervisedPool, "run", spy)
    yield paths
    map_pool.close()


def post(world: World, inputs: dict[str, str]) -> dict[str, str]:
    maps: dict[str, str] = world.owner.post("/file_map", {"mapInputs": inputs}).json["mapBodies"]
    return maps


def test_it_works(world: World, parsed: list[str]) -> None:
    assert post(world, INPUTS) == MAPS
    assert sorted(parsed) == ["a.py", "b.md", "c.py"]
    assert FileMap.objects.count() == 3


def test_maps_are_kept_in_one_order(world: World, parsed: list[str]) -> None:
    """Two requests with the same files never wait for each other's rows."""
    post(world, {f"{name}.py": f"{name} = 1\n" for name in "dbacfe"})

    kept = list(FileMap.objects.order_by("id").values_list("key", flat=True))
    assert len(kept) == 6
    assert kept == sorted(kept)


def test_another_process_does_not_parse_again(world: World, parsed: list[str]) -> None:
    post(world, INPUTS)
    map_pool.close()  # its memory is gone, as in another process or after a restart
    parsed.clear()

    moved = {f"elsewhere/{path}": text for path, text in INPUTS.items()}
    assert post(world, moved | {"new.py": "x = 1\n"}) == {
        **{f"elsewhere/{path}": text for path, text in MAPS.items()},
        "new.py": "x = 1\n",
    }
    assert parsed == ["new.py"]


def test_another_org_does_not_see_what_is_known(world: World, parsed: list[str]) -> None:
    post(world, INPUTS)
    map_pool.close()
    parsed.clear()

    world.stranger.post("/file_map", {"mapInputs": INPUTS})
    assert sorted(parsed) == ["a.py", "b.md", "c.py"]


def test_a_changed_mapper_makes_new_maps(
    world: World, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    post(world, {"a.py": "x = 1\n"})
    map_pool.close()
    monkeypatch.setattr(map_pool, "mapper_version", lambda: "another")

    post(world, {"a.py": "x = 1\n"})
    assert parsed == ["a.py", "a.py"]


def test_long_unused_maps_are_thrown_away(
    world: World, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    post(world, {"old.py": "x = 1\n"})
    FileMap.objects.update(used_on=now().date() - timedelta(days=file_maps.KEPT_DAYS + 1))
    monkeypatch.setattr(file_maps._tidying, "is_due", lambda: True)

    post(world, {"new.py": "x = 2\n"})
    assert [bytes(row.text) for row in FileMap.objects.all()] == [b"x = 2\n"]


def test_used_maps_are_kept(
    world: World, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    post(world, {"old.py": "x = 1\n"})
    FileMap.objects.update(used_on=now().date() - timedelta(days=file_maps.KEPT_DAYS + 1))
    map_pool.close()
    post(world, {"old.py": "x = 1\n"})
    monkeypatch.setattr(file_maps._tidying, "is_due", lambda: True)

    post(world, {"new.py": "x = 2\n"})
    assert FileMap.objects.count() == 2


def test_an_org_keeps_no_more_than_its_share(
    world: World, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_maps, "KEPT_MAPS", 2)
    monkeypatch.setattr(file_maps._tidying, "is_due", lambda: True)
    post(world, {f"{number}.py": f"x = {number}\n" for number in range(5)})

    assert FileMap.objects.count() == 2
