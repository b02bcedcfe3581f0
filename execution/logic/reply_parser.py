"""A model's reply as it arrives: operations for the builds, rewritten text for the viewers."""

from dataclasses import dataclass

from execution.logic.reply_blocks import BlockReader
from execution.logic.reply_grammar import STOP_TAG, Operation, OperationKind
from execution.logic.reply_lines import OpenedBlock
from execution.logic.stages import Stage

__all__ = ["Fed", "Operation", "OperationKind", "ReplyStream", "rewrite_text"]


@dataclass(frozen=True, slots=True)
class Fed:
    """What one chunk brought: text to stream now, operations that became complete.

    `opened_path` names the file whose opening line was just completed. Reading pauses there:
    feed on (an empty chunk is enough) to go past it, or drop the stream to cut the reply.
    `stopped` says that the stop tag was reached: call `finish` and end the model's stream.
    """

    text: str = ""
    operations: tuple[Operation, ...] = ()
    opened_path: str | None = None
    stopped: bool = False


class _StopGate:
    """Lets text through up to the stop tag; keeps back what may be the start of one."""

    def __init__(self) -> None:
        self.stopped = False
        self._held = ""

    def feed(self, chunk: str) -> str:
        if self.stopped:
            return ""
        if not self._held and "<" not in chunk:
            return chunk
        text = self._held + chunk
        self._held = ""
        stop = text.find(STOP_TAG)
        if stop >= 0:
            self.stopped = True
            return text[:stop]
        angle = text.rfind("<", max(0, len(text) - len(STOP_TAG)))
        if angle >= 0 and STOP_TAG.startswith(text[angle:]):
            self._held = text[angle:]
            return text[:angle]
        return text

    def finish(self) -> str:
        held, self._held = self._held, ""
        return held


class ReplyStream:
    """Parser and rewriter of one reply; its results do not depend on where chunks are cut.

    `seed` is the kept part of a reply that goes on after a missing-file answer: it is read
    again, but neither its text nor its operations are handed out a second time.
    """

    def __init__(self, *, stage: Stage, seed: str = "") -> None:
        self._rewrites = stage is Stage.IMPLEMENTATION
        self._gate = _StopGate()
        self._reader = BlockReader()
        self._raw: list[str] = []
        self._waiting = ""
        self._waiting_from = 0
        self._opened: OpenedBlock | None = None
        if seed:
            self._read(self._gate.feed(seed))
            while self._waiting:
                self._read("")

    @property
    def raw(self) -> str:
        """The reply to store: everything read so far, without the stop tag and what follows."""
        if len(self._raw) > 1:
            self._raw = ["".join(self._raw)]
        return self._raw[0] if self._raw else ""

    @property
    def stopped(self) -> bool:
        """Whether the stop tag was reached; text before it may still wait to be read."""
        return self._gate.stopped

    @property
    def opened_at(self) -> int:
        """Where the label (or tag) of the block that was opened last begins."""
        assert self._opened is not None, "no block was opened yet"
        return self._opened.start

    def feed(self, chunk: str, *, chunks: int = 1) -> Fed:
        """Take the next text of the model, which came as so many `chunks`."""
        if chunk:
            self._reader.chunks += chunks
        return self._read(self._gate.feed(chunk))

    def finish(self) -> Fed:
        """The reply is over: judge its last line and hand out everything kept back."""
        parts = []
        operations: tuple[Operation, ...] = ()
        fed = self._read(self._gate.finish())
        while True:
            parts.append(fed.text)
            operations += fed.operations
            if not self._waiting:
                break
            fed = self._read("")
        self._reader.finish()
        last = self._collect("")
        parts.append(last.text)
        return Fed("".join(parts), operations + last.operations, None, self._gate.stopped)

    def kept_for_resume(self) -> str:
        """The reply cut right after the opening line of the block that was opened last."""
        return self.raw.rstrip() + "\n"

    def kept_for_skip(self) -> str:
        """The reply cut before the label (or tag) of the block that was opened last."""
        kept = self.raw[: self.opened_at].rstrip()
        return kept + "\n" if kept else ""

    def _read(self, text: str) -> Fed:
        start = 0
        if self._waiting and text:
            text = self._waiting[self._waiting_from :] + text
        elif self._waiting:
            text, start = self._waiting, self._waiting_from
        elif not text:
            return Fed(stopped=self._gate.stopped)
        end = self._reader.read(text, start)
        paused = end < len(text)
        self._waiting, self._waiting_from = (text, end) if paused else ("", 0)
        consumed = text[start:end]
        self._raw.append(consumed)
        return self._collect(consumed)

    def _collect(self, consumed: str) -> Fed:
        reader = self._reader
        shown = "".join(reader.shown) if self._rewrites else consumed
        reader.shown.clear()
        operations = tuple(reader.operations)
        reader.operations.clear()
        opened, reader.opened = reader.opened, None
        if opened is not None:
            self._opened = opened
        return Fed(
            shown,
            operations,
            opened.path if opened else None,
            self._gate.stopped and not self._waiting,
        )


def rewrite_text(stage: Stage, raw: str, *, complete: bool = True) -> str:
    """A stored reply as its viewers saw it; `complete=False` for one that is still arriving."""
    stream = ReplyStream(stage=stage)
    fed = stream.feed(raw)
    parts = [fed.text]
    while fed.opened_path is not None:
        fed = stream.feed("")
        parts.append(fed.text)
    if complete:
        parts.append(stream.finish().text)
    return "".join(parts)
