"""The strict stream reader itself: what it accepts, and what it refuses."""

import json
from typing import Any

import pytest

from tests.wire.kinds import Refused
from tests.wire.stream import SEPARATOR, read_stream

START = {"type": "start"}
DESCRIBING = {"type": "describing"}
FINISHED = {"type": "finished"}
ABORTED = {"type": "aborted"}


def reply(chunk: str) -> dict[str, Any]:
    return {"type": "reply", "replyChunk": chunk}


def multi(*messages: dict[str, Any]) -> dict[str, Any]:
    return {"type": "multi", "streamMessages": list(messages)}


def build(path: str, *, finished: bool) -> dict[str, Any]:
    info = {"path": path, "numTokens": 3, "finished": finished}
    return {"type": "buildInfo", "buildInfo": info}


def wire(*frames: dict[str, Any] | str) -> list[bytes]:
    texts = [frame if isinstance(frame, str) else json.dumps(frame) for frame in frames]
    return [text.encode() + SEPARATOR for text in texts]


def test_it_works() -> None:
    frames = wire(
        START,
        reply("It gives up"),
        "heartbeat",
        multi(reply(" after"), reply(" 3.")),
        DESCRIBING,
        FINISHED,
    )
    stream = read_stream(frames)
    assert stream.reply == "It gives up after 3."
    assert stream.types == ["start", "reply", "reply", "reply", "describing", "finished"]
    assert stream.heartbeats == 1
    assert stream.terminal == FINISHED


def test_chunks_may_be_cut_anywhere() -> None:
    body = b"".join(wire(START, reply("text"), DESCRIBING, FINISHED))
    assert read_stream(bytes([byte]) for byte in body).reply == "text"


GOOD = {
    "build": [START, build("a", finished=False), build("a", finished=True), FINISHED],
    "stopped in a reply": [START, reply("a"), ABORTED],
    "failed": [START, {"type": "error", "error": {"type": "other", "status": 500, "msg": "no"}}],
    "two iterations": [
        START, reply("a"), DESCRIBING, {"type": "loadContext", "loadContextFiles": ["x"]},
        reply("b"), DESCRIBING, FINISHED,
    ],
    "builds at the end": [
        START, reply("a"), build("x", finished=False), DESCRIBING, {"type": "repliesFinished"},
        build("x", finished=True), FINISHED,
    ],
    "connect": [
        START, {"type": "connectActive", "initPrompt": "p", "initReplies": ["a"]},
        build("x", finished=True), reply("b"), DESCRIBING, FINISHED,
    ],
    "missing file": [
        START, reply("- lib/a.py:\n"),
        {"type": "promptMissingFile", "missingFilePath": "lib/a.py"},
        reply("text"), DESCRIBING, FINISHED,
    ],
}  # fmt: skip


@pytest.mark.parametrize("frames", GOOD.values(), ids=GOOD.keys())
def test_accepts(frames: list[dict[str, Any]]) -> None:
    assert read_stream(wire(*frames)).terminal is not None


BAD: dict[str, tuple[list[dict[str, Any] | str], str]] = {
    "no terminal frame": ([START, reply("a"), DESCRIBING], "the view spins"),
    "two terminal frames": ([START, FINISHED, FINISHED], "ends the stream"),
    "something after the end": ([START, ABORTED, reply("a")], "ends the stream"),
    "no start": ([reply("a"), DESCRIBING, FINISHED], "begins with one start"),
    "two starts": ([START, START, FINISHED], "begins with one start"),
    "late connectActive": ([START, reply("a"), {"type": "connectActive"}, FINISHED], "follow"),
    "empty frame": ([START, "", FINISHED], "not JSON"),
    "half a message": ([START, '{"type":"reply"', FINISHED], "not JSON"),
    "unknown type": ([START, {"type": "thinking"}, FINISHED], "not a stream message"),
    "terminal in a multi": ([START, multi(reply("a"), FINISHED)], "frame of its own"),
    "start in a multi": ([multi(START, reply("a")), ABORTED], "frame of its own"),
    "nested multi": (
        [START, multi(reply("a"), multi(reply("b"), reply("c"))), ABORTED],
        "frame of its own",
    ),
    "multi of one": ([START, multi(reply("a")), ABORTED], "multi of 1"),
    "buildInfo without its object": ([START, {"type": "buildInfo"}, FINISHED], "missing"),
    "error without its object": ([START, {"type": "error"}], "missing"),
    "token count as text": (
        [
            START,
            {"type": "buildInfo", "buildInfo": {"path": "a", "numTokens": "3", "finished": True}},
            FINISHED,
        ],
        "whole number",
    ),
    "no describing": ([START, reply("a"), FINISHED], "describing is missing"),
    "describing twice": ([START, reply("a"), DESCRIBING, DESCRIBING, FINISHED], "twice"),
    "loadContext in a reply": (
        [START, reply("a"), {"type": "loadContext", "loadContextFiles": []}, ABORTED],
        "before describing",
    ),
    "loadContext twice": (
        [
            START, reply("a"), DESCRIBING, {"type": "loadContext", "loadContextFiles": ["a"]},
            {"type": "loadContext", "loadContextFiles": ["a"]}, ABORTED,
        ],
        "twice",
    ),
    "prompt without text": (
        [START, {"type": "promptMissingFile", "missingFilePath": "a"}, ABORTED],
        "without the text",
    ),
    "reply after repliesFinished": (
        [START, reply("a"), DESCRIBING, {"type": "repliesFinished"}, reply("b"), ABORTED],
        "after repliesFinished",
    ),
    "repliesFinished in a reply": (
        [START, reply("a"), {"type": "repliesFinished"}, ABORTED],
        "within a reply",
    ),
    "finished with an open build": (
        [START, build("a", finished=False), FINISHED],
        "being built",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("frames", "why"), BAD.values(), ids=BAD.keys())
def test_refuses(frames: list[dict[str, Any] | str], why: str) -> None:
    with pytest.raises(Refused, match=why):
        read_stream(wire(*frames))


def test_refuses_a_cut_frame() -> None:
    with pytest.raises(Refused, match="within a frame"):
        read_stream([*wire(START), b'{"type":"fin'])


def test_a_client_may_leave_between_frames() -> None:
    assert read_stream(wire(START, reply("a")), complete=False).terminal is None
