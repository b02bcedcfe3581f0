"""Lists of large tables on SQLite, which has to be given an order that an index has."""

from typing import Any

from django.db import connection

from plandex_server.admin.typed import ChangeList


class IndexedChangeList(ChangeList):
    def _get_deterministic_ordering(self, ordering: Any) -> list[Any]:
        """Django adds the key to every order. For an order by time and key SQLite sorts the whole
        table, 100,000 rows for a page of 50; by time alone it walks along the index, where rows of
        one moment stand in the order in which they were written. PostgreSQL sorts within moments.
        """
        if connection.vendor == "sqlite" and ordering:
            return list(ordering)
        found: list[Any] = super()._get_deterministic_ordering(ordering)  # type: ignore[misc]
        return found
