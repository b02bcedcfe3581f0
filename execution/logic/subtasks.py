"""The task list of a plan: read from replies, updated, worked through."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from execution.logic.reply_grammar import STOP_TAG, outside_blocks

MAX_REPLIES_PER_TASK = 4

# Models change the level of a heading, set it in bold or end it with a colon.
_MARKED = r"(?:#{{1,6}}\s+(?:\*\*)?|\*\*){words}:?(?:\*\*)?:?"
_TASKS_HEADING = re.compile(_MARKED.format(words="Tasks?"))
_REMOVE_HEADING = re.compile(_MARKED.format(words="Remove Tasks?"))
_HEADING = re.compile(r"#{1,6}(\s|$)")
_TASK_LINE = re.compile(r"\d+\.\s+(?P<title>.+)")
_USES_LINE = re.compile(r"(?:[-*]\s+)?(?:\*\*)?Uses:(?:\*\*)?(?P<names>.*)")
_REMARK = re.compile(r"\s\([^()]*\)")
_IN_BACKTICKS = re.compile(r"`([^`]+)`")
_EMPHASIS = "*_"


@dataclass(frozen=True, slots=True)
class Subtask:
    title: str
    description: str = ""
    uses_files: tuple[str, ...] = ()
    is_finished: bool = False
    num_tries: int = 0


@dataclass(frozen=True, slots=True)
class TaskUpdate:
    """A task list after a reply's sections were taken in; `added` are the tasks new to it."""

    tasks: tuple[Subtask, ...]
    added: tuple[Subtask, ...] = ()
    removed: tuple[Subtask, ...] = ()
    current: Subtask | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """A task list after a reply was stored. `all_finished` is only claimed by a change."""

    tasks: tuple[Subtask, ...]
    current: Subtask | None
    all_finished: bool


def parse_tasks(reply: str) -> tuple[Subtask, ...]:
    """The tasks of the last task section that lists any."""
    lines = _lines(reply)
    for index in range(len(lines) - 1, -1, -1):
        if _TASKS_HEADING.fullmatch(lines[index]):
            tasks = _tasks_of_section(_section(lines, index))
            if tasks:
                return tasks
    return ()


def parse_removed_titles(reply: str) -> tuple[str, ...]:
    """The titles listed by the last removal section that lists any."""
    lines = _lines(reply)
    for index in range(len(lines) - 1, -1, -1):
        if _REMOVE_HEADING.fullmatch(lines[index]):
            titles = _titles_of_section(_after(lines, index))
            if titles:
                return titles
    return ()


def current_task(tasks: Iterable[Subtask]) -> Subtask | None:
    """The first task that is not finished."""
    return next((task for task in tasks if not task.is_finished), None)


def update_tasks(
    tasks: Sequence[Subtask],
    *,
    parsed: Sequence[Subtask],
    removed_titles: Sequence[str],
    current: Subtask | None = None,
) -> TaskUpdate:
    """Take a reply's sections in: removals first, both only touching unfinished tasks.

    A parsed task with the title of an unfinished one revises it in place, however either is
    marked up; others are appended.
    """
    unwanted = {_plain(title) for title in removed_titles}
    removed = tuple(t for t in tasks if not t.is_finished and _plain(t.title) in unwanted)
    kept = [task for task in tasks if task not in removed]
    added: list[Subtask] = []
    places = {_plain(task.title): i for i, task in enumerate(kept) if not task.is_finished}
    for task in parsed:
        place = places.get(_plain(task.title))
        if place is None:
            places[_plain(task.title)] = len(kept)
            kept.append(task)
            added.append(task)
        else:
            kept[place] = replace(
                kept[place], description=task.description, uses_files=task.uses_files
            )
    return TaskUpdate(
        tasks=tuple(kept),
        added=tuple(added),
        removed=removed,
        current=_same_or_first(kept, current),
        changed=bool(parsed or removed),
    )


def record_reply(update: TaskUpdate, *, finished: bool) -> TaskProgress:
    """Note what a stored reply did: its task is finished, or was tried once more."""
    tasks, current = list(update.tasks), update.current
    if current is not None:
        place = tasks.index(current)
        if finished:
            tasks[place] = replace(current, is_finished=True)
        elif not update.changed:
            tasks[place] = replace(current, num_tries=current.num_tries + 1)
    next_task = current_task(tasks) if finished or current is None else tasks[place]
    settled = finished or update.changed
    return TaskProgress(
        tasks=tuple(tasks),
        current=next_task,
        all_finished=settled and current_task(tasks) is None,
    )


def has_completion_marker(title: str, reply: str) -> bool:
    """Whether the reply says, with the title set in emphasis, that this task was completed."""
    words = re.escape(_plain(title))
    marker = rf"[{_EMPHASIS}]{words}\s?[{_EMPHASIS}]{{1,3}} has been completed"
    return re.search(marker, reply.replace("`", "")) is not None


def is_known_to_be_finished(task: Subtask | None, *, reply: str, earlier_replies: int) -> bool:
    """Whether the task counts as finished without asking a model.

    `earlier_replies` are the messages stored for this task before: a task that took that many
    without an end is left, so that a run cannot circle on it.
    """
    if task is None or earlier_replies >= MAX_REPLIES_PER_TASK:
        return True
    return has_completion_marker(task.title, reply)


def _lines(reply: str) -> list[str]:
    """The lines that can be a section: a file that the reply writes may have task lists, too."""
    return [line.strip() for line in outside_blocks(reply).splitlines()]


def _after(lines: Sequence[str], index: int) -> Iterator[str]:
    """The lines behind one, without copying them: a reply may hold many headings."""
    return (lines[place] for place in range(index + 1, len(lines)))


def _section(lines: Sequence[str], heading: int) -> list[str]:
    section = []
    for line in _after(lines, heading):
        text, stop, _ = line.partition(STOP_TAG)
        if _HEADING.match(line):
            break
        section.append(text)
        if stop:
            break
    return section


def _tasks_of_section(lines: Iterable[str]) -> tuple[Subtask, ...]:
    tasks: list[Subtask] = []
    descriptions: list[list[str]] = []
    for line in lines:
        match = _TASK_LINE.match(line)
        if match:
            tasks.append(Subtask(title=match["title"]))
            descriptions.append([])
        elif not tasks or not line:
            continue
        elif uses := _USES_LINE.match(line):
            names = tasks[-1].uses_files + tuple(_used_files(uses["names"]))
            tasks[-1] = replace(tasks[-1], uses_files=names)
        else:
            descriptions[-1].append(line.removeprefix("-").strip())
    return tuple(
        replace(task, description="\n".join(texts))
        for task, texts in zip(tasks, descriptions, strict=True)
    )


def _used_files(names: str) -> Iterator[str]:
    """The files of a `Uses:` line, without the remarks in brackets that models add."""
    for item in _REMARK.sub("", names).split(","):
        for name in _IN_BACKTICKS.findall(item) or [item.strip("` ")]:
            if name.strip():
                yield name.strip()


def _titles_of_section(lines: Iterable[str]) -> tuple[str, ...]:
    titles = []
    for line in lines:
        if line.startswith("- "):
            titles.append(line[2:].strip())
        elif line and not line.startswith("-"):
            break
    return tuple(titles)


def _same_or_first(tasks: Sequence[Subtask], current: Subtask | None) -> Subtask | None:
    if current is not None:
        for task in tasks:
            if task.title == current.title and not task.is_finished:
                return task
    return current_task(tasks)


def _plain(title: str) -> str:
    """A title without the Markdown marks that models add or leave out."""
    return title.replace("`", "").strip().strip(_EMPHASIS).strip()
