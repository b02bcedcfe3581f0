import json
from pathlib import Path
from typing import Any

import pytest

from execution.logic.subtasks import (
    Subtask,
    current_task,
    has_completion_marker,
    is_known_to_be_finished,
    parse_removed_titles,
    parse_tasks,
    record_reply,
    update_tasks,
)

DATA = Path(__file__).parents[2] / "data" / "task_section_cases.jsonl"
CASES: list[dict[str, Any]] = [json.loads(line) for line in DATA.read_text().splitlines()]

A, B, C, D = (Subtask(title) for title in "ABCD")
A_DONE = Subtask("A", is_finished=True)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_sections_are_read(case: dict[str, Any]) -> None:
    assert [
        {"title": t.title, "description": t.description, "usesFiles": list(t.uses_files)}
        for t in parse_tasks(case["reply"])
    ] == case["tasks"]
    assert list(parse_removed_titles(case["reply"])) == case["remove"]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_sections_are_read_with_carriage_returns(case: dict[str, Any]) -> None:
    reply = case["reply"].replace("\n", "\r\n")
    assert parse_tasks(reply) == parse_tasks(case["reply"])
    assert parse_removed_titles(reply) == parse_removed_titles(case["reply"])


def test_removal_section_before_the_last_task_section_does_not_end_in_it() -> None:
    reply = "### Tasks\n1. A\n\n### Remove Tasks\n- B\n"
    assert [task.title for task in parse_tasks(reply)] == ["A"]
    assert parse_removed_titles(reply) == ("B",)


def test_many_empty_sections_are_read() -> None:
    # In seconds unless the time grows with the square of their number.
    assert parse_tasks("### Tasks\n" * 40_000) == ()
    assert parse_removed_titles("### Remove Tasks\n" * 40_000) == ()


@pytest.mark.parametrize(
    ("old", "parsed", "removed_titles", "tasks", "added", "removed", "current"),
    [
        pytest.param([], [A, B], [], [A, B], [A, B], [], A, id="U01"),
        pytest.param([A_DONE, B], [C], [], [A_DONE, B, C], [C], [], B, id="U02"),
        pytest.param(
            [A_DONE, Subtask("B", "old", num_tries=2), C],
            [Subtask("B", "new", ("b.py",)), D],
            [],
            [A_DONE, Subtask("B", "new", ("b.py",), num_tries=2), C, D],
            [D],
            [],
            Subtask("B", "new", ("b.py",), num_tries=2),
            id="U03",
        ),
        pytest.param([A, B], [A, B], [], [A, B], [], [], A, id="U04"),
        pytest.param(
            [A, B],
            [Subtask("**B**", "new")],
            [],
            [A, Subtask("B", "new")],
            [],
            [],
            A,
            id="title in bold",
        ),
        pytest.param([A_DONE, B, C], [], ["B"], [A_DONE, C], [], [B], C, id="U05"),
        pytest.param([A_DONE, B], [], ["A"], [A_DONE, B], [], [], B, id="U06"),
        pytest.param([A, B], [C], ["A"], [B, C], [C], [A], B, id="U07"),
        pytest.param([A_DONE], [A], [], [A_DONE, A], [A], [], A, id="finished title again"),
    ],
)
def test_task_list_update(
    old: list[Subtask],
    parsed: list[Subtask],
    removed_titles: list[str],
    tasks: list[Subtask],
    added: list[Subtask],
    removed: list[Subtask],
    current: Subtask,
) -> None:
    update = update_tasks(old, parsed=parsed, removed_titles=removed_titles)
    assert list(update.tasks) == tasks
    assert list(update.added) == added
    assert list(update.removed) == removed
    assert update.current == current


def test_current_task_stays_current_while_it_is_in_the_list() -> None:
    update = update_tasks([A, B, C], parsed=[D], removed_titles=[], current=B)
    assert update.current == B
    update = update_tasks([A, B, C], parsed=[], removed_titles=["B"], current=B)
    assert update.current == A


@pytest.mark.parametrize(
    ("title", "reply", "finished"),
    [
        pytest.param("Add f", "**Add f** has been completed.", True, id="M01"),
        pytest.param("Add f", "Add f has been completed.", False, id="M02"),
        pytest.param("🚀 Run it", "**🚀 Run it** has been completed", True, id="M03"),
        pytest.param("Add f", "**Add f** is completed.", False, id="M04"),
        pytest.param("Add f", "x\n\n**Add f** has been completed.\n\nMore.\n", True, id="M05"),
        pytest.param("**Add f**", "**Add f** has been completed.", True, id="M06"),
        pytest.param("Add `f`", "**Add f** has been completed.", True, id="backticks"),
        pytest.param("Add f", "__Add f__ has been completed.", True, id="underscores"),
        pytest.param("Add f", "**Do not Add f** has been completed.", False, id="longer title"),
    ],
)
def test_completion_marker(title: str, reply: str, finished: bool) -> None:
    assert has_completion_marker(title, reply) is finished
    known = is_known_to_be_finished(Subtask(title), reply=reply, earlier_replies=3)
    assert known is finished


def test_a_task_is_left_after_many_replies() -> None:
    assert is_known_to_be_finished(A, reply="", earlier_replies=4)
    assert not is_known_to_be_finished(A, reply="", earlier_replies=3)
    assert is_known_to_be_finished(None, reply="", earlier_replies=0)


def test_finishing_a_task_makes_the_next_one_current() -> None:
    update = update_tasks([A, B], parsed=[], removed_titles=[])
    progress = record_reply(update, finished=True)
    assert progress.tasks == (A_DONE, B)
    assert progress.current == B
    assert not progress.all_finished
    last = update_tasks(progress.tasks, parsed=[], removed_titles=[])
    assert record_reply(last, finished=True).all_finished


def test_an_unfinished_task_counts_its_tries() -> None:
    progress = record_reply(update_tasks([A], parsed=[], removed_titles=[]), finished=False)
    assert progress.tasks == (Subtask("A", num_tries=1),)
    assert progress.current == progress.tasks[0]
    assert not progress.all_finished


def test_removing_the_last_tasks_finishes_the_plan() -> None:
    update = update_tasks([A_DONE, B], parsed=[], removed_titles=["B"])
    assert record_reply(update, finished=False).all_finished


def test_a_list_that_did_not_change_claims_nothing() -> None:
    update = update_tasks([], parsed=[], removed_titles=[])
    assert not record_reply(update, finished=False).all_finished
    assert current_task(update.tasks) is None


def test_a_new_plan_counts_no_try() -> None:
    update = update_tasks([], parsed=[A, B], removed_titles=[])
    assert record_reply(update, finished=False).tasks == (A, B)
