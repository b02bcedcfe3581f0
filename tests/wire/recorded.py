"""What the real CLI once sent, as a test can send it again: `tests/data/recorded/`, written by
`python -m tests.cli.record`."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "data" / "recorded"
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHA = re.compile(r"[0-9a-f]{8}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Recording:
    """`replies` are what the models answered, by role."""

    replies: dict[str, list[str]]
    calls: list[dict[str, Any]]


def recording(name: str) -> Recording:
    return Recording(**json.loads((FOLDER / f"{name}.json").read_text()))


@dataclass
class Names:
    """Which id, revision or token of now stands for one of then."""

    now: dict[str, str] = field(default_factory=dict)

    def of(self, value: Any) -> Any:
        """The value with all names of then replaced."""
        text = json.dumps(value)
        for then, now in self.now.items():
            text = text.replace(then, now)
        return json.loads(text)

    def learn(self, then: Any, now: Any) -> None:
        """Takes the names out of two answers to the same call."""
        for old, new in _pairs(then, now):
            if old == new:
                continue
            if old.startswith("<token") or _ID.fullmatch(old) or _SHA.fullmatch(old):
                self.now[old] = new


def _pairs(then: Any, now: Any) -> Iterator[tuple[str, str]]:
    """The strings at the same places; of maps by ids also the keys, in their order."""
    if isinstance(then, str) and isinstance(now, str):
        yield then, now
    elif isinstance(then, list) and isinstance(now, list):
        for old, new in zip(then, now, strict=False):
            yield from _pairs(old, new)
    elif isinstance(then, dict) and isinstance(now, dict):
        for (old_key, old), (new_key, new) in zip(then.items(), now.items(), strict=False):
            if old_key == new_key:
                yield from _pairs(old, new)
            elif _ID.fullmatch(old_key):
                yield old_key, new_key
                yield from _pairs(old, new)
            elif old_key in now:
                yield from _pairs(old, now[old_key])


def shape(value: Any) -> Any:
    """The value with nothing left but its keys and kinds: what does not change from run to run."""
    if isinstance(value, dict):
        if any(_ID.fullmatch(key) for key in value):
            return {"<id>": [shape(item) for item in value.values()]}
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__
