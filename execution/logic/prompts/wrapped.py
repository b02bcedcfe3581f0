"""The last message of a request: the prompt with what the stage asks for now."""

from dataclasses import dataclass
from enum import StrEnum

from execution.logic.prompts.render import fenced, render
from execution.logic.stages import Phase, Stage


class MissingFileChoice(StrEnum):
    """What the user wants done with an existing file the model was not shown."""

    LOAD = "load"
    SKIP = "skip"
    OVERWRITE = "overwrite"


@dataclass(frozen=True, slots=True)
class PromptChoice:
    """The text that goes into the prompt's fence, and where it came from.

    `message_id` is the conversation message that holds the same text, so that it is not
    sent twice; `is_generic` marks a text of ours, which the user never wrote.
    """

    text: str
    message_id: str | None = None
    is_generic: bool = False


@dataclass(frozen=True, slots=True)
class PromptFacts:
    """What the wrapper of a prompt depends on."""

    stage: Stage
    phase: Phase
    timestamp: str
    is_chat: bool = False
    exec_enabled: bool = False
    os_details: str = ""
    is_git_repo: bool = True
    is_user_debug: bool = False
    is_apply_debug: bool = False


def choose_prompt(
    *,
    stage: Stage,
    iteration: int,
    is_chat: bool,
    is_continue: bool,
    prompt: str,
    prompt_message_id: str | None = None,
    last_user: tuple[str, str] | None = None,
) -> PromptChoice:
    """Choose the text for the prompt's fence.

    `last_user` is (id, text) of the newest message that is neither stopped nor failed, if
    the user wrote it; `prompt_message_id` is the message the request's prompt was stored as.
    """
    if is_continue:
        if last_user is not None:
            return PromptChoice(last_user[1], last_user[0])
    elif is_chat or iteration == 0:
        return PromptChoice(prompt, prompt_message_id)
    if is_chat:
        name = "continue_chat"
    elif stage is Stage.IMPLEMENTATION:
        name = "continue_implementation"
    else:
        name = "continue_planning"
    return PromptChoice(render(name), is_generic=True)


def wrap_prompt(
    prompt: str, facts: PromptFacts, *, token_limit: int = 0, current_title: str = ""
) -> str:
    """The wrapped prompt message.

    `token_limit` is the room for files in the stage after the context phase;
    `current_title` is the task to implement.
    """
    texts = [
        f"The current stage is: {stage_word(facts.stage, facts.phase)}",
        "## Latest prompt",
        fenced(prompt),
        _circumstances(facts),
        *_notes(facts),
        _reminder(facts, token_limit, current_title),
    ]
    return "\n\n".join(texts)


def stage_word(stage: Stage, phase: Phase) -> str:
    """The word the instructions use for a stage."""
    if stage is Stage.IMPLEMENTATION:
        return "IMPLEMENTATION"
    return "CONTEXT" if phase is Phase.CONTEXT else "PLANNING"


def resume_instruction(choice: MissingFileChoice, path: str) -> str:
    """What to do about a missing file, after the user has decided."""
    return render(f"resume_{choice.value}", path=path)


def ignore_file(is_git_repo: bool) -> str:
    """The file that keeps generated files out of the project."""
    return ".gitignore" if is_git_repo else ".plandexignore"


def _circumstances(facts: PromptFacts) -> str:
    lines = [f"Time: {facts.timestamp}"]
    if facts.os_details:
        # The CLI sends lines with names of their own, beginning with this one.
        name = "" if facts.os_details.startswith("OS:") else "Operating system: "
        lines.append(f"{name}{facts.os_details}")
    return "\n".join(lines)


def _notes(facts: PromptFacts) -> list[str]:
    if facts.is_chat:
        return [render("note_chat_exec_on" if facts.exec_enabled else "note_chat_exec_off")]
    if facts.phase is Phase.CONTEXT:
        return []
    if facts.stage is Stage.IMPLEMENTATION:
        return [render("note_script_task")] if facts.exec_enabled else []
    notes = [render("note_script")] if facts.exec_enabled else []
    if facts.is_user_debug:
        notes.append(render("note_user_debug"))
    elif facts.is_apply_debug:
        notes.append(render("note_apply_debug"))
    elif not facts.exec_enabled:
        notes.append(render("note_exec_off"))
    return notes


def _reminder(facts: PromptFacts, token_limit: int, current_title: str) -> str:
    if facts.phase is Phase.CONTEXT:
        name = "reminder_chat_context" if facts.is_chat else "reminder_context"
        return render(name, token_limit=f"{token_limit:,}")
    if facts.is_chat:
        return render("reminder_chat_answer")
    ignored = ignore_file(facts.is_git_repo)
    if facts.stage is Stage.IMPLEMENTATION:
        return render("reminder_implementation", title=current_title, ignore_file=ignored)
    return render("reminder_planning", ignore_file=ignored)
