"""Backups: whole, of one moment, restored into a new place of either kind, row by row."""

import json
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import User
from orgs.models import Org
from plandex_server.operations.errors import CareFailed
from plandex_server.operations.services.backup import backup_write
from plandex_server.operations.services.restore import restore_check, restore_read
from plandex_server.operations.services.rows import tables_of
from plandex_server.seal import seal, unseal
from tests.execution.runs.conftest import quick_flush  # noqa: F401  # a fixture
from tests.factories import org_make, user_make
from tests.operations.filler import FIRST_NUMBER, fill
from tests.operations.scratch import Scratch, scratch_databases, vendors


def silent(words: str) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test that needs a migrated database keeps one for the others."""
    return tmp_path_factory.mktemp("template") / "migrated.sqlite3"


@pytest.fixture
def kept_tables(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Takes the filler's rows out of the tables that the quick flush keeps, when it is done."""
    yield
    with django_db_blocker.unblock():
        for label in ("auth.Permission", "contenttypes.ContentType"):
            apps.get_model(label).objects.filter(pk__gte=FIRST_NUMBER).delete()
        connection.close()


@pytest.fixture
def scratch(
    kept_tables: None,
    quick_flush: None,  # noqa: F811  # the fixture
    transactional_db: None,
    tmp_path: Path,
    template: Path,
) -> Iterator[Scratch]:
    with scratch_databases(tmp_path, template) as make:
        yield make


@pytest.fixture
def full(scratch: Scratch) -> dict[str, int]:
    """The suite's database with rows in every table."""
    return fill(apps, "default", skip={"orgs.auditerasure"})


def rows_of(using: str) -> dict[str, list[bytes]]:
    return {
        table.name: sorted(
            table.line(values)
            for values in table.model._base_manager.using(using).values_list(*table.columns)
        )
        for table in tables_of(apps)
    }


def test_it_works(full: dict[str, int], scratch: Scratch, tmp_path: Path) -> None:
    """From the suite's database through each kind of another one, and every row is the same."""
    before = rows_of("default")
    assert all(len(before[name]) >= count for name, count in full.items())
    source = "default"
    for step, vendor in enumerate([*vendors(), vendors()[0]]):
        path = tmp_path / f"{step}.backup"
        manifest = backup_write(path, using=source, report=silent)
        assert {table.name for table in manifest.tables} == before.keys()
        source = scratch(vendor)
        restore_read(path, using=source, report=silent)
        assert rows_of(source) == before
        assert restore_check(path, using=source).count == 0


def test_new_rows_come_after_the_restored_ones(
    full: dict[str, int], scratch: Scratch, tmp_path: Path
) -> None:
    backup_write(tmp_path / "a.backup", report=silent)
    for using in [scratch.migrated(), *map(scratch, vendors()[1:])]:
        restore_read(tmp_path / "a.backup", using=using, report=silent)
        model = apps.get_model("accounts.RateEvent")
        last = model._base_manager.using(using).order_by("-pk")[0]
        fresh = model._base_manager.using(using).create(kind="k", key="x")
        assert fresh.pk > last.pk


def test_writers_go_on_and_change_nothing_in_it(
    full: dict[str, int], scratch: Scratch, tmp_path: Path
) -> None:
    """After each table somebody writes to many others; the backup is of the moment before."""
    before = rows_of("default")

    def write() -> None:
        try:
            org_make(owner=user_make())
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as writer:
        backup_write(
            tmp_path / "a.backup", report=lambda words: writer.submit(write).result(timeout=20)
        )
    assert User.objects.count() > len(before["accounts.user"]) + 5
    using = scratch.migrated()
    restore_read(tmp_path / "a.backup", using=using, report=silent)
    assert rows_of(using) == before


