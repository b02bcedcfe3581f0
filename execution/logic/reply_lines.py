"""What the reader of a reply remembers between its steps: the prose so far, and the code shown."""

from dataclasses import dataclass

from execution.logic.reply_grammar import (
    ESCAPED_FENCE,
    FENCE,
    SECTION_HEADINGS,
    Operation,
    OperationKind,
    label_path,
    section_operation,
)


@dataclass(frozen=True, slots=True)
class OpenedBlock:
    """A file block whose opening line is complete; `start` is where its label or tag begins."""

    path: str
    start: int


@dataclass(frozen=True, slots=True)
class OpenBlock:
    """A file block that is being read: the prose before it, and which chunk brought its tag."""

    opened: OpenedBlock
    description: str
    first_chunk: int


@dataclass(frozen=True, slots=True)
class _Label:
    path: str
    start: int
    line_index: int


class ReplyLines:
    """Lines outside file blocks: the description of the next block, labels, and sections of file
    operations."""

    def __init__(self) -> None:
        self.section: OperationKind | None = None
        self._lines: list[str] = []
        self._label: _Label | None = None
        self._operations: dict[str, Operation] = {}

    def take(self, line: str, start: int) -> None:
        """Judge a complete line that begins at `start` of the reply."""
        self._lines.append(line)
        text = line.strip()
        if self.section is not None:
            operation = section_operation(self.section, text)
            if operation is not None:
                self._operations.setdefault(operation.path, operation)
            return
        if not text:
            return
        path = label_path(text)
        self._label = None
        if path is not None:
            self._label = _Label(path, start, len(self._lines) - 1)
        self.section = SECTION_HEADINGS.get(text)

    def end_section(self, line: str) -> list[Operation]:
        """Take the line that ends a section; return the operations of the section."""
        self._lines.append(line)
        self._label = None
        return self.close_section()

    def close_section(self) -> list[Operation]:
        """The operations of the section, one for each path; the next line is prose again."""
        operations = list(self._operations.values())
        self._operations = {}
        self.section = None
        return operations

    def open_block(self, path: str, start: int, chunk: int) -> OpenBlock | None:
        """The block of a tag that begins at `start` and names this path, if any; else the label
        before it does. None when neither names one: then the tag is prose."""
        label = self._label
        path = path or (label.path if label else "")
        if not path:
            return None
        lines = self._lines
        if label is not None and label.path == path:
            lines, start = lines[: label.line_index], label.start
        self._lines, self._label = [], None
        return OpenBlock(OpenedBlock(path, start), "\n".join(lines).strip(), chunk)


class FencedCode:
    """Shows code with each run of three backticks escaped, so that it cannot end the fence."""

    def __init__(self, shown: list[str]) -> None:
        self._shown = shown
        self._ticks = ""

    def show(self, piece: str) -> None:
        """Show the piece; backticks at its end wait for what follows."""
        if "`" not in piece:
            if self._ticks:
                self._shown.append(self._ticks)
                self._ticks = ""
            self._shown.append(piece)
            return
        text = self._ticks + piece
        waiting = (len(text) - len(text.rstrip("`"))) % 3
        shown, self._ticks = text[: len(text) - waiting], text[len(text) - waiting :]
        self._shown.append(shown.replace(FENCE, ESCAPED_FENCE))

    def end(self) -> None:
        """Show what waits."""
        self._shown.append(self._ticks)
        self._ticks = ""
