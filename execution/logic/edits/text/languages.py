"""What a path says about its language: comment signs and the grammar to check with."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_SLASH, _HASH, _DASH, _BLOCK, _HTML, _JSX = "//", "#", "--", "/*", "<!--", "{/*"

_COMMENTS: dict[str, tuple[str, ...]] = {
    "slash": (_SLASH, _BLOCK),
    "hash": (_HASH,),
    "dash": (_DASH,),
    "html": (_HTML,),
    "jsx": (_SLASH, _BLOCK, _JSX),
    "css": (_BLOCK,),
    "mixed": (_SLASH, _BLOCK, _HTML, _JSX),
    "php": (_SLASH, _BLOCK, _HASH, _HTML),
    "sql": (_DASH, _BLOCK),
    "ini": (_HASH, ";"),
    "lisp": (";",),
    "percent": ("%",),
    "ocaml": ("(*",),
    "haskell": (_DASH, "{-"),
    "hcl": (_HASH, _SLASH, _BLOCK),
    "none": (),
    "any": (_SLASH, _HASH, _DASH, _BLOCK, _HTML, _JSX, ";", "%", "(*", "{-"),
}

_BY_EXTENSION: dict[str, str] = {}
for _family, _extensions in {
    "slash": "c h cc cpp cxx hpp hh cs go java kt kts groovy gradle rs scala swift proto dart zig "
    "cue m mm json json5 jsonc v sol",
    "hash": "py pyi rb rake gemspec sh bash zsh fish yaml yml toml pl pm r ex exs jl nim cmake mk "
    "tcl ps1 dockerfile conf cfg env properties gitignore",
    "jsx": "js mjs cjs ts mts cts jsx tsx",
    "dash": "lua elm ada adb ads",
    "html": "html htm xml svg md markdown rst xhtml plist",
    "mixed": "svelte vue astro",
    "css": "css",
    "php": "php",
    "sql": "sql",
    "ini": "ini",
    "lisp": "clj cljs el lisp scm rkt asm",
    "percent": "tex erl hrl",
    "ocaml": "ml mli",
    "haskell": "hs",
    "hcl": "hcl tf",
    "none": "txt csv",
}.items():
    for _extension in _extensions.split():
        _BY_EXTENSION[_extension] = _family
for _extension in ("scss", "less", "sass"):
    _BY_EXTENSION[_extension] = "slash"

_GRAMMARS = {
    "sh": "bash", "bash": "bash", "c": "c", "h": "c", "cpp": "cpp", "cc": "cpp", "cxx": "cpp",
    "hpp": "cpp", "hh": "cpp", "cs": "csharp", "css": "css", "cue": "cue", "ex": "elixir",
    "exs": "elixir", "elm": "elm", "go": "go", "groovy": "groovy", "hcl": "hcl", "tf": "hcl",
    "html": "html", "java": "java", "js": "javascript", "mjs": "javascript", "cjs": "javascript",
    "jsx": "tsx", "tsx": "tsx", "json": "json", "kt": "kotlin", "kts": "kotlin", "lua": "lua",
    "ml": "ocaml", "php": "php", "proto": "proto", "py": "python", "pyi": "python",
    "rb": "ruby", "rake": "ruby", "gemspec": "ruby", "rs": "rust", "scala": "scala",
    "svelte": "svelte", "swift": "swift", "toml": "toml", "ts": "typescript",
    "mts": "typescript", "cts": "typescript", "yaml": "yaml", "yml": "yaml",
}  # fmt: skip

_WITHOUT_END_WORDS = frozenset(
    "c h cc cpp cxx hpp hh cs go java kt kts rs swift proto dart zig cue sol py pyi js mjs cjs ts "
    "mts cts jsx tsx svelte vue astro json json5 jsonc css scss less php hs".split()
)

_SPACED = frozenset(
    "py pyi yaml yml toml json rb rake rs ex exs scala kt kts swift hs elm ml dart sql md".split()
)

_LOOSE_JSON = re.compile(
    r"(?:^|/)(?:[tj]sconfig[^/]*|\.eslintrc|devcontainer|\.vscode/[^/]+)\.json$"
)
_NAMED = re.compile(r"rakefile|gemfile|guardfile|vagrantfile", re.IGNORECASE)
_HASH_NAMES = re.compile(r"makefile|dockerfile|jenkinsfile|procfile|cmakelists", re.IGNORECASE)


def extension(path: str) -> str:
    """The lower-case extension without its dot, or an empty string."""
    return PurePosixPath(path).suffix.lower().lstrip(".")


def comment_signs(path: str) -> tuple[str, ...]:
    """Opening comment signs of the file's language; every one we know for unknown paths."""
    family = _BY_EXTENSION.get(extension(path))
    if family is None:
        name = PurePosixPath(path).name
        family = "hash" if _NAMED.search(name) or _HASH_NAMES.search(name) else "any"
    return _COMMENTS[family]


def grammar_name(path: str) -> str | None:
    """Name of the grammar that checks the file, or None when there is none."""
    name = PurePosixPath(path).name
    if "dockerfile" in name.lower():
        return "dockerfile"
    if _NAMED.search(name):
        return "ruby"
    return _GRAMMARS.get(extension(path))


def is_preprocessed(path: str) -> bool:
    """Languages whose ``#if`` lines stand outside the indentation of the code."""
    return extension(path) in {"c", "h", "cc", "cpp", "cxx", "hpp", "hh", "cs", "m", "mm"}


def has_macros(path: str) -> bool:
    """Languages in which a name may stand for nothing or for anything."""
    return extension(path) in {"c", "h", "cc", "cpp", "cxx", "hpp", "hh", "m", "mm"}


def has_conditions(path: str) -> bool:
    """Languages with ``#if`` lines, which may stand between any two lines of code."""
    return has_macros(path) or extension(path) in {"cs", "swift"}


def has_end_words(path: str) -> bool:
    """Whether a word such as ``end`` or ``done`` closes a block; elsewhere it is a name."""
    return extension(path) not in _WITHOUT_END_WORDS


def has_sections(path: str) -> bool:
    """Flat formats in which a ``[section]`` line heads the lines below it."""
    return extension(path) in {"toml", "ini", "cfg", "conf", "properties"}


def has_loose_json(path: str) -> bool:
    """Settings whose readers take comments and commas behind the last entry."""
    return bool(_LOOSE_JSON.search(path))


def has_no_bare_dots(path: str) -> bool:
    """Languages in which three dots alone on a line are no code, so that they can only elide."""
    return _BY_EXTENSION.get(extension(path)) in {"slash", "jsx", "css", "sql", "hcl"}


def usual_indents(path: str) -> set[str]:
    """The white space that lines of the language are indented with; empty where both are usual."""
    if extension(path) in {"go", "mk"}:
        return {"\t"}
    return {" "} if extension(path) in _SPACED else set()


def has_elements(path: str) -> bool:
    """Markup of elements that mostly end, in languages whose grammar does not ask for it."""
    return extension(path) in {"html", "htm", "xhtml", "xml", "svg", "vue", "svelte", "twig", "hbs"}


def is_prose(path: str) -> bool:
    """Texts in which fences and sentences are content."""
    return extension(path) in {"", "md", "markdown", "mdx", "rst", "txt", "adoc", "tex"}


def is_markdown(path: str) -> bool:
    return extension(path) in {"md", "markdown"}
