"""File maps: short texts that list the definitions of a file, for models to read.

Plain Python without Django. Parsing is C code that a hostile file can crash or stall, so
servers call `map_file` in a worker process only (see `context.map_pool`).
"""

from .entries import Entry, nesting
from .limits import MAP_LIMITS, fit_inputs, truncate_input
from .mapping import file_entries, has_map_support, map_file, map_item
from .registry import language_for
from .render import NO_MAP, combined_map
from .version import mapper_version

__all__ = [
    "MAP_LIMITS",
    "NO_MAP",
    "Entry",
    "combined_map",
    "file_entries",
    "fit_inputs",
    "has_map_support",
    "language_for",
    "map_file",
    "map_item",
    "mapper_version",
    "nesting",
    "truncate_input",
]
