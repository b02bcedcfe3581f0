import msgspec
import pytest

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
    event_from_json,
    event_to_json,
    is_terminal,
    kind_of,
)

EVENTS: list[Event] = [
    Reply("text 🙂\n"),
    Describing(),
    LoadContext(("a.py", "b.py")),
    PromptMissingFile("a.py", auto_context=True),
    BuildInfo("a.py", finished=True, removed=True),
    RepliesFinished(),
    Finished(),
    Aborted(),
    Error("outer: inner", 400, ErrorType.CONTINUE_NO_MESSAGES),
]


@pytest.mark.parametrize("event", EVENTS, ids=kind_of)
def test_events_survive_storage(event: Event) -> None:
    assert event_from_json(event_to_json(event)) == event
    assert event_from_json(event_to_json(event).decode()) == event


def test_stored_form_names_its_kind() -> None:
    assert event_to_json(BuildInfo("a.py")) == b'{"kind":"build_info","path":"a.py"}'
    assert [kind_of(event) for event in EVENTS] == [
        "reply",
        "describing",
        "load_context",
        "prompt_missing_file",
        "build_info",
        "replies_finished",
        "finished",
        "aborted",
        "error",
    ]


def test_unknown_events_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        event_from_json(b'{"kind":"unheard of"}')


def test_terminal_events() -> None:
    assert [kind_of(event) for event in EVENTS if is_terminal(event)] == [
        "finished",
        "aborted",
        "error",
    ]
