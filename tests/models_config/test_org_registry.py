"""What a process keeps of an org is never older than the stamp it was asked with."""

from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from models_config import selectors
from models_config.logic.settings import SettingsRequest
from models_config.models import CustomPack
from models_config.selectors import KEPT_S, org_registry, registry_of
from models_config.services.registry import default_settings_update, pack_create
from models_config.stamps import org_models_change, stamp_read
from orgs.models import Org
from tests.concurrency import together
from tests.factories import World, world_make
from tests.models_config.bodies import PACK


class Undo(Exception):
    pass


def pack_add(org: Org, name: str) -> None:
    roles = {"planner": "deepseek/r1", "builder": "deepseek/r1", "coder": "deepseek/v3"}
    body = {key: value for key, value in PACK.items() if isinstance(value, str)} | roles
    body = {key: _known(value) for key, value in body.items()}
    pack_create(org=org, raw=body | {"name": name})


def _known(value: str) -> str:
    return "deepseek/v3" if value == "meta-llama/llama-4-maverick" else value


def names(org: Org) -> list[str]:
    return [pack.name for pack in org_registry(org.id).models.packs]


def queries_of(read: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        read()
    return len(queries)


def test_it_is_read_once(world: World) -> None:
    first = org_registry(world.org.id)
    assert queries_of(lambda: org_registry(world.org.id)) == 1, "the stamp's"
    assert org_registry(world.org.id) is first
    assert org_registry(world.other_org.id) is not first


def test_who_has_just_read_the_org_asks_nothing(world: World) -> None:
    org = Org.objects.get(pk=world.org.id)
    first = registry_of(org)
    assert queries_of(lambda: registry_of(org)) == 0
    assert registry_of(org) is first


def test_a_change_is_read_at_once(world: World) -> None:
    assert names(world.org) == []
    pack_add(world.org, "a")
    assert names(world.org) == ["a"]
    default_settings_update(
        org=world.org, sent=SettingsRequest(model_pack_name="a"), keep_roles=False
    )
    assert org_registry(world.org.id).defaults.model_pack_name == "a"
    assert names(world.other_org) == []


@pytest.mark.parametrize("is_read_meanwhile", [True, False])
def test_what_was_rolled_back_is_forgotten(world: World, is_read_meanwhile: bool) -> None:
    pack_add(world.org, "a")
    assert names(world.org) == ["a"]
    with pytest.raises(Undo), transaction.atomic():
        pack_add(world.org, "b")
        assert names(world.org) == ["a", "b"]
        raise Undo
    if is_read_meanwhile:
        assert names(world.org) == ["a"]
    pack_add(world.org, "c")
    assert names(world.org) == ["a", "c"], "the next stamp is not the one that was rolled back"


def test_a_change_half_made_is_not_kept(world: World) -> None:
    with org_models_change(world.org.id):
        pack_add(world.org, "a")
        assert names(world.org) == ["a"]
        CustomPack.objects.filter(org=world.org).update(name="b")
        assert names(world.org) == ["b"], "read after the stamp that `a` had changed"
    assert names(world.org) == ["b"]


def test_a_change_refused_in_the_middle_leaves_nothing(world: World) -> None:
    pack_add(world.org, "a")
    with pytest.raises(Undo), org_models_change(world.org.id):
        CustomPack.objects.filter(org=world.org).update(name="b")
        assert names(world.org) == ["b"]
        raise Undo
    assert names(world.org) == ["a"]


def test_an_old_stamp_does_not_keep_what_is_not_committed(world: World) -> None:
    """Given by who read the org before the change: its stamp counts again after the rollback."""
    org = Org.objects.get(pk=world.org.id)
    selectors._kept.clear()
    with pytest.raises(Undo), transaction.atomic():
        pack_add(world.org, "a")
        assert [pack.name for pack in registry_of(org).models.packs] == ["a"]
        raise Undo
    assert registry_of(org).models.packs == ()
    assert names(world.org) == []


def test_a_change_that_nobody_told_is_seen_after_a_while(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a process of an earlier version, which leaves the stamp alone."""
    pack_add(world.org, "a")
    assert names(world.org) == ["a"]
    stamp = stamp_read(world.org.id)
    with org_models_change(world.org.id):
        CustomPack.objects.filter(org=world.org).update(name="b")
    Org.objects.filter(pk=world.org.id).update(models_stamp=stamp)
    assert names(world.org) == ["a"]
    clock = selectors._kept._clock
    monkeypatch.setattr(selectors._kept, "_clock", lambda: clock() + KEPT_S)
    assert names(world.org) == ["b"]


def test_an_org_that_is_gone_has_nothing(world: World) -> None:
    pack_add(world.org, "a")
    assert names(world.org) == ["a"]
    with org_models_change(world.org.id):
        world.project.delete()
        world.org.delete()
    assert org_registry(world.org.id).size == 0


def test_many_orgs_do_not_fill_the_memory(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors._kept._kept, "_most", 1)
    first = org_registry(world.org.id)
    org_registry(world.other_org.id)
    assert org_registry(world.org.id) is not first
    assert len(selectors._kept) == 1
    selectors._kept.clear()


# -- others at the same time ---------------------------------------------------------------------


class Between:
    """A prepared query that lets another connection write just before it is asked."""

    def __init__(self, query: Any, write: Callable[[], None]) -> None:
        self.query, self.write, self.is_done = query, write, False

    def all(self, **values: Any) -> Any:
        if not self.is_done:
            self.is_done = True
            together([self.write])
        return self.query.all(**values)

    def first(self, **values: Any) -> Any:
        return next(iter(self.all(**values)), None)


@pytest.mark.parametrize("query", ["_DEFAULTS", "_PROVIDERS", "_MODELS", "_PACKS", "_PRICES"])
@pytest.mark.django_db(transaction=True)
def test_a_writer_between_stamp_and_rows(monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    org = world_make().org
    write = partial(pack_add, org, "a")
    monkeypatch.setattr(selectors, query, Between(getattr(selectors, query), write))
    org_registry(org.id)
    assert names(org) == ["a"], "whatever the first reader has kept"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's writers would wait")
def test_a_reader_in_a_snapshot_keeps_what_belongs_to_its_stamp() -> None:
    org = world_make().org
    pack_add(org, "a")
    selectors._kept.clear()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        stamp_read(org.id)
        together([partial(pack_add, org, "b")])
        assert names(org) == ["a"]
    assert names(org) == ["a", "b"]


@pytest.mark.django_db(transaction=True)
def test_nobody_reads_what_is_older_than_what_was_committed() -> None:
    org = world_make().org
    is_done = Event()

    def write() -> None:
        try:
            for number in range(12):
                pack_add(org, f"p{number}")
                assert len(names(org)) == number + 1
        finally:
            is_done.set()

    def read() -> None:
        while not is_done.is_set():
            committed = CustomPack.objects.filter(org=org).count()
            assert len(names(org)) >= committed

    together([write, read, read])
