"""The parts of the system message that are instructions: fixed texts and the task list."""

from collections.abc import Collection, Sequence
from typing import Protocol

from execution.logic.prompts.render import path_list, render
from execution.logic.stages import Stage


class TaskView(Protocol):
    """What the prompts show of a task of the plan."""

    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def uses_files(self) -> Sequence[str]: ...
    @property
    def is_finished(self) -> bool: ...


def instructions(*, stage: Stage, is_chat: bool, exec_enabled: bool) -> str:
    """The fixed text a request begins with.

    It depends on nothing but these three values, and both planning phases share one text,
    so that providers can reuse a cached beginning: the architect's request and the planner's
    are equal up to the end of the shared context.
    """
    if is_chat:
        return render("chat")
    name = "implementation" if stage is Stage.IMPLEMENTATION else "planning"
    texts = [render(name)]
    if exec_enabled:
        texts.append(render(f"{name}_exec"))
    return "\n\n".join(texts)


def task_list(tasks: Sequence[TaskView], *, stage: Stage, current: TaskView | None = None) -> str:
    """The plan's tasks with their state; empty if there are none.

    Of a finished task the title says enough, and of the current one too: it follows in full.
    """
    if not tasks:
        return ""
    implementing = stage is Stage.IMPLEMENTATION
    entries = [
        _entry(number, task, is_current=implementing and task is current)
        for number, task in enumerate(tasks, start=1)
    ]
    texts = ["## Tasks of the plan", *entries]
    if not implementing:
        texts.append(render("tasks_planning"))
    elif current is not None:
        texts.append(render("tasks_implementation", task=task_text(current)))
    return "\n\n".join(texts)


def task_text(task: TaskView) -> str:
    """A task as the planner wrote it: title, description, files."""
    lines = [task.title, *_details(task)]
    return "\n".join(lines)


def skipped_note(paths: Collection[str]) -> str:
    """The note on files the user does not want to be written; empty if there are none."""
    return render("skipped_files", paths=path_list(sorted(paths))) if paths else ""


def _entry(number: int, task: TaskView, *, is_current: bool) -> str:
    lines = [f"{number}. {task.title}"]
    if not (task.is_finished or is_current):
        lines += _details(task)
    lines.append(f"Done: {'yes' if task.is_finished else 'no'}")
    if is_current:
        lines.append("Current subtask: yes")
    return "\n".join(lines)


def _details(task: TaskView) -> list[str]:
    lines = [f"   - {line}" for line in task.description.splitlines() if line.strip()]
    if task.uses_files:
        lines.append("Uses: " + ", ".join(f"`{path}`" for path in task.uses_files))
    return lines
