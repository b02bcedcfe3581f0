"""What universal-ctags finds in a directory, and which of it is a definition worth a map line."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchmarks.script_scopes import local_test

GROUPS = {
    "functions": "function func subroutine",
    "methods": "method singletonMethod methodSpec getter setter callback",
    "classes": "class interface trait module object protocol implementation namespace annotation"
    " category",
    "types": "struct enum union typedef talias typealias type alias record",
}
_GROUP_OF = {kind: group for group, kinds in GROUPS.items() for kind in kinds.split()}
# What ctags calls by another word than the rest.
_ALSO = {("Python", "member"): "methods", ("JavaScript", "generator"): "functions"}
LANGUAGES = (
    "C,C++,C#,Clojure,CUDA,Elixir,Elm,Erlang,Go,Haskell,Java,JavaScript,Julia,Kotlin,Lua,"
    "ObjectiveC,OCaml,Perl,PHP,PowerShell,Protobuf,Python,R,Ruby,Rust,Scheme,Sh,SQL,TypeScript,"
    "CMake"
)
_FUNCTION_SCOPES = {"function", "method", "func", "singletonMethod"}
_PATTERN = re.compile(r"/\^(.*?)\$?/\Z", re.DOTALL)


class Tag(msgspec.Struct, frozen=True):
    """One line of ctags' JSON output."""

    path: str
    language: str
    kind: str
    name: str
    line: int = 0
    end: int = 0
    scope: str = ""
    scopeKind: str = ""
    pattern: str = ""
    roles: str = "def"

    @property
    def group(self) -> str | None:
        """The group the tag is counted in; None for variables, fields and the like."""
        return _ALSO.get((self.language, self.kind)) or _GROUP_OF.get(self.kind)

    @property
    def source(self) -> str:
        """The line of source that the tag points at."""
        found = _PATTERN.match(self.pattern)
        return re.sub(r"\\(.)", r"\1", found[1]) if found else ""


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
    Exclusion("no type definition", "TypeScript", "alias", _is_no_alias),
    Exclusion("a new name for a method, listed by its old", "Ruby Sh", "alias"),
)


# Text that looks like code, in which ctags finds definitions.
_HERE = r"<<[-~]?([\"'`]?)(?P<word>[A-Za-z_]\w*)\1(?!\w)[^\n]*\n.*?^[ \t]*(?P=word)\b"
QUOTED = {
    "Elixir": r"\"\"\".*?\"\"\"|'\'\'.*?'\'\'",
    "Kotlin": r"\"\"\".*?\"\"\"",
    "Lua": r"--\[(?P<level>=*)\[.*?\](?P=level)\]",
    "OCaml": r"\{(?P<tag>[a-z_]*)\|(?:(?!\|(?P=tag)\}).)*\n.*?\|(?P=tag)\}",
    "Perl": rf"^=[a-z].*?(^=cut|\Z)|^__(END|DATA)__.*\Z|{_HERE}".replace(r"\1", r"[\"'`]?"),
    "Ruby": _HERE,
    "Rust": r"\br(?P<fence>#+)\".*?\"(?P=fence)",
    "Sh": _HERE,
}
_QUOTED = {name: re.compile(text, re.DOTALL | re.MULTILINE) for name, text in QUOTED.items()}


# By these grammars it is told what is local (see `script_scopes`).
_SCRIPTS = {"JavaScript": "javascript", "TypeScript": "tsx"}


def ctags_installed() -> bool:
    """Tell whether universal-ctags is on the path."""
    program = shutil.which("ctags")
    if program is None:
        return False
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return "Universal Ctags" in answer.stdout


def read_tags(root: Path, paths: Iterable[str]) -> list[Tag]:
    """All tags of the files, as ctags prints them."""
    command = [
        "ctags",
        "--output-format=json",
        "--fields=+lnKeP",
        "--sort=no",
        "-f",
        "-",
        "-L",
        "-",
    ]
    command += [f"--languages={LANGUAGES}", "--pattern-length-limit=0"]
    answer = subprocess.run(
        command,
        cwd=root,
        input="\n".join(paths).encode("utf-8", "surrogateescape"),
        capture_output=True,
        check=True,
    )
    text = answer.stdout.decode("utf-8", "replace")
    decode = msgspec.json.Decoder(Tag).decode
    return [decode(line) for line in text.splitlines() if line.startswith('{"_type": "tag"')]


def definitions(tags: Iterable[Tag], root: Path | None = None) -> tuple[list[Tag], dict[str, int]]:
    """The tags that are counted, and how many were left out for which reason.

    With `root`, what lies in quoted text of the files below it is left out too.
    """
    counted: list[Tag] = []
    left_out: dict[str, int] = defaultdict(int)
    tags = list(tags)
    is_local = _local_test(tags)
    quoted: dict[str, list[tuple[int, int]]] = {}
    scripts: dict[str, Callable[[int, str], bool]] = {}
    for tag in tags:
        if tag.group is None:
            continue
        why = next((rule.why for rule in EXCLUSIONS if rule.covers(tag)), None)
        if why is None and is_local(tag):
            why = "local to a function"
        if why is None and root is not None and tag.language in _SCRIPTS:
            if tag.path not in scripts:
                scripts[tag.path] = local_test(root / tag.path, _SCRIPTS[tag.language])
            if scripts[tag.path](tag.line, tag.name):
                why = "local to a function that ctags gives no scope for"
        if why is None and root is not None and tag.language in _QUOTED:
            if tag.path not in quoted:
                quoted[tag.path] = _quoted_lines(root / tag.path, _QUOTED[tag.language])
            if any(begin < tag.line <= end for begin, end in quoted[tag.path]):
                why = "in quoted text"
        if why is None:
            counted.append(tag)
        else:
            left_out[f"{tag.language}: {why}"] += 1
    return counted, dict(left_out)


def _quoted_lines(path: Path, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    text = path.read_bytes().decode("utf-8", "replace")
    found = []
    for match in pattern.finditer(text):
        begin = text.count("\n", 0, match.start())
        found.append((begin, begin + 1 + match[0].count("\n")))
    return found


def _local_test(tags: Iterable[Tag]) -> Callable[[Tag], bool]:
    """Tells what lies in a function: by its lines, where ctags gives them, or by its scope."""
    lines: dict[str, list[tuple[int, int]]] = defaultdict(list)
    names: dict[str, set[str]] = defaultdict(set)
    for tag in tags:
        if tag.group in ("functions", "methods") or _is_constructor(tag):
            names[tag.path].add(".".join(_steps(tag.scope) + _steps(tag.name)))
            if tag.end:
                lines[tag.path].append((tag.line, tag.end))

    def is_local(tag: Tag) -> bool:
        if tag.scopeKind in _FUNCTION_SCOPES and tag.language != "JavaScript":
            return True
        if any(begin < tag.line <= end for begin, end in lines[tag.path]):
            return True
        steps = _steps(tag.scope)
        holders = (".".join(steps[: n + 1]) for n in range(len(steps)))
        return any(holder in names[tag.path] for holder in holders)

    return is_local


def _steps(scope: str) -> list[str]:
    return [step for step in re.split(r"::|\.", scope) if step]


def _is_constructor(tag: Tag) -> bool:
    """JavaScript's functions that ctags calls classes."""
    return tag.kind == "class" and re.search(r"\bfunction\b", tag.source) is not None
