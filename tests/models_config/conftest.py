"""Every test of this app checks that rows are written only where the stamp changes with them."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from models_config.models import (
    CustomModel,
    CustomPack,
    CustomProvider,
    DefaultSettings,
    ModelPrice,
)
from models_config.stamps import _changing

STAMPED = (CustomModel, CustomProvider, CustomPack, DefaultSettings, ModelPrice)
_WRITE = re.compile(
    rf'(INSERT INTO|UPDATE|DELETE FROM) "({"|".join(one._meta.db_table for one in STAMPED)})"'
)


def _watch(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    assert _changing.orgs or not _WRITE.match(sql), f"outside of org_models_change: {sql}"
    return execute(sql, params, many, context)


@pytest.fixture(autouse=True)
def stamped_writes() -> Iterator[None]:
    with connection.execute_wrapper(_watch):
        yield
