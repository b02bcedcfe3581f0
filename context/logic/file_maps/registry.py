"""Which language a path is, and all languages there are.

Every module of `languages` that defines `LANGUAGES` takes part: adding a language is
adding one module there and one case file for its test.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from . import languages
from .tables import Language


@dataclass(frozen=True, slots=True)
class Registry:
    """Look-up tables over all languages."""

    by_name: dict[str, Language]
    by_extension: dict[str, Language]
    by_filename: dict[str, Language]


@cache
def registry() -> Registry:
    """All language tables, read once per process."""
    found = Registry({}, {}, {})
    for module in pkgutil.iter_modules(languages.__path__):
        tables: tuple[Language, ...]
        tables = getattr(import_module(f"{languages.__name__}.{module.name}"), "LANGUAGES", ())
        for table in tables:
            assert table.name not in found.by_name, f"language {table.name} is defined twice"
            found.by_name[table.name] = table
            found.by_extension.update(dict.fromkeys(table.extensions, table))
            found.by_filename.update(dict.fromkeys(table.filenames, table))
    return found


def language_for(path: str) -> Language | None:
    """The language of a path, by its base name, its extension, or a Docker file's name."""
    base = path.replace("\\", "/").rpartition("/")[2]
    tables = registry()
    by_name = tables.by_filename.get(base)
    if by_name is not None:
        return by_name
    dot = base.rfind(".")
    by_extension = tables.by_extension.get(base[dot:]) if dot >= 0 else None
    if by_extension is not None:
        return by_extension
    # As the CLI does: any name with the word in it, in any case.
    return tables.by_name.get("dockerfile") if "dockerfile" in base.lower() else None
