"""The order of messages in a stream, as the CLI's stream view needs it.

stream    = start [ connectActive buildInfo* ] iteration* [ repliesFinished buildInfo* ] end
iteration = ( reply | buildInfo | promptMissingFile )* describing buildInfo* [ loadContext ]
end       = finished | aborted | error
"""

from collections.abc import Mapping
from typing import Any

from tests.wire.kinds import Refused

TERMINAL = frozenset({"finished", "aborted", "error"})


class Ordering:
    """Takes messages one by one, `multi` opened, and refuses the first out of order."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}
        self._ended = ""
        self._replying = False  # an iteration has text and no `describing` yet
        self._described = False  # since the last text
        self._loaded = False  # since the last text
        self._open_builds: set[str] = set()

    def take(self, message: Mapping[str, Any]) -> None:
        kind = message["type"]
        if self._ended:
            raise Refused(f"{kind} after {self._ended}, which ends the stream")
        if (kind == "start") == bool(self._seen):
            raise Refused(f"{kind} after {list(self._seen)}: a stream begins with one start")
        if "repliesFinished" in self._seen and kind not in TERMINAL | {"buildInfo"}:
            raise Refused(f"{kind} after repliesFinished")
        rule = getattr(self, f"_{kind}", None)
        if rule is not None:
            rule(message)
        self._seen[kind] = self._seen.get(kind, 0) + 1
        if kind in TERMINAL:
            self._ended = kind

    def end(self) -> None:
        if not self._ended:
            raise Refused("the stream ends without finished, aborted or error: the view spins")

    def _connectActive(self, message: Mapping[str, Any]) -> None:
        if set(self._seen) != {"start"}:
            raise Refused("connectActive must follow start")

    def _reply(self, message: Mapping[str, Any]) -> None:
        self._replying, self._described, self._loaded = True, False, False

    def _describing(self, message: Mapping[str, Any]) -> None:
        if self._described:
            raise Refused("describing twice in one iteration")
        self._replying, self._described = False, True

    def _loadContext(self, message: Mapping[str, Any]) -> None:
        if not self._described and "connectActive" not in self._seen:
            raise Refused("loadContext before describing")
        if self._loaded:
            raise Refused("loadContext twice in one iteration")
        self._loaded = True

    def _promptMissingFile(self, message: Mapping[str, Any]) -> None:
        if not self._replying and "connectActive" not in self._seen:
            raise Refused("promptMissingFile without the text that names the file")

    def _buildInfo(self, message: Mapping[str, Any]) -> None:
        info = message["buildInfo"]
        if info["finished"] or info.get("removed"):
            self._open_builds.discard(info["path"])
        else:
            self._open_builds.add(info["path"])

    def _repliesFinished(self, message: Mapping[str, Any]) -> None:
        if self._replying:
            raise Refused("repliesFinished within a reply")

    def _finished(self, message: Mapping[str, Any]) -> None:
        if self._replying:
            raise Refused("finished within a reply: describing is missing")
        if self._open_builds:
            raise Refused(f"finished while {sorted(self._open_builds)} are being built")
