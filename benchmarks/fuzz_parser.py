"""Searches for replies and streams that break the reading code: coverage-guided, until stopped.

    python -m benchmarks.fuzz_parser [reply|openai|anthropic|bedrock|tasks] [-max_total_time=60]

Needs `pip install atheris`, which is not among the project's packages. What follows the target's
name goes to libFuzzer; a folder of earlier findings may be among it. Each input is read whole and
in pieces: an exception, lost text or a difference stops the search and leaves the input in a file.
"""

import binascii
import struct
import sys
from collections.abc import Callable
from typing import Any

import atheris

with atheris.instrument_imports(include=["execution.logic", "execution.clients"]):
    from execution.clients.anthropic_stream import AnthropicReader
    from execution.clients.aws_events import AwsEvents
    from execution.clients.openai_stream import OpenAIReader
    from execution.clients.sse import SseData
    from execution.logic.model_errors import ModelError
    from execution.logic.past_replies import condensed
    from execution.logic.reply_grammar import STOP_TAG, Operation
    from execution.logic.reply_parser import ReplyStream
    from execution.logic.stages import Stage
    from execution.logic.subtasks import parse_removed_titles, parse_tasks
    from models_config.logic.credentials import Credentials, ProviderChoice, choose_provider
    from models_config.logic.org_models import OrgModels

Reader = OpenAIReader | AnthropicReader


def reply(data: bytes) -> None:
    """A model's reply, by the parser and rewriter of each stage."""
    cut, text = _cut_and_text(data)
    for stage in Stage:
        whole, pieces = _read_reply(stage, [text]), _read_reply(stage, [text[:cut], text[cut:]])
        assert whole == pieces, "the same whole and in pieces"
        assert whole[0] == text.partition(STOP_TAG)[0], "no text is lost"
    condensed(text, {"a.py"})


def tasks(data: bytes) -> None:
    _, text = _cut_and_text(data)
    parse_tasks(text)
    parse_removed_titles(text)


def openai(data: bytes) -> None:
    choice = _choice("openai/gpt-4.1", OPENAI_API_KEY="sk-0123")
    _read_alike(lambda: OpenAIReader(choice), data)


def anthropic(data: bytes) -> None:
    choice = _choice("anthropic/claude-sonnet-4", ANTHROPIC_API_KEY="sk-0123")
    _read_alike(lambda: AnthropicReader(choice, SseData()), data)


def bedrock(data: bytes) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-east-1"}
    choice = _choice("anthropic/claude-sonnet-4", **keys)
    # Few inputs would ever have the right checksums: half of them get them here.
    framed = data if data[-1:] < b"\x80" else data[:2] + _message(data[2:])
    _read_alike(lambda: AnthropicReader(choice, AwsEvents(choice)), framed)


def _message(data: bytes) -> bytes:
    """A message of AWS's event stream, whose headers and payload are the data."""
    size = data[0] % (len(data) + 1) if data else 0
    start = struct.pack(">II", 16 + len(data), size)
    start += struct.pack(">I", binascii.crc32(start))
    return start + data + struct.pack(">I", binascii.crc32(start + data))


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (reply, tasks, openai, anthropic, bedrock)
}
WORDS = (
    "<PlandexBlock",
    ' lang="py"',
    ' path="a.py"',
    ">\n",
    "</PlandexBlock>",
    "<EndPlandexFileOps/>",
    STOP_TAG,
    "### Move Files\n",
    "### Remove Files\n",
    "### Tasks\n",
    "Uses: `a.py`\n",
    "- `a` → `b`\n",
    "- app/a.py:\n",
    "```",
)


def _cut_and_text(data: bytes) -> tuple[int, str]:
    """The first two bytes say where to cut; each byte below the number of words is a word."""
    head, body = data[:2], data[2:]
    text = "".join(
        WORDS[byte] if byte < len(WORDS) and byte not in (9, 10, 13) else chr(byte) for byte in body
    )
    return int.from_bytes(head, "little") % (len(text) + 1), text


def _read_reply(stage: Stage, chunks: list[str]) -> tuple[str, str, list[Any]]:
    stream = ReplyStream(stage=stage)
    shown: list[str] = []
    operations: list[Operation] = []
    for chunk in chunks:
        fed = stream.feed(chunk)
        shown.append(fed.text)
        operations += fed.operations
        while fed.opened_path is not None:
            fed = stream.feed("")
            shown.append(fed.text)
            operations += fed.operations
        if fed.stopped:
            break
    fed = stream.finish()
    operations += fed.operations
    return (
        stream.raw,
        "".join([*shown, fed.text]),
        [(one.kind, one.path, one.destination, one.content, one.description) for one in operations],
    )


def _choice(model: str, **keys: str) -> ProviderChoice:
    return choose_provider(model, OrgModels(), Credentials(keys))


def _read_alike(make: Callable[[], Reader], data: bytes) -> None:
    cut, body = int.from_bytes(data[:2], "little") % (len(data) + 1), data[2:]
    assert _read(make, [body]) == _read(make, [body[:cut], body[cut:]])


def _read(make: Callable[[], Reader], pieces: list[bytes]) -> tuple[str, str, str]:
    """Text, reasoning and failure; any other exception than a failure stops the search."""
    reader, text, reasoning = make(), "", ""
    try:
        for piece in pieces:
            for delta in reader.feed(piece):
                text, reasoning = text + delta.text, reasoning + delta.reasoning
            if reader.done:
                return text, reasoning, ""
        for delta in reader.end():
            text, reasoning = text + delta.text, reasoning + delta.reasoning
    except ModelError as error:
        return text, reasoning, str(error)
    return text, reasoning, ""


def main() -> None:
    arguments = sys.argv[1:]
    name = arguments.pop(0) if arguments and arguments[0] in TARGETS else "reply"
    atheris.Setup([sys.argv[0], *arguments], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
