"""What ctags reports that is no definition worth a map line, each with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.file_maps_tags import Tag


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Tags that are not counted, because ctags errs or means something else."""

    why: str
    languages: str = ""
    kinds: str = ""
    when: Callable[[Tag], bool] | None = None

    def covers(self, tag: Tag) -> bool:
        """Tell whether the tag is left out."""
        return (
            (not self.languages or tag.language in self.languages.split())
            and (not self.kinds or tag.kind in self.kinds.split())
            and (self.when is None or self.when(tag))
        )


def _says(pattern: str, flags: int = 0) -> Callable[[Tag], bool]:
    compiled = re.compile(pattern, flags)
    return lambda tag: compiled.search(tag.source) is not None


def _never_says(pattern: str) -> Callable[[Tag], bool]:
    says = _says(pattern)
    return lambda tag: not says(tag)


def _is_elsewhere(tag: Tag) -> bool:
    words = re.findall(r"\w+", tag.name)
    return bool(tag.source and words) and words[-1] not in tag.source


def _is_nameless(tag: Tag) -> bool:
    nameless = re.search(r"__anon|anonymous|<lambda>", tag.name + tag.scope, re.IGNORECASE)
    return nameless is not None or tag.name in ("()", "_")


def _is_unscoped_inside(tag: Tag) -> bool:
    """An indented definition of which ctags knows at most the object it is assigned to."""
    attached = rf"\b{re.escape(tag.scope)}\s*[.:]\s*{re.escape(tag.name)}\b"
    unscoped = not tag.scope or re.search(attached, tag.source) is not None
    return unscoped and tag.source[:1] in (" ", "\t")


def _is_no_alias(tag: Tag) -> bool:
    return re.search(rf"\btype\s+{re.escape(tag.name)}\s*(<|=|$)", tag.source) is None


def _is_no_clause(tag: Tag) -> bool:
    return re.match(rf"'?{re.escape(tag.name)}'?\s*\(", tag.source) is None


def _is_no_type(tag: Tag) -> bool:
    declares = re.search(r"(^|\bsig|\bstruct|\bend|;|\))\s*(type|and)\b", tag.source)
    return tag.name == "nonrec" or "with type" in tag.source or declares is None


def _is_no_module(tag: Tag) -> bool:
    """A module as a value, the type of one, the constraint of one, or a word in a text."""
    name = rf"(\[[@%][^\]]*\]\s*)?{re.escape(tag.name)}(?![\w'])"
    declares = rf"(^|\bsig|\bstruct|\bend|;|\))\s*(module(\s+(rec|type))?|and)\s*{name}"
    return re.search(declares, tag.source) is None


def _is_macro_call(tag: Tag) -> bool:
    """An attribute, `NS_SWIFT_NAME(Other)` itself, or the other name in it."""
    inside = rf"\bNS_SWIFT_NAME\s*\([^)]*\b{re.escape(tag.name)}\b"
    shouted = re.fullmatch(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+|__attribute__", tag.name)
    return shouted is not None or re.search(inside, tag.source) is not None


def _is_no_equation(tag: Tag) -> bool:
    return tag.name in {*_KEYWORDS, "deriving"} or not tag.source


_KEYWORDS = frozenset(
    "if for while switch catch return else do with infix infixl infixr where".split()
)


def _is_statement(tag: Tag) -> bool:
    call = re.search(rf"(?<![\w.$]){re.escape(tag.name)}\s*[?!]?\s*[(<=:]", tag.source)
    return tag.name in _KEYWORDS or call is None


EXCLUSIONS = (
    Exclusion("a reference, not a definition", when=lambda tag: tag.roles != "def"),
    Exclusion("has no name, or lies in what has none", when=_is_nameless),
    Exclusion("the name is not on the line that ctags names", when=_is_elsewhere),
    Exclusion("an object literal", "JavaScript", "class", _never_says(r"\bclass\b|\bfunction\b")),
    Exclusion(
        "ctags gives no scope inside anonymous functions and tables: an indented line is local",
        "Julia Lua Perl PowerShell R Sh",
        "function generator class method subroutine struct",
        _is_unscoped_inside,
    ),
    Exclusion(
        "ctags gives no scope inside functions: an indented line without one is local",
        "OCaml",
        "function",
        _is_unscoped_inside,
    ),
    Exclusion("a statement", "TypeScript", "method", _is_statement),
    Exclusion(
        "no name", "TypeScript JavaScript", "", lambda tag: not re.match(r"[\w$#'\"]", tag.name)
    ),
    Exclusion("no class", "ObjectiveC", "class interface implementation", _never_says(r"@")),
    Exclusion("an array", "Sh", "function", lambda tag: tag.name.endswith("=")),
    Exclusion("a declaration of something else", "Haskell", "function", _is_no_equation),
    Exclusion("a call of a macro", "ObjectiveC", "category", _never_says(r"^\s*@")),
    Exclusion("a call of a macro", "ObjectiveC", "function typedef enum struct", _is_macro_call),
    Exclusion(
        "local to a function in a list",
        "R",
        "",
        lambda tag: "anonList" in tag.scope and "." in tag.scope,
    ),
    Exclusion("a word in a text", "Erlang", "function", _is_no_clause),
    Exclusion("the file as a module", "OCaml", "module", _never_says(r"\bmodule\b")),
    Exclusion("no declaration of a module", "OCaml", "module", _is_no_module),
    Exclusion("a constraint of a module, or a keyword", "OCaml", "type", _is_no_type),
    Exclusion(
        "local to a function that a macro begins",
        "C++",
        "class enum function struct typedef",
        _is_unscoped_inside,
    ),
    Exclusion("ctags garbles quoted names", "Kotlin", "", _says(r"`")),
    Exclusion("a call", "C#", "method", lambda tag: "." in tag.name),
    Exclusion("an import under another name", "C#", "typedef", _says(r"\busing\b")),
    Exclusion("an import under another name", "PHP C# Python Elm Haskell Go", "alias namespace"),
    Exclusion("an import", "Python", "module"),
    Exclusion("a field of a record", "VHDL", "record"),
    Exclusion("the end of a package", "VHDL", "package", _says(r"^\s*end\b")),
    Exclusion("no type definition", "TypeScript", "alias", _is_no_alias),
    Exclusion("a new name for a method, listed by its old", "Ruby Sh", "alias"),
)
