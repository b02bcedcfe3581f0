from hypothesis import given
from hypothesis import strategies as st

from execution.logic.coalescer import Coalescer, Frame
from execution.logic.events import (
    Aborted,
    BuildInfo,
    Describing,
    Event,
    LoadContext,
    PromptMissingFile,
    RepliesFinished,
    Reply,
)
from execution.logic.stream_messages import StreamMessage, message_of


def messages(frames: list[Frame]) -> list[StreamMessage]:
    return [frame.message for frame in frames]


def play(events: list[tuple[float, Event]]) -> list[tuple[float, Frame]]:
    """Feed events at their times, firing the timer in between as a connection does."""
    coalescer = Coalescer()
    sent: list[tuple[float, Frame]] = []
    for number, (now, event) in enumerate(events, start=1):
        due = coalescer.due()
        if due is not None and due < now:
            sent += [(due, frame) for frame in coalescer.flush(due)]
        sent += [(now, frame) for frame in coalescer.add(event, now, number=number)]
    due = coalescer.due()
    if due is not None:
        sent += [(due, frame) for frame in coalescer.flush(due)]
    return sent


def test_it_sends_the_first_event_at_once() -> None:
    coalescer = Coalescer()
    assert messages(coalescer.add(Reply("a"), 10.0)) == [message_of(Reply("a"))]
    assert coalescer.due() is None


def test_events_soon_after_a_frame_wait_for_the_timer() -> None:  # F04
    coalescer = Coalescer()
    coalescer.add(Reply("a"), 10.0)
    assert coalescer.add(Reply("b"), 10.01) == []
    assert coalescer.add(Reply("c"), 10.03) == []
    assert coalescer.due() == 10.01 + 0.05
    assert messages(coalescer.flush(10.06)) == [message_of(Reply("bc"))]
    assert coalescer.due() is None
    assert coalescer.flush(10.07) == []


def test_an_event_after_a_quiet_time_takes_the_waiting_ones_along() -> None:
    coalescer = Coalescer()
    coalescer.add(Reply("a"), 10.0)
    coalescer.add(Reply("b"), 10.04)
    assert messages(coalescer.add(Reply("c"), 10.08)) == [message_of(Reply("bc"))]


def test_events_that_come_together_go_together() -> None:
    coalescer = Coalescer()
    together = [Reply("a"), Reply("b"), Reply("c")]
    assert messages(coalescer.take(together, 10.0)) == [message_of(Reply("abc"))]
    assert coalescer.take([Reply("d")], 10.01) == []
    assert coalescer.take([], 10.05) == []
    assert messages(coalescer.take([Reply("e")], 10.06)) == [message_of(Reply("de"))]
    assert coalescer.take([], 20.0) == []


def test_the_order_of_kinds_is_kept_in_a_multi() -> None:
    coalescer = Coalescer()
    coalescer.add(Reply("a"), 10.0)
    waiting: list[Event] = [
        Reply("b"),
        BuildInfo("x"),
        Reply("c"),
        Reply("d"),
        Describing(),
        RepliesFinished(),
    ]
    for event in waiting:
        coalescer.add(event, 10.01)
    (frame,) = coalescer.flush(10.06)
    assert frame.message.type == "multi"
    expected: list[Event] = [
        Reply("b"),
        BuildInfo("x"),
        Reply("cd"),
        Describing(),
        RepliesFinished(),
    ]
    assert list(frame.message.stream_messages) == [message_of(event) for event in expected]


def test_special_messages_stand_alone_after_a_flush() -> None:  # F05, F06
    for special in (PromptMissingFile("a"), LoadContext(("a",)), Aborted()):
        coalescer = Coalescer()
        coalescer.add(Reply("a"), 10.0)
        coalescer.add(Reply("b"), 10.005)
        assert messages(coalescer.add(special, 10.01)) == [
            message_of(Reply("b")),
            message_of(special),
        ]
        assert coalescer.due() is None


def test_frames_carry_the_number_of_their_last_event() -> None:
    coalescer = Coalescer()
    assert [f.number for f in coalescer.add(Reply("a"), 10.0, number=7)] == [7]
    coalescer.add(Reply("b"), 10.01, number=8)
    coalescer.add(Reply("c"), 10.02, number=9)
    assert [f.number for f in coalescer.add(Aborted(), 10.03, number=10)] == [9, 10]


def test_a_fast_reply_makes_few_frames() -> None:  # F03
    sent = play([(i * 0.002, Reply(f"{i} ")) for i in range(100)])
    assert len([frame for at, frame in sent if at <= 0.2]) <= 4
    assert len(sent) <= 5
    text = "".join(frame.message.reply_chunk for _, frame in sent)
    assert text == "".join(f"{i} " for i in range(100))


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 120),
        st.sampled_from(
            [Reply("x"), Reply("y"), BuildInfo("p"), Describing(), LoadContext(("f",))]
        ),
    ),
    max_size=40,
)


@given(steps=EVENTS)
def test_nothing_is_lost_reordered_nested_or_late(steps: list[tuple[int, Event]]) -> None:
    now, events = 0.0, []
    for wait, event in steps:
        now += wait / 1000
        events.append((now, event))
    sent = play(events)
    flat: list[StreamMessage] = []
    for _, frame in sent:
        assert (frame.message.type == "multi") == (len(frame.message.stream_messages) > 1)
        flat += frame.message.stream_messages or (frame.message,)
    assert _letters(flat) == _letters([message_of(event) for _, event in events])
    for number, (at, _) in enumerate(events, start=1):
        arrival = next(when for when, frame in sent if frame.number >= number)
        assert at <= arrival <= at + 0.0501


def _letters(sequence: list[StreamMessage]) -> str:
    return "".join(message.reply_chunk or f"<{message.type}>" for message in sequence)


def test_text_that_came_earlier_waits_no_longer() -> None:
    coalescer = Coalescer()
    coalescer.take([Reply("a")], 10.0)
    assert coalescer.take([Reply("b")], 10.03, since=10.01) == []
    assert coalescer.due() == 10.01 + 0.05
    assert messages(coalescer.take([Reply("c")], 10.065, since=10.04)) == [message_of(Reply("bc"))]


def test_it_says_until_when_it_bundles() -> None:
    coalescer = Coalescer()
    assert coalescer.bundles_until == 0.0
    coalescer.take([Reply("a")], 10.0)
    assert coalescer.bundles_until == 10.0 + 0.07


def test_a_frame_that_was_sent_elsewhere_counts() -> None:
    coalescer = Coalescer()
    assert coalescer.sent(10.0) == coalescer.bundles_until == 10.0 + 0.07
    assert coalescer.take([Reply("a")], 10.06) == []
    assert coalescer.due() == 10.06 + 0.05
