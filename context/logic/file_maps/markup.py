"""Mapping of markup: structure by tags, and the code in scripts and styles by its language.

A scanner over tags instead of a grammar: it reads any fragment and template dialect, and
its time is linear in the text, where the HTML grammar takes seconds for deep nesting.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from .entries import Entry, cut_line

Inject = Callable[[str, str], list[Entry]]

STRUCTURE = frozenset(
    "html head body main nav header footer article section form dialog template table div ul"
    " aside slot fieldset".split()
)
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
# A start of these ends an open one of the same kind.
SELF_CLOSING = frozenset("li p tr td th option dt dd thead tbody".split())
MAX_OPEN = 200
MAX_ELEMENTS = 3_000

_VALUE = r"\"[^\"]{0,4000}\"|'[^']{0,4000}'|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\}){0,2000}\}"
_TAG = re.compile(
    rf"<!--.*?(?:-->|\Z)|<(?P<close>/?)(?P<name>[A-Za-z][\w:.-]*)(?P<rest>(?:[^<>\"'{{}}]|{_VALUE})"
    r"{0,600}?)(?P<empty>/?)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"(?<![\w:.@-])(id|class|lang|type|src)\s*=\s*"
    r"(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))"
)
_FRONT = re.compile(r"\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Markup:
    """What a markup language does with its scripts."""

    script: str = "javascript"
    # The code between two rows of dashes at the start is a script.
    front_script: str = ""
    # Blocks are the file's parts; their tags are shown as written.
    blocks: bool = False


@dataclass(slots=True)
class _Element:
    entry: Entry
    name: str
    childless: bool = True


@dataclass(slots=True)
class _Scanner:
    table: Markup
    inject: Inject
    entries: list[_Element] = field(default_factory=list)
    # The open elements: tag name and whether it is listed.
    open: list[tuple[str, bool]] = field(default_factory=list)
    depth: int = 0

    def add(self, kind: str, name: str, text: str, tag: str) -> None:
        if self.depth and self.entries:
            self._parent_has_child()
        self.entries.append(_Element(Entry(kind, name, self.depth, cut_line(text)), tag))

    def _parent_has_child(self) -> None:
        for element in reversed(self.entries):
            if element.entry.depth < self.depth:
                element.childless = False
                return

    def code(self, tag: str, attributes: dict[str, str], body: str) -> None:
        """A script or style: its head, and its definitions below it."""
        language = self._language(tag, attributes)
        inner = self.inject(language, body) if language and body.strip() else []
        shown = "".join(f' {k}="{attributes[k]}"' for k in ("lang", "type") if k in attributes)
        if not inner and not self.table.blocks:
            return
        self.add(tag, tag, f"<{tag}{shown}>", tag)
        for entry in inner:
            nested = replace(entry, depth=entry.depth + self.depth + 1)
            self.entries.append(_Element(nested, "", childless=False))

    def _language(self, tag: str, attributes: dict[str, str]) -> str:
        lang = attributes.get("lang", "")
        if tag == "style":
            return {"": "css", "css": "css"}.get(lang, "scss")
        kind = attributes.get("type", "")
        if "json" in kind or "template" in kind or "x-" in kind:
            return ""
        known = {"ts": "typescript", "typescript": "typescript", "tsx": "tsx", "jsx": "tsx"}
        return known.get(lang, "typescript" if "typescript" in kind else self.table.script)

    def start(self, tag: str, attributes: dict[str, str], empty: bool) -> None:
        if tag in SELF_CLOSING and self.open and self.open[-1][0] == tag:
            self.end(tag)
        listed = len(self.entries) < MAX_ELEMENTS and _is_listed(tag, attributes)
        if listed:
            shown = _shown(tag, attributes)
            self.add("element", shown, shown, tag)
        if empty or tag in VOID or len(self.open) >= MAX_OPEN:
            return
        self.open.append((tag, listed))
        self.depth += listed

    def end(self, tag: str) -> None:
        names = [name for name, _ in self.open]
        if tag not in names:
            return
        while self.open:
            name, listed = self.open.pop()
            self.depth -= listed
            if name == tag:
                return


def markup_entries(text: str, table: Markup, inject: Inject) -> list[Entry]:
    """The elements that give a page its structure, and the definitions in its code."""
    scanner = _Scanner(table, inject)
    at = 0
    front = _FRONT.match(text) if table.front_script else None
    if front is not None:
        scanner.code("script", {"lang": "ts"}, front[1])
        at = front.end()
    while (found := _TAG.search(text, at)) is not None:
        at = found.end()
        tag = found["name"]
        if tag is None:
            continue
        name = tag.lower() if tag.lower() in STRUCTURE | VOID | {"script", "style"} else tag
        if found["close"]:
            scanner.end(name)
            continue
        attributes = _attributes(found["rest"])
        if name in ("script", "style") and not found["empty"]:
            closing = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(text, at)
            end = closing.start() if closing else len(text)
            scanner.code(name, attributes, text[at:end])
            at = closing.end() if closing else end
            continue
        scanner.start(name, attributes, bool(found["empty"]))
    return _collapsed(scanner.entries)


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        found.setdefault(match[1], next(v for v in match.groups()[1:] if v is not None))
    return found


def _is_listed(tag: str, attributes: dict[str, str]) -> bool:
    """Structure, everything with an id, and components."""
    return tag in STRUCTURE or "id" in attributes or "-" in tag or tag != tag.lower()


def _shown(tag: str, attributes: dict[str, str]) -> str:
    name = attributes.get("id", "").strip()
    classes = [c for c in attributes.get("class", "").split() if "{" not in c][:3]
    return (
        tag + (f"#{name}" if name and "{" not in name else "") + "".join(f".{c}" for c in classes)
    )


def _collapsed(elements: list[_Element]) -> list[Entry]:
    """Equal childless siblings in a row become one line with their number."""
    entries: list[Entry] = []
    position = 0
    while position < len(elements):
        element = elements[position]
        count = 1
        while (
            element.childless
            and element.entry.kind == "element"
            and position + count < len(elements)
            and elements[position + count].childless
            and elements[position + count].entry == element.entry
        ):
            count += 1
        entry = element.entry
        entries.append(entry if count == 1 else replace(entry, text=f"[{count}x]{entry.text}"))
        position += count
    return entries
