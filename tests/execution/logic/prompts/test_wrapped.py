from dataclasses import replace

import pytest

from execution.logic.prompts.wrapped import (
    MissingFileChoice,
    PromptFacts,
    choose_prompt,
    resume_instruction,
    wrap_prompt,
)
from execution.logic.stages import Phase, Stage

TIME = "2026-03-04T05:06:07Z"
CONTEXT = PromptFacts(Stage.PLANNING, Phase.CONTEXT, TIME)
PLANNING = PromptFacts(Stage.PLANNING, Phase.TASKS, TIME)
CODING = PromptFacts(Stage.IMPLEMENTATION, Phase.NONE, TIME)


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        (CONTEXT, "CONTEXT"),
        (PLANNING, "PLANNING"),
        (CODING, "IMPLEMENTATION"),
        (replace(CONTEXT, is_chat=True), "CONTEXT"),
        (replace(PLANNING, is_chat=True), "PLANNING"),
    ],
)
def test_it_begins_with_the_stage_the_prompt_and_the_time(facts: PromptFacts, word: str) -> None:
    text = wrap_prompt("Do it", facts, current_title="Add f")
    assert text.startswith(
        f"The current stage is: {word}\n\n## Latest prompt\n\n```\nDo it\n```\n\nTime: {TIME}\n"
    )


def test_a_prompt_with_fences_stays_inside_its_fence() -> None:
    text = wrap_prompt("Fix:\n```py\nx\n```", PLANNING)
    assert "````\nFix:\n```py\nx\n```\n````" in text


def test_the_operating_system_is_named_if_known() -> None:
    assert "Operating system" not in wrap_prompt("x", CODING)
    assert f"Time: {TIME}\nOperating system: Linux x86_64" in wrap_prompt(
        "x", replace(CODING, os_details="Linux x86_64")
    )


def test_the_context_stage_names_the_room_for_files() -> None:
    assert "about 93,000 tokens" in wrap_prompt("x", CONTEXT, token_limit=93000)
    chat = wrap_prompt("x", replace(CONTEXT, is_chat=True), token_limit=8000)
    assert "about 8,000 tokens" in chat and "answer now" in chat


@pytest.mark.parametrize(
    ("facts", "notes"),
    [
        (PLANNING, {"exec_off"}),
        (replace(PLANNING, exec_enabled=True), {"script"}),
        (replace(PLANNING, is_user_debug=True), {"user_debug"}),
        (replace(PLANNING, is_apply_debug=True, exec_enabled=True), {"script", "apply_debug"}),
        (CODING, set()),
        (replace(CODING, exec_enabled=True), {"script_task"}),
        (replace(CODING, is_user_debug=True), set()),
        (replace(CONTEXT, exec_enabled=True), set()),
        (replace(PLANNING, is_chat=True), {"chat_off"}),
        (replace(PLANNING, is_chat=True, exec_enabled=True), {"chat_on"}),
        (replace(CONTEXT, is_chat=True), {"chat_off"}),
    ],
)
def test_each_case_has_its_notes(facts: PromptFacts, notes: set[str]) -> None:
    marks = {
        "exec_off": "Commands cannot be run",
        "script": "`_apply.sh` is allowed. ",
        "script_task": "`_apply.sh` is allowed if the current task names it",
        "user_debug": "output of a command of the user that failed",
        "apply_debug": "output of `_apply.sh`, which failed",
        "chat_on": "can also run commands",
        "chat_off": "Plandex cannot run commands",
    }
    text = wrap_prompt("x", facts, current_title="Add f")
    assert {name for name, words in marks.items() if words in text} == notes


def test_it_ends_with_what_the_stage_asks_for() -> None:
    assert wrap_prompt("x", PLANNING).endswith("End with `<PlandexFinish/>`.")
    assert wrap_prompt("x", CODING, current_title="Add f").endswith(
        "\n\n**Add f** has been completed"
    )
    chat = wrap_prompt("x", replace(PLANNING, is_chat=True))
    assert "No file blocks, no task list" in chat and "Uses:" not in chat


def test_the_details_of_the_cli_are_named_once() -> None:
    details = "OS: linux\nArchitecture: amd64"
    text = wrap_prompt("x", replace(CODING, os_details=details))
    assert f"Time: {TIME}\n{details}\n" in text


@pytest.mark.parametrize("facts", [PLANNING, CODING])
def test_the_ignore_file_follows_the_project(facts: PromptFacts) -> None:
    assert "`.gitignore`" in wrap_prompt("x", facts, current_title="Add f")
    other = wrap_prompt("x", replace(facts, is_git_repo=False), current_title="Add f")
    assert "`.plandexignore`" in other and ".gitignore" not in other


LAST_USER = ("m7", "the user's words")


@pytest.mark.parametrize(
    ("is_chat", "is_continue", "iteration", "stage", "last_user", "expected"),
    [
        (True, False, 0, Stage.PLANNING, LAST_USER, "request"),
        (True, False, 1, Stage.PLANNING, None, "request"),
        (True, True, 0, Stage.PLANNING, LAST_USER, "last"),
        (True, True, 0, Stage.PLANNING, None, "Continue your last reply"),
        (False, True, 0, Stage.PLANNING, LAST_USER, "last"),
        (False, True, 0, Stage.PLANNING, None, "Continue with my latest prompt"),
        (False, True, 0, Stage.IMPLEMENTATION, None, "implement the current task"),
        (False, True, 2, Stage.IMPLEMENTATION, None, "implement the current task"),
        (False, False, 0, Stage.PLANNING, LAST_USER, "request"),
        (False, False, 2, Stage.IMPLEMENTATION, None, "implement the current task"),
        (False, False, 1, Stage.PLANNING, None, "Continue with my latest prompt"),
    ],
)
def test_what_goes_into_the_fence(
    is_chat: bool,
    is_continue: bool,
    iteration: int,
    stage: Stage,
    last_user: tuple[str, str] | None,
    expected: str,
) -> None:
    choice = choose_prompt(
        stage=stage,
        iteration=iteration,
        is_chat=is_chat,
        is_continue=is_continue,
        prompt="the request",
        prompt_message_id="m1",
        last_user=last_user,
    )
    if expected == "request":
        assert (choice.text, choice.message_id) == ("the request", "m1")
    elif expected == "last":
        assert (choice.text, choice.message_id) == ("the user's words", "m7")
    else:
        assert expected in choice.text
        assert choice.message_id is None
    assert choice.is_generic == (expected not in {"request", "last"})


@pytest.mark.parametrize("choice", list(MissingFileChoice))
def test_the_instruction_after_a_missing_file_names_it(choice: MissingFileChoice) -> None:
    text = resume_instruction(choice, "src/a.py")
    assert "`src/a.py`" in text
    assert ("without writing" in text) == (choice is MissingFileChoice.SKIP)
