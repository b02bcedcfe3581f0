import pytest

from execution.logic.prompts.answers import (
    DESCRIBE,
    NOTE_NAME,
    PIPED_DATA_NAME,
    PLAN_NAME,
    TASK_FINISHED,
    AnswerForm,
    xml_value,
)

FORMS = [PLAN_NAME, PIPED_DATA_NAME, NOTE_NAME, DESCRIBE, TASK_FINISHED]


def test_the_value_is_between_the_last_opening_and_the_next_closing_tag() -> None:
    assert xml_value("<name>a</name> or <name>\n b </name> </name>", "name") == "b"


@pytest.mark.parametrize("text", ["", "a", "<name>a", "a</name>", "</name><name>"])
def test_without_both_tags_there_is_no_value(text: str) -> None:
    assert xml_value(text, "name") is None


def test_the_forms_are_the_functions_and_tags_that_models_are_asked_for() -> None:
    assert [(form.tool, list(form.fields)) for form in FORMS] == [
        ("namePlan", ["planName"]),
        ("namePipedData", ["name"]),
        ("nameNote", ["name"]),
        ("describePlan", ["commitMsg"]),
        ("didFinishSubtask", ["reasoning", "subtaskFinished"]),
    ]


def test_the_schema_requires_every_field() -> None:
    assert TASK_FINISHED.parameters() == {
        "type": "object",
        "properties": {"reasoning": {"type": "string"}, "subtaskFinished": {"type": "boolean"}},
        "required": ["reasoning", "subtaskFinished"],
        "additionalProperties": False,
    }


def test_the_request_shows_the_form() -> None:
    assert PLAN_NAME.request(as_tool=False) == "Answer only: <planName>…</planName>"
    assert PLAN_NAME.request(as_tool=True) == "Call `namePlan`."
    assert TASK_FINISHED.request(as_tool=False) == (
        "Answer only: <subtaskStatus><reasoning>…</reasoning>"
        "<subtaskFinished>true or false</subtaskFinished></subtaskStatus>"
    )


@pytest.mark.parametrize(
    ("output", "as_tool"),
    [
        (
            "<subtaskStatus>\n<reasoning>All\nthere.</reasoning>\n"
            "<subtaskFinished> true </subtaskFinished></subtaskStatus>",
            False,
        ),
        ('{"reasoning": "All\\nthere.", "subtaskFinished": true}', True),
        ('{"reasoning": " All\\nthere. ", "subtaskFinished": "true"}', True),
    ],
)
def test_answers_of_both_kinds_are_read(output: str, as_tool: bool) -> None:
    expected = {"reasoning": "All\nthere.", "subtaskFinished": "true"}
    assert TASK_FINISHED.read(output, as_tool=as_tool) == expected


@pytest.mark.parametrize(
    ("output", "as_tool"),
    [
        ("free text", False),
        ("<reasoning>r</reasoning>", False),
        ("free text", True),
        ("[1]", True),
        ('{"reasoning": "r"}', True),
    ],
)
def test_an_answer_without_the_fields_is_none(output: str, as_tool: bool) -> None:
    assert TASK_FINISHED.read(output, as_tool=as_tool) is None


@pytest.mark.parametrize("form", FORMS)
def test_text_fields_survive_json(form: AnswerForm) -> None:
    fields = ", ".join(f'"{name}": "x"' for name in form.fields)
    assert form.read("{" + fields + "}", as_tool=True) == dict.fromkeys(form.fields, "x")
