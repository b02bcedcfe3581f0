from itertools import product

from execution.logic.prompts.instructions import (
    instructions,
    skipped_note,
    task_list,
    task_text,
)
from execution.logic.stages import Stage
from execution.logic.subtasks import Subtask

TASKS = (
    Subtask("Add f", "first\nsecond", ("a.py", "b/c.py"), is_finished=True),
    Subtask("Use f", "", ("b/c.py",)),
)


def test_each_role_has_its_text_and_exec_mode_only_adds_to_it() -> None:
    for stage in Stage:
        plain = instructions(stage=stage, is_chat=False, exec_enabled=False)
        with_exec = instructions(stage=stage, is_chat=False, exec_enabled=True)
        assert "Exec mode" not in plain
        assert with_exec.startswith(plain + "\n\n# Exec mode")


def test_chat_has_its_own_text_whatever_the_mode() -> None:
    texts = {
        instructions(stage=stage, is_chat=True, exec_enabled=exec_enabled)
        for stage, exec_enabled in product(Stage, (True, False))
    }
    assert len(texts) == 1
    assert "This is chat mode" in texts.pop()


def test_the_fixed_texts_are_the_same_in_every_call() -> None:
    first = instructions(stage=Stage.PLANNING, is_chat=False, exec_enabled=True)
    assert instructions(stage=Stage.PLANNING, is_chat=False, exec_enabled=True) == first


def test_no_tasks_no_list() -> None:
    assert task_list((), stage=Stage.PLANNING) == ""


def test_the_planner_sees_the_tasks_and_what_not_to_do() -> None:
    assert task_list(TASKS, stage=Stage.PLANNING, current=TASKS[1]) == (
        "## Tasks of the plan\n\n"
        "1. Add f\nDone: yes\n\n"
        "2. Use f\nUses: `b/c.py`\nDone: no\n\n"
        "Unfinished tasks are implemented after this stage. Do not implement them here."
    )


def test_the_coder_sees_which_task_is_current_and_its_details_once() -> None:
    text = task_list(TASKS, stage=Stage.IMPLEMENTATION, current=TASKS[1])
    assert text.count("Current subtask: yes") == 1
    assert "2. Use f\nDone: no\nCurrent subtask: yes" in text
    assert text.count("`b/c.py`") == 1
    assert "## Current task\n\nUse f\nUses: `b/c.py`\n\nImplement this task only" in text


def test_a_task_without_description_or_files_is_its_title() -> None:
    assert task_text(Subtask("Only this")) == "Only this"


def test_skipped_files_are_sorted() -> None:
    assert skipped_note({"b.py", "a.py"}).endswith("\n\n- `a.py`\n- `b.py`")
    assert skipped_note(()) == ""
