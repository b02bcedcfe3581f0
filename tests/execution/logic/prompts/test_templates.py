"""What each template must contain, and how long it may be."""

from itertools import pairwise

import pytest

from execution.logic.prompts.render import TEMPLATES, template_names
from execution.logic.reply_grammar import STOP_TAG
from execution.logic.reply_parser import OperationKind, ReplyStream
from execution.logic.stages import Stage
from execution.logic.subtasks import parse_removed_titles, parse_tasks

# name: (most characters, what it must contain)
RULES: dict[str, tuple[int, list[str]]] = {
    "planning": (
        5000,
        [
            "# Stage CONTEXT",
            "### Categories",
            "### Files",
            "exactly as in the map",
            "If no file is needed",
            "# Stage PLANNING",
            "### Tasks",
            "### Remove Tasks",
            "Uses:",
            "unique",
            "moves and removals",
            "only if asked",
            "no code",
            "<PlandexFinish/>",
        ],
    ),
    "planning_exec": (1000, ["_apply.sh", "### Commands", "[empty]", "last task", "never writes"]),
    "chat": (
        2600,
        [
            "# Stage CONTEXT",
            "# Stage PLANNING",
            "### Categories",
            "### Files",
            "answer at once",
            "<PlandexFinish/>",
            "no whole files",
            "no `### Tasks` list",
            "switch to tell mode",
        ],
    ),
    "implementation": (
        6500,
        [
            '<PlandexBlock lang="python" path="src/store.py">',
            "</PlandexBlock>",
            "One block per file and reply",
            "Pygments",
            "**Creating `src/clock.py`**",
            "**Updating `src/store.py`**",
            *[
                "`new file`",
                "`overwrite`",
                "`add`",
                "`prepend`",
                "`append`",
                "`replace`",
                "`remove`",
            ],
            *["Type:", "Summary:", "Context:", "Preserve:", "Change 1."],
            *["`#`", "`//`", "`--`", "`/* */`", "`<!-- -->`", "`{/* */}`"],
            "... existing code ...",
            "never in new files",
            "indented like that anchor",
            "at every level",
            "the innermost first",
            "No reference touches new or changed code",
            "occur once in the file",
            "Plandex: removed code",
            "moves elsewhere in the file",
            "Two markers of one level never follow each other",
            "no blank lines around markers",
            "comma",
            *["### Move Files", "### Remove Files", "### Reset Changes", "<EndPlandexFileOps/>"],
            "`src/old.py` → `src/new.py`",
            "has been completed",
            "<PlandexFinish/>",
        ],
    ),
    "implementation_exec": (
        1200,
        ["_apply.sh", "[empty]", "shebang", "set -euo pipefail", "repeatable", "Commands only"],
    ),
    "context_empty": (60, ["context"]),
    "context_script": (60, ["_apply.sh", "$script"]),
    "context_script_demand": (120, ["### Commands", "empty"]),
    "removed_files": (120, ["removed", "$paths"]),
    "past_block": (120, ["`$path`", "left out", "as it is now"]),
    "skipped_files": (160, ["no block", "$paths"]),
    "tasks_planning": (120, ["Do not implement"]),
    "tasks_implementation": (160, ["## Current task", "$task", "this task only"]),
    "reminder_context": (
        300,
        ["### Categories", "### Files", "<PlandexFinish/>", "No tasks, no code", "$token_limit"],
    ),
    "reminder_planning": (
        800,
        ["Uses:", "### Remove Tasks", "unfinished", "$ignore_file", "No code", "<PlandexFinish/>"],
    ),
    "reminder_chat_context": (400, ["### Categories", "### Files", "chat mode", "$token_limit"]),
    "reminder_chat_answer": (160, ["chat mode", "No file blocks", "no task list"]),
    "reminder_implementation": (
        1000,
        [
            "$title",
            "**$title** has been completed",
            "<PlandexBlock>",
            "... existing code ...",
            "<EndPlandexFileOps/>",
            "<PlandexFinish/>",
            "$ignore_file",
        ],
    ),
    "note_user_debug": (300, ["command", "failed", "Do not plan to run"]),
    "note_apply_debug": (500, ["_apply.sh", "failed", "rolled back", "pending", "runs again"]),
    "note_exec_off": (200, ["Commands cannot be run", "_apply.sh"]),
    "note_script": (250, ["_apply.sh", "commands only", "shebang"]),
    "note_script_task": (250, ["_apply.sh", "names it", "commands only", "shebang"]),
    "note_chat_exec_on": (120, ["tell mode"]),
    "note_chat_exec_off": (120, ["cannot run commands"]),
    "continue_chat": (120, ["Continue", "Do not repeat"]),
    "continue_planning": (200, ["Continue", "current stage", "Do not repeat"]),
    "continue_implementation": (
        220,
        ["current task", "Do not repeat", "no other task", "left open was not taken"],
    ),
    "resume_load": (500, ["$path", "Go on exactly there", "opening tag", "in the context now"]),
    "resume_overwrite": (500, ["$path", "Go on exactly there", "opening tag", "complete new"]),
    "resume_skip": (400, ["$path", "without writing", "without repeating"]),
    "plan_name": (160, ["1-3", "lower-case", "dashes", "$answer"]),
    "piped_data_name": (160, ["1-3", "lower-case", "dashes", "$answer"]),
    "note_name": (160, ["1-3", "lower-case", "dashes", "$answer"]),
    "describe": (120, ["one line", "imperative", "$answer"]),
    "apply_commit": (160, ["one", "imperative", "nothing else"]),
    "answer_xml": (40, ["$form"]),
    "answer_tool": (40, ["$tool"]),
    "task_finished": (400, ["completely", "unfinished", "file block", "$answer"]),
    "summary": (200, ["summarize", "conversation"]),
    "summary_request": (
        400,
        ["## Summary of the plan so far:", "take over", "left", "decisions", "code"],
    ),
}


