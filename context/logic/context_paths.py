"""Which paths a loaded context may have."""

from context.logic.items import FILE_TYPES, ContextType
from plans.logic.paths import check_path

_DIRECTORY_TYPES = frozenset({ContextType.DIRECTORY_TREE, ContextType.MAP})


def check_context_path(kind: ContextType, path: str) -> None:
    """Raises `UnsafePath`. Files must be inside the project: changes are written to them.

    A tree or a map may be of the project's parents too (`..`): the client read it itself, and
    nothing is ever written to it.
    """
    if kind in FILE_TYPES:
        check_path(path)
    elif kind in _DIRECTORY_TYPES:
        inner = _below_parents(path)
        if inner:
            check_path(inner)


def _below_parents(path: str) -> str:
    """The path without `.` and `..` at its front and a slash at its end; `/` stays."""
    rest = path.rstrip("/") or path
    while rest in (".", "..") or rest.startswith(("./", "../")):
        rest = rest.partition("/")[2]
    return rest
