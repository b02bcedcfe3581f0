"""Requests of the auxiliary model calls: names, commit messages, task checks, summaries."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from execution.logic.chat_messages import ChatMessage, text_message
from execution.logic.conversation import ConvoMessage, Summary
from execution.logic.prompts.answers import (
    DESCRIBE,
    NOTE_NAME,
    PIPED_DATA_NAME,
    PLAN_NAME,
    TASK_FINISHED,
    AnswerForm,
)
from execution.logic.prompts.instructions import TaskView, task_text
from execution.logic.prompts.render import fenced, render

NAMING_CHARS = 4000  # a name needs no more than the beginning of a text
NAME_CHARS = 40
NAME_WORDS = 5
SUMMARY_HEADING = "## Summary of the plan so far:"


@dataclass(frozen=True, slots=True)
class AuxiliaryRequest:
    """Messages of a call; with a `form` the answer is read by it, else it is plain text.

    `as_tool` says that the model is to be forced to call the form's function.
    """

    messages: tuple[ChatMessage, ...]
    form: AnswerForm | None = None
    as_tool: bool = False


def plan_name_request(prompt: str, *, as_tool: bool = False) -> AuxiliaryRequest:
    """Ask for the name of a plan that begins with a prompt."""
    return _naming("plan_name", PLAN_NAME, prompt, as_tool)


def piped_data_name_request(data: str, *, as_tool: bool = False) -> AuxiliaryRequest:
    """Ask for a name of piped data."""
    return _naming("piped_data_name", PIPED_DATA_NAME, data, as_tool)


def note_name_request(note: str, *, as_tool: bool = False) -> AuxiliaryRequest:
    """Ask for a name of a note."""
    return _naming("note_name", NOTE_NAME, note, as_tool)


def describe_request(reply: str, *, as_tool: bool = False) -> AuxiliaryRequest:
    """Ask for the commit message of a reply that changes files."""
    return _asking("describe", DESCRIBE, reply, as_tool)


def apply_commit_request(descriptions: Sequence[str]) -> AuxiliaryRequest:
    """Ask for one commit message (plain text) from those of the pending changes."""
    listed = "\n".join(f"- {description}" for description in descriptions)
    return AuxiliaryRequest(
        (text_message("system", render("apply_commit")), text_message("user", listed))
    )


def task_finished_request(
    *,
    prompt: str,
    task: TaskView,
    earlier_replies: Sequence[str],
    reply: str,
    as_tool: bool = False,
) -> AuxiliaryRequest:
    """Ask whether the replies to a task, the newest last, complete it.

    `prompt` is empty if the user wrote none for this reply.
    """
    texts = ["## Prompt", fenced(prompt)] if prompt.strip() else []
    texts += ["## Task", task_text(task)]
    for text in earlier_replies:
        texts += ["## Earlier reply", fenced(text)]
    texts += ["## Latest reply", fenced(reply)]
    return _asking("task_finished", TASK_FINISHED, "\n\n".join(texts), as_tool)


def summary_request(
    *,
    previous: Summary | None,
    conversation: Sequence[ConvoMessage],
    prompt: str = "",
    reply: str = "",
) -> AuxiliaryRequest:
    """Ask for a summary (plain text) of a conversation.

    `conversation` is what came after `previous`, without `prompt` and `reply`; `prompt` is
    empty if the user wrote none.
    """
    messages = [text_message("system", render("summary"))]
    if previous is not None:
        messages.append(text_message("user", previous.text))
    messages += [
        text_message(message.role, message.message)
        for message in conversation
        if message.message.strip()
    ]
    if prompt.strip():
        messages.append(text_message("user", prompt))
    if reply.strip():
        messages.append(text_message("assistant", reply))
    messages.append(text_message("user", render("summary_request")))
    return AuxiliaryRequest(tuple(messages))


def with_summary_heading(text: str) -> str:
    """A model's summary, with the heading in front if it left it out."""
    text = text.strip()
    return text if text.startswith(SUMMARY_HEADING) else f"{SUMMARY_HEADING}\n\n{text}"


def clean_name(answer: str, *, fallback: str) -> str:
    """A dashed lower-case name made of an answer, or else of the text it was to name."""
    return _dashed(answer) or _dashed(fallback) or "plan"


def _dashed(text: str) -> str:
    words = re.findall(r"\w+", text.lower().replace("_", " "))[:NAME_WORDS]
    name = ""
    for word in words:
        longer = f"{name}-{word}" if name else word[:NAME_CHARS]
        if len(longer) > NAME_CHARS:
            break
        name = longer
    return name


def _naming(template: str, form: AnswerForm, text: str, as_tool: bool) -> AuxiliaryRequest:
    return _asking(template, form, text[:NAMING_CHARS], as_tool)


def _asking(template: str, form: AnswerForm, text: str, as_tool: bool) -> AuxiliaryRequest:
    rule = render(template, answer=form.request(as_tool=as_tool))
    messages = (text_message("system", rule), text_message("user", text))
    return AuxiliaryRequest(messages, form, as_tool)
