"""Which file of the project a reply means: models change a path's case or put `./` before it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from execution.logic.reply_grammar import Operation, OperationKind

_NEW_FILE = "type: new file"


@dataclass(frozen=True)
class KnownPaths:
    """Paths of files that exist, on the user's disk or in the plan. Without `slots`: cached."""

    groups: tuple[Collection[str], ...] = ()

    def meant(self, path: str) -> str:
        """The known path that a model means; the path itself if it may mean several or none."""
        if self._has(path):
            return path
        plain = path.removeprefix("./")
        if self._has(plain):
            return plain
        if "/" not in plain and "." not in plain:
            return path  # rather a name from the code
        return self._by_folded_case.get(plain.casefold()) or path

    def corrected(self, operation: Operation) -> Operation:
        """The operation on the file that it means. A file announced as new is what it says."""
        if operation.kind is OperationKind.FILE and _NEW_FILE in operation.description.lower():
            return operation
        path = self.meant(operation.path)
        return operation if path == operation.path else replace(operation, path=path)

    def _has(self, path: str) -> bool:
        return any(path in group for group in self.groups)

    @cached_property
    def _by_folded_case(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for path in self._all():
            key = path.casefold()
            found[key] = path if found.get(key, path) == path else ""
        return found

    def _all(self) -> Iterator[str]:
        for group in self.groups:
            yield from group
