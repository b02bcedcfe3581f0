"""C++ and CUDA."""

from __future__ import annotations

from tree_sitter import Node

from ..naming import text
from ..tables import ENTER, WRAP, Rule, container, each, leaf, types
from .c import RULES as C
from .c import family, specifier


def _namespace(node: Node) -> str:
    return text(node.child_by_field_name("name")) or "(anonymous)"


RULES: dict[str, Rule] = {
    **C,
    "class_specifier": specifier("class"),
    "namespace_definition": container("namespace", name=_namespace, owner=False),
    "template_declaration": WRAP,
    "alias_declaration": leaf("type", stop=()),
    "concept_definition": leaf("type", stop=(), stop_types=types("=")),
    **each(ENTER, "friend_declaration export_declaration"),
}

_CPP = (".cpp", ".cc", ".cxx", ".c++", ".C", ".hpp", ".hh", ".hxx", ".h++", ".ipp", ".inl", ".tpp")

LANGUAGES = (
    family("cpp", _CPP, RULES),
    family("cuda", (".cu", ".cuh"), RULES),
    family("arduino", (".ino",), RULES),
)