def text_of(name: str) -> str:
    return (TEMPLATES / f"{name}.md").read_text(encoding="utf-8")


def test_every_template_has_rules() -> None:
    assert template_names() == sorted(RULES)


@pytest.mark.parametrize("name", sorted(RULES))
def test_it_is_short_and_says_what_it_must(name: str) -> None:
    most, needed = RULES[name]
    text = text_of(name)
    assert len(text) <= most
    assert [words for words in needed if words not in text] == []


def test_the_coders_examples_are_read_as_they_are_meant() -> None:
    stream = ReplyStream(stage=Stage.IMPLEMENTATION)
    examples = text_of("implementation").split("# Format", 1)[1].split(STOP_TAG)[0]
    fed = stream.feed(examples)
    operations = list(fed.operations)
    while fed.opened_path:
        fed = stream.feed("")
        operations += fed.operations
    operations += stream.finish().operations
    assert [(op.kind, op.path, op.destination) for op in operations] == [
        (OperationKind.FILE, "src/clock.py", ""),
        (OperationKind.FILE, "src/store.py", ""),
        (OperationKind.MOVE, "src/old.py", "src/new.py"),
        (OperationKind.REMOVE, "src/unused.py", ""),
        (OperationKind.RESET, "src/store.py", ""),
    ]
    created, updated = operations[:2]
    assert created.content.startswith("from datetime") and created.content.endswith("utc)\n")
    assert "**Creating `src/clock.py`**\nType: new file" in created.description
    assert updated.content.endswith("\n\n# ... existing code ...\n")
    assert updated.description.count("Type: ") == 3


def test_the_coders_example_keeps_its_own_rules() -> None:
    block = text_of("implementation").split('path="src/store.py">\n')[1].split("</Plandex")[0]
    lines = [line for line in block.splitlines() if line.strip()]
    markers = [line.strip().startswith(("# ...", "# Plandex:")) for line in lines]
    assert sum(markers) == 6
    for above, below in pairwise(range(len(lines))):
        if markers[above] and markers[below]:
            assert indent(lines[above]) > indent(lines[below])


def indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def test_the_planners_examples_are_read_as_they_are_meant() -> None:
    planning = text_of("planning").split("# Stage PLANNING")[1]
    example = planning[planning.index("### Tasks") : planning.index("- A task is")]
    tasks = parse_tasks(example)
    assert [task.title for task in tasks] == ["Store notes as JSON", "Add the export command"]
    assert tasks[0].uses_files == ("src/store.py", "tests/test_store.py")
    assert tasks[1].description == "`export PATH` calls `Store.save`"
    removal = planning[planning.index("### Remove Tasks") :]
    assert parse_removed_titles(removal) == ("Exact title of the task",)
