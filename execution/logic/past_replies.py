"""Replies of the past as a request repeats them: without the files that it shows anyway."""

from collections.abc import Collection, Iterator

from execution.logic.prompts.render import render
from execution.logic.reply_grammar import OPEN_TAG, OperationKind
from execution.logic.reply_parser import ReplyStream
from execution.logic.stages import Stage


def condensed(reply: str, shown: Collection[str]) -> str:
    """The reply with a note in place of each block whose file is among `shown`.

    What such a block says has become part of the file, whose text as it is now the model sees; to
    send both costs tokens, and the older of the two misleads.
    """
    if OPEN_TAG not in reply or not shown:
        return reply
    parts = []
    position = 0
    for path, start, end in _blocks(reply):
        if path in shown:
            parts += [reply[position:start], render("past_block", path=path), "\n"]
            position = end
    return "".join([*parts, reply[position:]])


def _blocks(reply: str) -> Iterator[tuple[str, int, int]]:
    """Path, start (of its label, if it has one) and end of each complete block."""
    stream = ReplyStream(stage=Stage.IMPLEMENTATION)
    start = end = 0
    for line in reply.splitlines(keepends=True):
        end += len(line)
        fed = stream.feed(line)
        operations = fed.operations
        while fed.opened_path is not None:
            start = stream.opened_at
            fed = stream.feed("")
            operations += fed.operations
        for operation in operations:
            if operation.kind is OperationKind.FILE:
                yield operation.path, start, end
