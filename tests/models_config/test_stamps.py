"""Whatever changes an org's models, providers, packs, default settings or prices changes its
stamp."""

import inspect
from collections.abc import Callable
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest
from django.db import connection, transaction

from models_config.logic.settings import SettingsRequest
from models_config.models import CustomPack, ModelPrice
from models_config.selectors import org_registry
from models_config.services import prices, registry
from models_config.services.prices import price_remove, price_set
from models_config.services.registry import (
    default_settings_update,
    models_remove,
    models_sync,
    pack_create,
    pack_update,
)
from models_config.stamps import org_models_change, stamp_read
from orgs.models import Org
from orgs.services.orgs import org_update
from tests.factories import World, org_make, user_make
from tests.models_config.bodies import MODEL, PACK, STATE
from tests.models_config.samples import models_sent

MODEL_ID = MODEL["modelId"]


def filled(org: Org) -> None:
    models_sync(org=org, sent=models_sent(STATE), keep_missing=False)
    price_set(org=org, model_id=MODEL_ID, input=Decimal(1), output=Decimal(2))


# Every function of the services, but those that write nothing.
WRITES: dict[str, Callable[[Org], Any]] = {
    "models_sync": lambda org: models_sync(
        org=org,
        sent=models_sent({"models": [MODEL | {"description": "another"}]}),
        keep_missing=True,
    ),
    "models_remove": lambda org: models_remove(org=org, packs=["mine"]),
    "pack_create": lambda org: pack_create(org=org, raw=PACK | {"name": "second"}),
    "pack_update": lambda org: pack_update(org=org, set_id="mine", raw={"description": "another"}),
    "default_settings_update": lambda org: default_settings_update(
        org=org, sent=SettingsRequest(model_pack_name="mine"), keep_roles=False
    ),
    "price_set": lambda org: price_set(
        org=org, model_id=MODEL_ID, input=Decimal(3), output=Decimal(4)
    ),
    "price_remove": lambda org: price_remove(price=ModelPrice.objects.get(org=org)),
}
READS = {"refusals"}


def functions_of(module: ModuleType) -> set[str]:
    return {
        name
        for name, found in inspect.getmembers(module, inspect.isfunction)
        if found.__module__ == module.__name__ and not name.startswith("_")
    }


def test_every_service_is_tested_here() -> None:
    assert functions_of(prices) | functions_of(registry) == set(WRITES) | READS


@pytest.mark.parametrize("name", WRITES)
def test_a_service_changes_the_stamp(world: World, name: str) -> None:
    """That it writes within `org_models_change` alone is watched in every test here."""
    filled(world.org)
    before, stamp = org_registry(world.org.id), stamp_read(world.org.id)
    others = stamp_read(world.other_org.id)
    WRITES[name](world.org)
    assert stamp_read(world.org.id) not in ("", None, stamp)
    assert org_registry(world.org.id) != before
    assert stamp_read(world.other_org.id) == others


def test_the_watch_sees_a_write_beside_the_services(world: World) -> None:
    rows = CustomPack.objects.filter(org=world.org)
    with org_models_change(world.org.id):
        rows.update(name="x")
    with pytest.raises(AssertionError, match="outside of org_models_change"), transaction.atomic():
        rows.update(name="x")


def test_a_stale_org_object_does_not_bring_an_old_stamp_back(world: World) -> None:
    stale = Org.objects.get(pk=world.org.id)
    filled(world.org)
    stamp = stamp_read(world.org.id)
    org_update(org=stale, name="Renamed", auto_add_domain_users=False)
    world.owner.put("/default_settings", {"modelPackName": "strong"}, status=200)
    assert Org.objects.get(pk=world.org.id).name == "Renamed"
    assert stamp_read(world.org.id) not in ("", stamp)


def test_the_stamp_is_no_part_of_answers(world: World) -> None:
    filled(world.org)
    stamp = stamp_read(world.org.id)
    assert stamp
    for path in ("/orgs/session", "/orgs", "/default_settings"):
        assert stamp.encode() not in world.owner.get(path, status=200).body


def test_a_process_of_an_earlier_version_may_add_an_org(db: None) -> None:
    """It names the columns that it knows."""
    columns = [
        field.column for field in Org._meta.concrete_fields if field.attname != "models_stamp"
    ]
    made = org_make(owner=user_make())
    quoted = ", ".join(f'"{column}"' for column in columns)
    chosen = ", ".join("'earlier'" if column == "id" else f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO orgs_org ({quoted}) SELECT {chosen} FROM orgs_org WHERE id = %s",
            [made.id],
        )
    assert stamp_read("earlier") == ""