def test_nothing_is_overwritten(full: dict[str, int], tmp_path: Path) -> None:
    path = tmp_path / "a.backup"
    backup_write(path, report=silent)
    before = rows_of("default")
    with pytest.raises(CareFailed, match="not empty"):
        restore_read(path, report=silent)
    with pytest.raises(CareFailed, match="exists already"):
        backup_write(path, report=silent)
    assert rows_of("default") == before
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith("a.")] == ["a.backup"]


def test_a_difference_is_found(full: dict[str, int], tmp_path: Path) -> None:
    backup_write(tmp_path / "a.backup", report=silent)
    user = User.objects.order_by("pk")[0]
    User.objects.filter(pk=user.pk).update(name="Somebody Else")
    Org.objects.filter(pk=Org.objects.order_by("pk")[1].pk).update(domain="changed.example")
    found = restore_check(tmp_path / "a.backup")
    assert found.count == 2
    assert any(f"accounts.user {user.pk} differs" in words for words in found.named)


Change = Callable[[dict[str, Any]], None]


def rewritten(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """A copy of a backup with one file of it changed."""
    copy = path.with_name("changed.backup")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for each in old.namelist():
            data = old.read(each)
            new.writestr(each, change(data) if each == name else data)
    return copy


def test_a_newer_backup_is_refused(full: dict[str, int], scratch: Scratch, tmp_path: Path) -> None:
    def newer(data: bytes) -> bytes:
        manifest = json.loads(data)
        manifest["version"] = "9.9.9"
        manifest["migrations"].append(["plans", "0099_the_future"])
        return json.dumps(manifest).encode()

    backup_write(tmp_path / "a.backup", report=silent)
    using = scratch("sqlite")
    with pytest.raises(CareFailed, match=r"9\.9\.9.*plans\.0099_the_future"):
        restore_read(
            rewritten(tmp_path / "a.backup", "manifest.json", newer), using=using, report=silent
        )
    assert connections[using].introspection.table_names() == []


def test_a_damaged_backup_restores_nothing(
    full: dict[str, int], scratch: Scratch, tmp_path: Path
) -> None:
    path = tmp_path / "a.backup"
    backup_write(path, report=silent)
    changed = rewritten(
        path, "tables/accounts.user.jsonl", lambda data: data.replace(b"0 name", b"1 name")
    )
    using = scratch.migrated()
    with pytest.raises(CareFailed, match=r"damaged: accounts\.user"):
        restore_read(changed, using=using, report=silent)
    assert not User.objects.using(using).exists()
    cut = tmp_path / "cut.backup"
    cut.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CareFailed, match="cut or damaged"):
        restore_read(cut, using=scratch.migrated(), report=silent)


def test_sealed_keys_stay_sealed(
    scratch: Scratch, tmp_path: Path, settings: Settings, world: object
) -> None:
    key = b"sk-or-v1-0123456789abcdef"
    model = apps.get_model("orgs.ProviderKey")
    org = Org.objects.order_by("pk")[0]
    model._base_manager.create(org_id=org.pk, provider="openrouter", sealed=seal(key))
    path = tmp_path / "a.backup"
    backup_write(path, report=silent)
    with zipfile.ZipFile(path) as file:
        text = b"".join(file.read(name) for name in file.namelist())
    assert key not in text and settings.SECRET_KEY.encode() not in text
    using = scratch.migrated()
    restore_read(path, using=using, report=silent)
    assert unseal(bytes(model._base_manager.using(using).get().sealed)) == key


@pytest.mark.usefixtures("transactional_db")
def test_the_commands_speak_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.backup"
    call_command("backup", str(path))
    assert "rows of" in capsys.readouterr().out
    call_command("restore", str(path), check=True)
    assert "row by row" in capsys.readouterr().out
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(path))
    with pytest.raises(CommandError, match="can't be read"):
        call_command("restore", str(tmp_path / "none"))
    (tmp_path / "text").write_text("not a backup")
    with pytest.raises(CommandError, match="cut or damaged"):
        call_command("restore", str(tmp_path / "text"))
