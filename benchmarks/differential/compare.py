"""What two answers to the same call differ in, key by key.

Ids, times and revisions are each server's own: they are compared as kinds, not as values. Keys are
matched in any case, as the CLI's decoder does.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_LOG_TIME = re.compile(r"\w{3} \w{3} \d{1,2}, \d{4} \| \d{1,2}:\d\d:\d\d(am|pm) UTC")
_SHA = re.compile(r"(?<=Update )[0-9a-f]{7,64}")
_HEX = re.compile(r"[0-9a-f]{7,64}")
_TOKENS = re.compile(r"(?<=\| )\d+ 🪙")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
ZERO_TIME = "0001-01-01T00:00:00Z"
EMPTY: tuple[object, ...] = (None, [], {}, "")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str

    @property
    def value(self) -> Any:
        """The JSON value, or the text where it is none."""
        try:
            return json.loads(self.text)
        except ValueError:
            return self.text


def differences(reference: Answer, ours: Answer) -> Iterator[str]:
    """Each as a line; empty answers and errors differ in their status alone."""
    if reference.status != ours.status:
        yield f"status {reference.status} → {ours.status}"
    if reference.status < 400 and ours.status < 400:
        yield from _differences("", reference.value, ours.value)


def _differences(path: str, reference: Any, ours: Any) -> Iterator[str]:
    reference, ours = _kind(reference), _kind(ours)
    if isinstance(reference, dict) and isinstance(ours, dict):
        yield from _of_objects(path, _keys(reference), _keys(ours))
    elif isinstance(reference, list) and isinstance(ours, list):
        if len(reference) != len(ours):
            yield f"{path}[] {len(reference)} → {len(ours)} items"
        reference, ours = _by_name(reference), _by_name(ours)
        for theirs, mine in zip(reference, ours, strict=False):
            yield from _differences(f"{path}[]", theirs, mine)
    elif reference != ours or type(reference) is not type(ours):
        yield f"{path} {_shown(reference)} → {_shown(ours)}"


def _of_objects(
    path: str, reference: Mapping[str, tuple[str, Any]], ours: Mapping[str, tuple[str, Any]]
) -> Iterator[str]:
    for key in sorted(reference.keys() | ours.keys()):
        if key not in ours:
            name, value = reference[key]
            yield f"{path}.{name} {'empty, ' if value in EMPTY else ''}left out"
        elif key not in reference:
            yield f"{path}.{ours[key][0]} added"
        else:
            if reference[key][0] != ours[key][0]:
                yield f"{path}.{ours[key][0]} spelled {reference[key][0]}"
            yield from _differences(f"{path}.{ours[key][0]}", reference[key][1], ours[key][1])


def _by_name(items: list[Any]) -> list[Any]:
    """Things that have names, in the order of these: what one call makes, the reference lists in
    a random one."""
    for key in ("modelId", "name", "label"):
        if all(isinstance(item, dict) and item.get(key) for item in items):
            return sorted(items, key=lambda item: str(item[key]))
    return items


def _keys(value: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """Lower-case key → key and value; ids as keys become one kind, in their order."""
    found: dict[str, tuple[str, Any]] = {}
    for key, item in value.items():
        name = f"<id {len(found)}>" if _ID.fullmatch(key) else key
        found[name.lower()] = (name, item)
    return found


def _kind(value: Any) -> Any:
    """The value, or its kind where it is each server's own."""
    if not isinstance(value, str) or value == ZERO_TIME:
        return value
    for pattern, kind in ((_ID, "<id>"), (_TIME, "<time>"), (_HEX, "<sha>")):
        if pattern.fullmatch(value):
            return kind
    text = _COLOURS.sub("", value).strip()
    text = _TOKENS.sub("<n> 🪙", text)
    return _SHA.sub("<sha>", _LOG_TIME.sub("<time>", _ID.sub("<id>", text)))


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"
