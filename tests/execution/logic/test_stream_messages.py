import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution.logic.events import (
    Aborted,
    BuildInfo,
    Describing,
    Error,
    ErrorType,
    Event,
    Finished,
    LoadContext,
    PromptMissingFile,
    RepliesFinished,
    Reply,
)
from execution.logic.stream_messages import (
    HEARTBEAT,
    HEARTBEAT_FRAME,
    SEPARATOR,
    START,
    FrameError,
    StreamMessage,
    connect_active,
    decode_frames,
    encode_frame,
    encode_message,
    message_of,
    multi,
    reply_frame,
)


@pytest.mark.parametrize(
    ("event", "json"),
    [
        (Reply("a\nb"), r'{"type":"reply","replyChunk":"a\nb"}'),
        (Describing(), '{"type":"describing"}'),
        (LoadContext(("a", "b")), '{"type":"loadContext","loadContextFiles":["a","b"]}'),
        (PromptMissingFile("a"), '{"type":"promptMissingFile","missingFilePath":"a"}'),
        (
            PromptMissingFile("a", auto_context=True),
            '{"type":"promptMissingFile","missingFilePath":"a","missingFileAutoContext":true}',
        ),
        (
            BuildInfo("a"),
            '{"type":"buildInfo","buildInfo":{"path":"a","finished":false,"numTokens":0}}',
        ),
        (
            BuildInfo("a", finished=True, removed=True),
            '{"type":"buildInfo","buildInfo":'
            '{"path":"a","finished":true,"numTokens":0,"removed":true}}',
        ),
        (RepliesFinished(), '{"type":"repliesFinished"}'),
        (Finished(), '{"type":"finished"}'),
        (Aborted(), '{"type":"aborted"}'),
        (
            Error("No messages yet.", 400, ErrorType.CONTINUE_NO_MESSAGES),
            '{"type":"error","error":'
            '{"type":"continue_no_messages","status":400,"msg":"No messages yet."}}',
        ),
    ],
)
def test_wire_form_of_events(event: Event, json: str) -> None:
    assert encode_message(message_of(event)).decode() == json
    assert encode_frame(message_of(event)) == json.encode() + SEPARATOR


def test_first_messages() -> None:
    assert encode_frame(START) == b'{"type":"start"}@@PX@@'
    active = connect_active(prompt="p", replies=["a", "b"], missing_file_path="f")
    assert encode_message(active) == (
        b'{"type":"connectActive","missingFilePath":"f","initPrompt":"p","initReplies":["a","b"]}'
    )
    build = connect_active(build_only=True)
    assert encode_message(build) == b'{"type":"connectActive","initBuildOnly":true}'


def test_frames_are_payloads_with_separators() -> None:  # F01
    batch = multi([message_of(Reply("x")), message_of(Describing())])
    data = encode_frame(START) + HEARTBEAT_FRAME + encode_frame(batch)
    assert decode_frames(data) == [START, HEARTBEAT, batch]
    assert HEARTBEAT_FRAME == b"heartbeat@@PX@@"


@given(text=st.text(alphabet="@PX\\u0é\n", min_size=1))
def test_the_separator_never_occurs_in_a_payload(text: str) -> None:  # F02
    message = message_of(Reply(text + "@@PX@@" + text + "@@PX@@PX@@"))
    frame = encode_frame(message)
    assert frame.count(SEPARATOR) == 1
    assert decode_frames(frame) == [message]


@given(text=st.text() | st.just("@@PX@@") | st.just("\x00\u2028</\\"))
def test_the_frame_of_text_is_that_of_its_message(text: str) -> None:
    assert reply_frame(text) == encode_frame(message_of(Reply(text)))


def test_only_batched_types_go_into_a_multi() -> None:
    with pytest.raises(AssertionError):
        multi([message_of(Finished())])
    with pytest.raises(AssertionError):
        multi([multi([message_of(Reply("x"))])])


@pytest.mark.parametrize(
    "data",
    [
        b'{"type":"start"}',
        b"@@PX@@",
        b"heart@@PX@@",
        b"[]@@PX@@",
        b'{"type":"unheardOf"}@@PX@@',
        b'{"type":"reply","surprise":1}@@PX@@',
        b'{"type":"buildInfo"}@@PX@@',
        b'{"type":"error"}@@PX@@',
        b'{"type":"multi"}@@PX@@',
        b'{"type":"multi","streamMessages":[{"type":"finished"}]}@@PX@@',
        b'{"type":"multi","streamMessages":[{"type":"buildInfo"}]}@@PX@@',
    ],
)
def test_deviations_are_refused(data: bytes) -> None:
    with pytest.raises(FrameError):
        decode_frames(data)


def test_an_empty_stream_has_no_frames() -> None:
    assert decode_frames(b"") == []
    assert decode_frames(encode_frame(StreamMessage(type="start"))) == [START]
