"""Writes that are turned into SQL once, as `plandex_server.prepared` does with queries.

    _RENAMED = PreparedUpdate(
        lambda slots: (Plan.objects.filter(pk=slots.plan_id), {"name": slots.name})
    )
    found = _RENAMED.run(plan_id=plan.id, name="new") > 0

    _ADDED = PreparedInsert(Commit)
    _ADDED.one(commit)

For what every run writes; elsewhere plain managers read better. Neither sends signals.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, transaction
from django.db.models import (
    AutoField,
    BooleanField,
    CharField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    QuerySet,
    TextField,
)
from django.db.models.sql import UpdateQuery

from plandex_server import statements
from plandex_server.prepared import Slot, Slots

M = TypeVar("M", bound=Model)

Changes = Mapping[str, Any]

_PLAIN = (CharField, TextField, IntegerField, BooleanField, ForeignKey)
"""Fields whose values are stored as they are: texts, numbers, truths, ids."""


class PreparedUpdate:
    """`build` gives the rows, all of one table, and what becomes of their fields. It must not look
    at the values: they are texts, numbers, truths, times or None."""

    def __init__(self, build: Callable[[Slots], tuple[QuerySet[Any, Any], Changes]]) -> None:
        self._build = build
        self._compiled: tuple[str, tuple[Any, ...]] | None = None

    def run(self, **values: Any) -> int:
        """How many rows there were."""
        if self._compiled is None:
            self._compiled = _compile(*self._build(Slots(values)))
        sql, params = self._compiled
        given = [param.value(values) if isinstance(param, Slot) else param for param in params]
        return statements.run(sql, given).number


def _compile(rows: QuerySet[Any, Any], changes: Changes) -> tuple[str, tuple[Any, ...]]:
    query: Any = rows.query.chain(UpdateQuery)
    query.add_update_values(changes)
    query.annotations = {}
    sql, params = query.get_compiler(using=rows.db).as_sql()
    return sql, tuple(params)


class PreparedInsert(Generic[M]):
    """Inserts rows of a model whose keys its objects bring along or nobody needs. Where such a row
    is there already, `conflict` is what PostgreSQL and SQLite do: `DO NOTHING`, for instance."""

    def __init__(
        self,
        model: type[M],
        *,
        conflict: str = "",
        returning: str = "",
        made_of: Mapping[str, str] | None = None,
    ) -> None:
        """`made_of` says for a field what is made of its value, as SQL with a `%s`."""
        self._model = model
        self._made_of = made_of or {}
        self._end = f" ON CONFLICT {conflict}" if conflict else ""
        self._returning = f" RETURNING {returning}" if returning else ""

    @cached_property
    def _fields(self) -> "list[Field[Any, Any]]":
        fields = self._model._meta.local_concrete_fields
        return [field for field in fields if not isinstance(field, AutoField)]

    @cached_property
    def sql(self) -> str:
        marks = ", ".join(self._made_of.get(field.name, "%s") for field in self._fields)
        return f"{self._into} VALUES ({marks}){self._end}{self._returning}"

    @cached_property
    def sql_of_many(self) -> str:
        """PostgreSQL's, for any number of rows, called `new`; `{}` is where conditions go."""
        assert not self._made_of, "it takes values as they are"
        lists = ", ".join(f"%s::{field.db_type(connection)}[]" for field in self._fields)
        rows = f"unnest({lists}) AS new ({self._columns})"
        return f"{self._into} SELECT new.* FROM {rows} {{}}{self._end}"

    @cached_property
    def _into(self) -> str:
        table = connection.ops.quote_name(self._model._meta.db_table)
        return f"INSERT INTO {table} ({self._columns})"

    @cached_property
    def _columns(self) -> str:
        return ", ".join(connection.ops.quote_name(str(field.column)) for field in self._fields)

    def one(self, row: M) -> tuple[Any, ...] | None:
        """Inserts a row; what was asked to be returned."""
        rows, count = statements.run(self.sql, self.values(row))
        if not self._returning:
            return (count,)
        return rows[0] if rows else None

    def all(self, rows: Sequence[M]) -> None:
        """Inserts all of the rows, or none."""
        if len(rows) == 1:
            self.one(rows[0])
        elif rows:
            self._insert(list(map(list, zip(*map(self.values, rows), strict=True))))

    def many(self, **columns: list[Any]) -> None:
        """The same without a model for each row: by the names of the columns their values."""
        self._insert(self.lists(**columns))

    def _insert(self, lists: list[list[Any]]) -> None:
        if connection.vendor == "postgresql":
            statements.run(self.sql_of_many.format(""), lists)
            return
        with transaction.atomic(savepoint=False):
            statements.run_many(self.sql, list(zip(*lists, strict=True)))

    def values(self, row: M) -> list[Any]:
        """What belongs to the marks of `sql`: for a statement that does more than to insert."""
        values = [
            getattr(row, field.attname)
            if isinstance(field, _PLAIN)
            else field.get_db_prep_save(field.pre_save(row, add=True), connection)
            for field in self._fields
        ]
        row._state.adding, row._state.db = False, connection.alias
        return values

    def lists(self, **columns: list[Any]) -> list[list[Any]]:
        """What belongs to the marks of `sql_of_many`."""
        adapt = connection.ops.adapt_datetimefield_value
        return [
            list(map(adapt, values)) if values and isinstance(values[0], datetime) else values
            for values in (columns[str(field.column)] for field in self._fields)
        ]
