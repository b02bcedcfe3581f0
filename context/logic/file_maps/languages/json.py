"""JSON: the keys of the first two levels."""

from __future__ import annotations

from tree_sitter import Node

from ..naming import text
from ..tables import ENTER, Language, Rule


def _key(node: Node) -> str:
    return text(node.child_by_field_name("key")).strip('"')


LANGUAGES = (
    Language(
        name="json",
        extensions=(".json", ".jsonc", ".json5", ".webmanifest", ".geojson"),
        filenames=("composer.lock", ".babelrc", ".eslintrc"),
        rules={
            "object": ENTER,
            "pair": Rule("field", name=_key, stop=("value",), via=lambda node: [node]),
            "ERROR": ENTER,
        },
        max_depth=1,
        tail="{:, ",
    ),
)
