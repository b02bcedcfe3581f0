import pytest

from execution.logic.conversation import ConvoMessage, Summary
from execution.logic.prompts.answers import DESCRIBE, PLAN_NAME, TASK_FINISHED
from execution.logic.prompts.auxiliary import (
    AuxiliaryRequest,
    apply_commit_request,
    clean_name,
    describe_request,
    note_name_request,
    piped_data_name_request,
    plan_name_request,
    summary_request,
    task_finished_request,
    with_summary_heading,
)
from execution.logic.subtasks import Subtask


def roles(request: AuxiliaryRequest) -> list[str]:
    return [message.role for message in request.messages]


def test_it_names_a_plan() -> None:
    request = plan_name_request("Add a CSV export")
    assert roles(request) == ["system", "user"]
    assert "<planName>…</planName>" in request.messages[0].text
    assert request.messages[1].text == "Add a CSV export"
    assert request.form is PLAN_NAME


@pytest.mark.parametrize(
    "request_for", [plan_name_request, piped_data_name_request, note_name_request]
)
def test_a_long_text_is_named_by_its_beginning(request_for: object) -> None:
    assert callable(request_for)
    request = request_for("a" * 100_000, as_tool=True)
    assert len(request.messages[1].text) == 4000
    assert request.as_tool
    assert "Call `name" in request.messages[0].text


def test_it_describes_a_reply_in_few_words() -> None:
    request = describe_request("the reply")
    assert [message.text for message in request.messages[1:]] == ["the reply"]
    assert "<commitMsg>" in request.messages[0].text
    assert len(request.messages[0].text) <= 167
    assert request.form is DESCRIBE


def test_an_apply_commit_combines_the_descriptions() -> None:
    request = apply_commit_request(["Add f", "Use f"])
    assert request.messages[1].text == "- Add f\n- Use f"
    assert request.form is None


def test_the_task_check_shows_prompt_task_and_replies_in_order() -> None:
    request = task_finished_request(
        prompt="Do it",
        task=Subtask("Add f", "detail", ("a.py",)),
        earlier_replies=["first part"],
        reply="second part",
    )
    text = request.messages[1].text
    places = [text.index(words) for words in ("Do it", "Add f", "first part", "second part")]
    assert places == sorted(places)
    assert "- detail" in text and "`a.py`" in text
    assert request.form is TASK_FINISHED
    assert "<subtaskFinished>" in request.messages[0].text


def test_the_task_check_shows_no_prompt_of_ours() -> None:
    request = task_finished_request(
        prompt="", task=Subtask("Add f"), earlier_replies=[], reply="all"
    )
    assert request.messages[1].text == "## Task\n\nAdd f\n\n## Latest reply\n\n```\nall\n```"


CONVO = (
    ConvoMessage("1", "user", "one", 1, 1000),
    ConvoMessage("2", "assistant", "two", 1, 2000),
    ConvoMessage("3", "user", "  ", 1, 3000),
)


def test_a_first_summary_is_of_the_whole_conversation() -> None:
    request = summary_request(previous=None, conversation=CONVO, prompt="now", reply="done")
    assert [message.text for message in request.messages[1:-1]] == ["one", "two", "now", "done"]
    assert roles(request) == ["system", "user", "assistant", "user", "assistant", "user"]
    assert request.form is None


def test_a_later_summary_begins_with_the_one_before() -> None:
    previous = Summary("## Summary of the plan so far:\n\nOld.", 5, "1", 1000)
    request = summary_request(previous=previous, conversation=CONVO[1:], reply="done")
    assert [message.text for message in request.messages[1:-1]] == [
        previous.text,
        "two",
        "done",
    ]


def test_its_fixed_text_is_short() -> None:
    request = summary_request(previous=None, conversation=())
    assert sum(len(message.text) for message in request.messages) <= 600


def test_a_summary_gets_its_heading_once() -> None:
    once = with_summary_heading(" It works. ")
    assert once == "## Summary of the plan so far:\n\nIt works."
    assert with_summary_heading(once) == once


@pytest.mark.parametrize(
    ("answer", "fallback", "name"),
    [
        ("csv-export", "", "csv-export"),
        (" CSV Export.\n", "", "csv-export"),
        ("", "Add a CSV export to the list command", "add-a-csv-export-to"),
        ("über_größe", "", "über-größe"),
        ("!", "?", "plan"),
        ("", "x" * 90, "x" * 40),
        ("", "extraordinarily complicated internationalization", "extraordinarily-complicated"),
    ],
)
def test_names_are_dashed_and_short(answer: str, fallback: str, name: str) -> None:
    assert clean_name(answer, fallback=fallback) == name
