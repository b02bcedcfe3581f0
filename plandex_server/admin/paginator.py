"""Pages of large tables: a count that never looks at more rows than anyone would leaf through."""

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property

from plandex_server.admin.typed import Paginator

MOST = 10_000
"""Rows that can be leafed through. Who looks for an older one searches or filters."""


class MostRows(int):
    """The number of rows as the page says it: `10000+` for that many or more."""

    def __str__(self) -> str:
        return f"{int(self):d}+" if self >= MOST else f"{int(self):d}"


class BoundedPaginator(Paginator[Any]):
    @cached_property
    def count(self) -> int:
        rows = self.object_list
        assert isinstance(rows, QuerySet)
        return MostRows(rows.order_by()[:MOST].count())
