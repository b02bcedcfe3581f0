"""Queries that are turned into SQL once and then asked again and again, with other values.

Django builds and compiles a query anew each time, which costs more than the database needs to
answer it. A prepared query is built with `Slots` in place of its values:

    _of_plan = Prepared(lambda slots: Branch.objects.filter(plan_id=slots.plan_id))
    branches = _of_plan.all(plan_id=plan.id)

For what every request asks; elsewhere plain querysets read better.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, QuerySet
from django.db.models.query import ModelIterable, get_related_populators

from plandex_server.statements import run

Row = TypeVar("Row")

Values = Mapping[str, Any]
KEPT_SHAPES = 64
"""Lists of another length are another query; of so many the SQL is kept."""


class Slot(Expression):
    """Stands for a value in the query; `index` is its place in a list of values."""

    def __init__(self, name: str, index: int | None = None) -> None:
        super().__init__()
        self.name, self.index = name, index

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        return "%s", [self]

    def value(self, values: Values) -> Any:
        value = values[self.name] if self.index is None else values[self.name][self.index]
        return connection.ops.adapt_datetimefield_value(value) if _is_time(value) else value


class Slots:
    """`slots.name` is the slot of that name, or a list of slots where the value is a list.

    A list of a relation's ids is asked for as `plan__id__in`: `plan__in` takes no slots.
    """

    def __init__(self, values: Values) -> None:
        self._values = values

    def __getattr__(self, name: str) -> Any:
        value = self._values[name]
        if isinstance(value, list):
            return [Slot(name, index) for index in range(len(value))]
        return Slot(name)


class Prepared(Generic[Row]):
    """`build` makes a queryset of models or, with `values_list`, of tuples. It must not look at
    the values: they are ids, texts, numbers, times, or lists of these."""

    def __init__(self, build: Callable[[Slots], QuerySet[Any, Row]]) -> None:
        self._build = build
        self._compiled: dict[tuple[int, ...], _Compiled | None] = {}

    def all(self, **values: Any) -> list[Row]:
        compiled = self._for(values)
        return compiled.rows(values) if compiled is not None else []

    def first(self, **values: Any) -> Row | None:
        """The first row: for queries that find one at most, or are ordered."""
        rows = self.all(**values)
        return rows[0] if rows else None

    def _for(self, values: Values) -> "_Compiled | None":
        shape = tuple(len(value) for value in values.values() if isinstance(value, list))
        kept = self._compiled  # another thread may begin a new one at any moment
        if shape in kept:
            return kept[shape]
        compiled = _compile(self._build(Slots(values)))
        if len(kept) >= KEPT_SHAPES:
            self._compiled = kept = {}
        kept[shape] = compiled
        return compiled


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    params: tuple[Any, ...]
    converters: list[tuple[int, list[Any], Any]]
    make: Callable[[Any], Any]

    def rows(self, values: Values) -> list[Any]:
        params = [
            param.value(values) if isinstance(param, Slot) else param for param in self.params
        ]
        rows: list[Any] = run(self.sql, params).rows
        if self.converters:
            rows = [self._converted(row) for row in rows]
        return [self.make(row) for row in rows]

    def _converted(self, row: Any) -> list[Any]:
        values = list(row)
        for position, converters, expression in self.converters:
            for convert in converters:
                values[position] = convert(values[position], expression, connection)
        return values


def _compile(queryset: QuerySet[Any, Any]) -> _Compiled | None:
    """None for a query that can find nothing, such as one for members of an empty list."""
    compiler = queryset.query.get_compiler(using=queryset.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    columns = [column for column, *_ in compiler.select]
    found = compiler.get_converters(columns)
    converters = [(position, list(these), column) for position, (these, column) in found.items()]
    of_models = queryset._iterable_class is ModelIterable
    make = _model_maker(queryset, compiler) if of_models else tuple
    return _Compiled(sql, tuple(params), converters, make)


def _model_maker(queryset: QuerySet[Any, Any], compiler: Any) -> Callable[[Any], Any]:
    """What Django's own iteration over models does with a row."""
    info, select, using = compiler.klass_info, compiler.select, queryset.db
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column.target.attname for column, *_ in select[first:last]]
    populators = get_related_populators(info, select, using)  # type: ignore[call-arg]  # newer stubs

    def make(row: Any) -> Any:
        made = info["model"].from_db(using, names, row[first:last])
        for populator in populators:
            populator.populate(row, made)
        for name, position in compiler.annotation_col_map.items():
            setattr(made, name, row[position])
        return made

    return make


def _is_time(value: object) -> bool:
    return isinstance(value, datetime)
