from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from plans.logic.convo import (
    ConvoEnd,
    ConvoFlags,
    ConvoMessage,
    CurrentStage,
    Role,
    Subtask,
    decode_message,
    decode_subtasks,
    encode_message,
    encode_subtasks,
    in_order,
    placed,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

FULL = ConvoMessage(
    id="m1",
    user_id="u1",
    role=Role.ASSISTANT,
    tokens=12,
    num=2,
    message="### Tasks\n\n<x>",
    stopped=True,
    flags=ConvoFlags(
        did_make_plan=True,
        current_stage=CurrentStage(tell_stage="planning", planning_phase="tasks"),
    ),
    subtask=Subtask(title="One", description="d", uses_files=["a.py"], is_finished=True),
    added_subtasks=[Subtask(title="Two")],
    removed_subtasks=["Three"],
    activate_paths={"a.py": True},
    activate_paths_ordered=["a.py"],
    created_at=NOON,
)


def test_a_message_comes_back_as_it_was() -> None:
    assert decode_message(encode_message(FULL)) == FULL
    bare = ConvoMessage(id="m", role=Role.USER, message="hi")
    assert decode_message(encode_message(bare)) == bare


def test_the_keys_are_the_clis() -> None:
    raw = msgspec.json.decode(encode_message(FULL))
    assert raw["userId"] == "u1"
    assert raw["flags"]["didMakePlan"] is True
    assert raw["flags"]["CurrentStage"] == {"TellStage": "planning", "PlanningPhase": "tasks"}
    assert raw["subtask"]["usesFiles"] == ["a.py"]
    assert raw["activatePathsOrdered"] == ["a.py"]
    assert raw["createdAt"] == "2026-01-01T12:00:00Z"


def test_a_go_servers_message_is_read() -> None:
    message = decode_message(
        b'{"id":"m","orgId":"o","planId":"p","userId":"u","role":"user","tokens":3,"num":1,'
        b'"message":"hi","stopped":false,"flags":{"didMakePlan":false,"CurrentStage":'
        b'{"TellStage":"","PlanningPhase":""}},"addedSubtasks":null,'
        b'"createdAt":"2025-07-01T12:00:00.123456789Z"}'
    )
    assert (message.role, message.num, message.created_at.microsecond) == (Role.USER, 1, 123457)


def test_sub_tasks_come_back_and_none_are_none() -> None:
    tasks = [Subtask(title="One", num_tries=2), Subtask(title="Two", uses_files=[])]
    assert decode_subtasks(encode_subtasks(tasks)) == tasks
    assert decode_subtasks(b"null") == []


def test_messages_are_ordered_by_time() -> None:
    first = msgspec.structs.replace(FULL, id="z", num=1, created_at=NOON - timedelta(seconds=1))
    assert in_order([FULL, first]) == [first, FULL]


@pytest.mark.parametrize("back", [timedelta(0), timedelta(hours=1), timedelta(microseconds=-5)])
def test_times_grow_whatever_the_clock_does(back: timedelta) -> None:
    message = placed(FULL, ConvoEnd(num=4, created_at=NOON), NOON - back)
    assert message.num == 5
    assert message.created_at > NOON
    assert placed(FULL, ConvoEnd(), NOON).created_at == NOON
