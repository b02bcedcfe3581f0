"""Reads file blocks and file-operation sections out of a reply while it arrives.

One pass does two jobs: it collects the operations and it writes the text a viewer sees, with
fences in place of tags. Nothing depends on where the chunks are cut: text that may still turn
into a tag waits. Each step consumes what it can decide and names the next step, so every
character is looked at a bounded number of times.
"""

import re
from collections.abc import Callable

from execution.logic.reply_grammar import (
    CLOSE_TAG,
    END_OPERATIONS_TAG,
    FENCE,
    OPEN_TAG,
    Operation,
    OperationKind,
    tag_attributes,
)
from execution.logic.reply_lines import FencedCode, OpenBlock, OpenedBlock, ReplyLines

_BLANKS = re.compile(r"[^\S\n]*")
_TAG_POINT = re.compile(r'["\n>]')
_FILE_POINT = re.compile(r"[\n<]")
_TEXT_TAGS = (OPEN_TAG, END_OPERATIONS_TAG)
_SECTION_TAGS = (END_OPERATIONS_TAG,)
_LONGEST_TAG = len(END_OPERATIONS_TAG)


class BlockReader:
    """Feed with `read`, end with `finish`; collect from `shown`, `operations` and `opened`."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.operations: list[Operation] = []
        self.opened: OpenedBlock | None = None
        self.chunks = 0
        self._step: Callable[[str, int], int] = self._head
        self._consumed = 0
        self._base = 0
        self._line: list[str] = []
        self._line_start = 0
        self._candidate = ""
        self._quoted = False
        self._prose = ReplyLines()
        self._code = FencedCode(self.shown)
        self._block: OpenBlock | None = None
        self._content: list[str] = []
        self._line_is_blank = True
        self._tail_parts: list[str] = []

    def read(self, text: str, start: int = 0) -> int:
        """Consume text up to its end or just past an opening line; return where that is."""
        position, end = start, len(text)
        self._base = self._consumed - start
        while position < end and self.opened is None:
            position = self._step(text, position)
        self._consumed = self._base + position
        return position

    def finish(self) -> None:
        """Judge what is left of the last line and show everything that still waits."""
        if self._step == self._after_end:
            self.operations += self._prose.close_section()
        elif self._step == self._tail:
            self._close_after_content()
        elif self._step == self._maybe_close:
            self._add(self._candidate)
        elif self._block is None and self._step not in (self._body, self._after_close):
            self._show_line()
        self._code.end()
        self._line = []
        self._candidate = ""
        self._step = self._nothing

    def _nothing(self, text: str, position: int) -> int:
        raise AssertionError("a finished reply was fed again")

    # Lines of prose and of file-operation sections. Nothing of a line is shown before it is
    # known not to start with a tag.

    def _head(self, text: str, position: int) -> int:
        start = self._blanks(text, position)
        if start == len(text):
            return start
        if text[start] == "<":
            self._step = self._maybe_tag
            return start
        self._show_line()
        self._step = self._body
        return start

    def _body(self, text: str, position: int) -> int:
        newline = text.find("\n", position)
        if newline < 0:
            piece = text[position:]
            self._line.append(piece)
            self.shown.append(piece)
            return len(text)
        self._line.append(text[position:newline])
        self.shown.append(text[position : newline + 1])
        self._prose.take("".join(self._line), self._line_start)
        self._begin_line(newline + 1)
        return newline + 1

    def _maybe_tag(self, text: str, position: int) -> int:
        piece = self._candidate + text[position : position + _LONGEST_TAG]
        tags = _TEXT_TAGS if self._prose.section is None else _SECTION_TAGS
        for tag in tags:
            if piece.startswith(tag):
                end = position + len(tag) - len(self._candidate)
                self._line.append(text[position:end])
                self._candidate = ""
                self._quoted = False
                self._step = self._tag_rest if tag is OPEN_TAG else self._after_end
                return end
        if any(tag.startswith(piece) for tag in tags):
            self._line.append(text[position:])
            self._candidate = piece
            return len(text)
        self._candidate = ""
        self._show_line()
        self._step = self._body
        return position

    def _tag_rest(self, text: str, position: int) -> int:
        for point in _TAG_POINT.finditer(text, position):
            character = point.group()
            if character == '"':
                self._quoted = not self._quoted
            elif character == "\n" or not self._quoted:
                end = point.end() if character == ">" else point.start()
                self._line.append(text[position:end])
                self._open_block()
                return end
        self._line.append(text[position:])
        return len(text)

    def _after_end(self, text: str, position: int) -> int:
        start = self._blanks(text, position)
        if start == len(text):
            return start
        if text[start] != "\n":
            self._show_line()
            self._step = self._body
            return start
        self.operations += self._prose.end_section("".join(self._line))
        self._begin_line(start + 1)
        return start + 1

    def _blanks(self, text: str, position: int) -> int:
        """Move the white space at this place to the line; return where it ends."""
        match = _BLANKS.match(text, position)
        assert match is not None, "a pattern that accepts nothing always matches"
        end = match.end()
        if end > position:
            self._line.append(text[position:end])
        return end

    def _show_line(self) -> None:
        self.shown.append("".join(self._line))

    def _begin_line(self, position: int) -> None:
        self._line = []
        self._line_start = self._base + position
        self._step = self._head

    # File blocks.

    def _open_block(self) -> None:
        """Open a block for the tag that is now the line, or leave the tag as prose."""
        tag = "".join(self._line)
        attributes = tag_attributes(tag)
        self._block = self._prose.open_block(attributes.path, self._line_start, self.chunks)
        if self._block is None:
            self._show_line()
            self._step = self._body
            return
        self._line = []
        self._line_is_blank = True
        indent = tag[: len(tag) - len(tag.lstrip())]
        self.shown.append(f"{indent}{FENCE}{attributes.lang}")
        self._step = self._after_open

    def _after_open(self, text: str, position: int) -> int:
        start = self._blanks(text, position)
        if start == len(text):
            return start
        assert self._block is not None, "only an open block gets here"
        self.shown.append("\n")
        self.opened = self._block.opened
        self._step = self._file
        if text[start] == "\n":
            self._line = []
            return start + 1
        # Code on the tag's own line: the white space before it belongs to the code.
        self._code.show("".join(self._line))
        return start

    def _file(self, text: str, position: int) -> int:
        point = _FILE_POINT.search(text, position)
        end = point.start() if point else len(text)
        if end > position:
            self._add(text[position:end])
        if point is None:
            return end
        if text[end] == "<":
            self._step = self._maybe_close
            return end
        self._code.show("\n")
        self._end_content_line()
        return end + 1

    def _maybe_close(self, text: str, position: int) -> int:
        piece = self._candidate + text[position : position + len(CLOSE_TAG)]
        if piece.startswith(CLOSE_TAG):
            end = position + len(CLOSE_TAG) - len(self._candidate)
            self._candidate = ""
            if self._line_is_blank:
                self._close_on_own_line(end)
            else:
                self._tail_parts = [CLOSE_TAG]
                self._step = self._tail
            return end
        if CLOSE_TAG.startswith(piece):
            self._candidate = piece
            return len(text)
        self._step = self._file
        if self._candidate:
            self._add(self._candidate)
            self._candidate = ""
            return position
        self._add("<")
        return position + 1

    def _tail(self, text: str, position: int) -> int:
        """After a closing tag behind code: it closes only when nothing else follows it."""
        match = _BLANKS.match(text, position)
        assert match is not None, "a pattern that accepts nothing always matches"
        start = match.end()
        if start > position:
            self._tail_parts.append(text[position:start])
        if start == len(text):
            return start
        if text[start] != "\n":
            for part in self._tail_parts:
                self._add(part)
            self._step = self._file
            return start
        self._close_after_content()
        self.shown.append("\n")
        self._begin_line(start + 1)
        return start + 1

    def _after_close(self, text: str, position: int) -> int:
        start = self._blanks(text, position)
        if start == len(text):
            return start
        self.shown.append("\n")
        if text[start] == "\n":
            self._begin_line(start + 1)
            return start + 1
        self._step = self._head
        return start

    def _add(self, piece: str) -> None:
        self._line.append(piece)
        if self._line_is_blank and not piece.isspace():
            self._line_is_blank = False
        self._code.show(piece)

    def _end_content_line(self) -> None:
        self._content += self._line
        self._content.append("\n")
        self._line = []
        self._line_is_blank = True

    def _close_on_own_line(self, position: int) -> None:
        self._code.end()
        self.shown.append(FENCE)
        self._complete_block()
        self._begin_line(position)
        self._step = self._after_close

    def _close_after_content(self) -> None:
        self._end_content_line()
        self._code.end()
        self.shown.append("\n" + FENCE)
        self._complete_block()

    def _complete_block(self) -> None:
        block = self._block
        assert block is not None, "only an open block can be closed"
        self.operations.append(
            Operation(
                kind=OperationKind.FILE,
                path=block.opened.path,
                content="".join(self._content),
                description=block.description,
                num_tokens=self.chunks - block.first_chunk,
            )
        )
        self._block = None
        self._content = []
