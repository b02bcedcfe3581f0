from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from execution.logic.assembly import build_request
from execution.logic.chat_messages import ImagePart, Part
from execution.logic.context_items import ContextItem, ItemKind, PlanFiles
from execution.logic.conversation import ConvoMessage, Summary
from execution.logic.prompts.wrapped import MissingFileChoice, PromptChoice, PromptFacts
from execution.logic.request_spec import (
    Assembled,
    NoCurrentTask,
    RequestLimits,
    RequestSpec,
    Resume,
    TokenLimitExceeded,
)
from execution.logic.stages import Phase, Stage
from execution.logic.subtasks import Subtask

TIME = "2026-03-04T05:06:07Z"
CONTEXT = PromptFacts(Stage.PLANNING, Phase.CONTEXT, TIME)
TASKS = PromptFacts(Stage.PLANNING, Phase.TASKS, TIME)
CODING = PromptFacts(Stage.IMPLEMENTATION, Phase.NONE, TIME)
CHAT_CONTEXT = replace(CONTEXT, is_chat=True)
CHAT = replace(TASKS, is_chat=True)

MAP = ContextItem("m", ItemKind.MAP, ".", path=".", body="- a.py\n- b.py", num_tokens=4)
NOTE = ContextItem("n", ItemKind.NOTE, "style", body="Be brief", num_tokens=2)
A = ContextItem("a", ItemKind.FILE, "a.py", path="a.py", body="text of a\n", num_tokens=3)
B = ContextItem(
    "b", ItemKind.FILE, "b.py", path="b.py", body="text of b\n", num_tokens=3, auto_loaded=True
)
DONE = Subtask("Add f", "", ("a.py",), is_finished=True)
OPEN = Subtask("Use f", "call it", ("b.py",))
CONVO = (
    ConvoMessage("m1", "user", "first prompt", 10, 1000),
    ConvoMessage("m2", "assistant", "first reply", 10, 2000),
    ConvoMessage("m3", "user", "Do it", 10, 3000),
)
PROMPT = PromptChoice("Do it", "m3")
GENERIC = PromptChoice("Go on", is_generic=True)
WIDE = RequestLimits(role=100_000, planner=100_000, max_convo=100_000)


@dataclass
class Counter:
    """Counts words as tokens, and how often each text was counted."""

    calls: list[str]

    def __call__(self, text: str) -> int:
        self.calls.append(text)
        return len(text.split())


def spec(facts: PromptFacts, prompt: PromptChoice = PROMPT) -> RequestSpec:
    return RequestSpec(
        facts=facts,
        prompt=prompt,
        contexts=(MAP, NOTE, A, B),
        conversation=CONVO,
        auto_context=True,
    )


def build(request: RequestSpec, limits: RequestLimits = WIDE) -> Assembled:
    return build_request(request, limits=limits, count_tokens=Counter([]))


def system_parts(request: RequestSpec) -> list[Part]:
    message = build(request).messages[0]
    assert message.role == "system"
    return [part for part in message.parts if isinstance(part, Part)]


def marks(request: RequestSpec) -> list[str]:
    """Which rows of the system message are there, `*` where the cache has a breakpoint."""
    names = {
        "You are Plandex": "instructions",
        "### LATEST": "context",
        "### END": "end",
        "## Tasks of": "tasks",
        "The user wants these existing": "skipped",
    }
    found = []
    for part in system_parts(request):
        name = next((n for words, n in names.items() if part.text.startswith(words)), "other")
        found.append(name + "*" * part.cache)
    return found


def full(request: RequestSpec) -> RequestSpec:
    return replace(request, tasks=(DONE, OPEN), skipped_paths={"s.py"}, activate_ordered=("b.py",))


@pytest.mark.parametrize(
    ("facts", "rows"),
    [
        (CONTEXT, ["instructions*", "context*", "end"]),
        (CHAT_CONTEXT, ["instructions*", "context*", "end"]),
        (
            TASKS,
            ["instructions*", "context*", "end", "tasks*", "skipped", "context", "end"],
        ),
        (CHAT, ["instructions*", "context*", "end", "tasks*", "context", "end"]),
        (CODING, ["instructions*", "tasks*", "skipped", "context", "end"]),
    ],
)
def test_the_rows_of_the_system_message(facts: PromptFacts, rows: list[str]) -> None:
    assert marks(full(spec(facts))) == rows


def test_rows_without_content_are_left_out() -> None:
    bare = replace(spec(TASKS), contexts=(MAP, NOTE, A))
    assert marks(bare) == ["instructions*", "context*", "end"]
    assert marks(replace(bare, facts=CHAT)) == ["instructions*", "context*", "end"]


def test_both_planning_phases_begin_alike_so_that_the_cache_holds() -> None:
    facts = replace(CONTEXT, exec_enabled=True)
    files = PlanFiles(pending={"z.py": "new"}, apply_script="echo")
    one = system_parts(replace(spec(facts), files=files))
    two = system_parts(replace(spec(replace(facts, phase=Phase.TASKS)), files=files))
    assert one[:2] == two[:2]
    assert one[1].cache


def test_fixed_text_comes_first_and_does_not_depend_on_plan_or_time() -> None:
    for facts in (CONTEXT, TASKS, CODING, CHAT):
        one = system_parts(full(spec(facts)))[0]
        other = replace(
            full(spec(replace(facts, timestamp="2027-01-01T00:00:00Z"), GENERIC)),
            contexts=(),
            tasks=(OPEN,),
        )
        assert system_parts(other)[0] == one
        assert all("2026" not in part.text for part in system_parts(full(spec(facts))))


def test_the_conversation_comes_between_system_and_prompt() -> None:
    messages = build(spec(CONTEXT)).messages
    assert [message.role for message in messages] == ["system", "user", "assistant", "user"]
    assert [message.text for message in messages[1:3]] == ["first prompt", "first reply"]
    assert messages[3].text.startswith("The current stage is: CONTEXT\n")


@pytest.mark.parametrize("facts", [CONTEXT, TASKS, CHAT, CHAT_CONTEXT])
def test_the_prompt_is_sent_once(facts: PromptFacts) -> None:
    texts = [message.text for message in build(spec(facts)).messages]
    assert sum(text.count("Do it") for text in texts) == 1


def test_a_generic_prompt_leaves_the_users_in_the_conversation() -> None:
    messages = build(full(spec(CODING, GENERIC))).messages
    assert [message.text for message in messages[1:4]] == ["first prompt", "first reply", "Do it"]
    assert "```\nGo on\n```" in messages[-1].text


def test_empty_messages_are_dropped() -> None:
    stopped = ConvoMessage("m4", "assistant", "", 0, 4000, stopped=True)
    messages = build(replace(spec(CONTEXT), conversation=(*CONVO, stopped))).messages
    assert all(message.text.strip() for message in messages)
    assert len(messages) == 4


@pytest.mark.parametrize("choice", list(MissingFileChoice))
def test_a_resumed_reply_and_what_to_do_come_last(choice: MissingFileChoice) -> None:
    resume = Resume(choice, "c.py", 'Text\n\n- c.py:\n<PlandexBlock lang="python" path="c.py">\n')
    messages = build(replace(full(spec(CODING)), resume=resume)).messages
    assert [message.role for message in messages[-3:]] == ["user", "assistant", "user"]
    assert messages[-3].text.startswith("The current stage is: IMPLEMENTATION")
    assert messages[-2].text == resume.partial_reply
    assert "`c.py`" in messages[-1].text
    assert sum(message.text.count("Do it") for message in messages) == 1


def test_an_empty_partial_reply_is_dropped() -> None:
    resume = Resume(MissingFileChoice.SKIP, "c.py", "")
    messages = build(replace(full(spec(CODING)), resume=resume)).messages
    assert [message.role for message in messages[-2:]] == ["user", "user"]


def test_the_current_task_is_the_first_unfinished_one() -> None:
    text = build(full(spec(CODING))).messages[-1].text
    assert "The current task is: Use f" in text
    assert text.endswith("**Use f** has been completed")


def test_bold_in_a_title_is_not_doubled() -> None:
    request = replace(spec(CODING), tasks=(replace(OPEN, title="**Use f**"),))
    assert build(request).messages[-1].text.endswith("\n**Use f** has been completed")


@pytest.mark.parametrize("tasks", [(), (DONE,)])
def test_without_a_task_there_is_nothing_to_implement(tasks: Sequence[Subtask]) -> None:
    with pytest.raises(NoCurrentTask) as error:
        build(replace(spec(CODING), tasks=tasks))
    assert str(error.value) == (
        "There's no current task to implement. Try a prompt instead of the 'continue' command."
    )


def system_text(request: RequestSpec) -> str:
    return build(request).messages[0].text


def test_with_smart_context_the_coder_sees_only_the_tasks_files() -> None:
    request = full(spec(CODING))
    assert "text of a" in system_text(request) and "text of b" in system_text(request)
    smart = system_text(replace(request, smart_context=True))
    assert "text of b" in smart and "text of a" not in smart and "Be brief" in smart


def test_a_task_that_names_no_files_gets_all_of_them() -> None:
    request = replace(spec(CODING), tasks=(Subtask("Use f"),), smart_context=True)
    assert "text of a" in system_text(request) and "text of b" in system_text(request)


def test_the_tasks_phase_shows_the_activated_files_only() -> None:
    assert "text of b" not in system_text(spec(TASKS))
    assert "text of b" in system_text(replace(spec(TASKS), activate_ordered=("b.py",)))
    assert "text of b" in system_text(replace(spec(TASKS), activate_paths={"b.py"}))


@pytest.mark.parametrize(
    "change",
    [
        {"auto_context": False},
        {"contexts": (NOTE, A, B)},
        {"contexts": (replace(MAP, num_tokens=0), NOTE, A, B)},
    ],
)
def test_without_a_context_phase_all_auto_loaded_files_are_shown(
    change: dict[str, object],
) -> None:
    pending = PlanFiles(pending={"z.py": "text of z"})
    request = replace(spec(TASKS), files=pending, **change)  # type: ignore[arg-type]  # parametrized
    text = system_text(request)
    assert "text of b" in text and "text of z" in text


def test_an_activated_pending_file_is_shown_in_full_and_others_by_name() -> None:
    files = PlanFiles(pending={"y.py": "text of y", "z.py": "text of z"})
    text = system_text(replace(spec(TASKS), files=files, activate_ordered=("z.py",)))
    assert "text of z" in text and "text of y" not in text
    assert "- File `y.py` has pending changes" in text


def test_the_commands_section_is_demanded_of_the_planner_only() -> None:
    for facts, demanded in [(TASKS, True), (CONTEXT, False), (CHAT, False), (CODING, False)]:
        text = system_text(full(spec(replace(facts, exec_enabled=True))))
        assert ("The script is empty" in text) == demanded


def test_images_go_only_to_models_that_can_see_them() -> None:
    image = ContextItem("i", ItemKind.IMAGE, "ui.png", path="ui.png", body="QUJD", num_tokens=85)
    request = replace(spec(CONTEXT), contexts=(MAP, image))
    parts = build(request).messages[0].parts
    assert [part.data_uri for part in parts if isinstance(part, ImagePart)] == [
        "data:image/png;base64,QUJD"
    ]
    blind = build(replace(request, image_support=False)).messages[0].parts
    assert not any(isinstance(part, ImagePart) for part in blind)


def limit(request: int, max_convo: int = 100_000) -> RequestLimits:
    return RequestLimits(role=request, planner=request, max_convo=max_convo)


def test_the_estimate_adds_up() -> None:
    assembled = build(replace(spec(CONTEXT), contexts=()))
    system, *convo, prompt = assembled.messages
    words = len(system.text.split()) + len(prompt.text.split())
    stored = sum(message.tokens for message in CONVO[:2])
    assert len(convo) == 2
    # 3 for the request, 5 for each of 4 messages, 6 for each part of the first and the last
    assert assembled.token_estimate == words + stored + 3 + 4 * 5 + (len(system.parts) + 1) * 6


@pytest.mark.parametrize("facts", [CONTEXT, TASKS, CHAT, CODING])
def test_a_request_fits_exactly_or_fails(facts: PromptFacts) -> None:
    request = replace(full(spec(facts)), auto_context=False)
    size = build(request).token_estimate
    assert build(request, limit(size)).token_estimate == size
    with pytest.raises(TokenLimitExceeded):
        build(request, limit(size - 1))


@pytest.mark.parametrize("facts", [CONTEXT, TASKS, CHAT, CODING])
def test_too_much_without_context_and_conversation(facts: PromptFacts) -> None:
    with pytest.raises(TokenLimitExceeded) as error:
        build(full(spec(facts)), limit(50))
    assert str(error.value).startswith("Max tokens exceeded before adding conversation: the prompt")


def big(item: ContextItem) -> ContextItem:
    return replace(item, num_tokens=50_000)


def test_shared_context_that_leaves_no_room_for_files() -> None:
    request = replace(spec(TASKS), contexts=(MAP, big(A)))
    with pytest.raises(TokenLimitExceeded) as error:
        build(request, limit(20_000))
    assert str(error.value).startswith("Max tokens exceeded before adding context: the context")


@pytest.mark.parametrize("facts", [CONTEXT, CODING, replace(TASKS, is_chat=True)])
def test_too_much_with_context(facts: PromptFacts) -> None:
    request = replace(full(spec(facts)), contexts=(MAP, big(A)))
    if facts.phase is Phase.TASKS:
        request = replace(request, auto_context=False)
    with pytest.raises(TokenLimitExceeded) as error:
        build(request, limit(20_000))
    assert str(error.value).startswith("Token limit exceeded before adding conversation: the conte")


LONG = (
    ConvoMessage("m1", "user", "old words", 5000, 1000),
    ConvoMessage("m2", "assistant", "old reply", 5000, 2000),
    ConvoMessage("m3", "user", "Do it", 10, 3000),
)
SUMMARY = Summary("what was said", 20, "m2", 2000)


def test_a_conversation_that_no_summary_makes_fit() -> None:
    request = replace(spec(CONTEXT), conversation=LONG)
    with pytest.raises(TokenLimitExceeded) as error:
        build(request, limit(6000))
    assert str(error.value).startswith("Couldn't get under token limit with conversation summary: ")


@pytest.mark.parametrize("limits", [limit(6000), limit(50_000, max_convo=6000)])
def test_a_long_conversation_is_sent_as_its_summary(limits: RequestLimits) -> None:
    request = replace(spec(CONTEXT), conversation=LONG, summaries=(SUMMARY,))
    assembled = build(request, limits)
    assert [(m.role, m.text) for m in assembled.messages[1:-1]] == [("assistant", "what was said")]
    assert assembled.summarized_to_message_id == "m2"


def test_over_the_conversation_limit_alone_all_is_sent() -> None:
    request = replace(spec(CONTEXT), conversation=LONG)
    assembled = build(request, limit(50_000, max_convo=6000))
    assert len(assembled.messages) == 4
    assert assembled.summarized_to_message_id is None


def test_a_conversation_that_fits_is_sent_without_its_summary() -> None:
    assembled = build(replace(spec(CONTEXT), conversation=LONG, summaries=(SUMMARY,)))
    assert [message.text for message in assembled.messages[1:-1]] == [
        "old words",
        "old reply",
    ]
    assert assembled.summarized_to_message_id is None


def test_the_conversation_gives_way_to_the_context() -> None:
    contexts = (MAP, replace(A, num_tokens=12_000))
    request = replace(spec(TASKS), contexts=contexts, conversation=LONG, summaries=(SUMMARY,))
    assert build(request, limit(20_000)).summarized_to_message_id == "m2"


def test_the_smaller_of_both_models_limits_the_conversation() -> None:
    request = replace(spec(CONTEXT), conversation=LONG, summaries=(SUMMARY,))
    for limits in (RequestLimits(6000, 90_000, 90_000), RequestLimits(90_000, 6000, 90_000)):
        assert build(request, limits).summarized_to_message_id == "m2"


def test_activated_files_fill_nearly_all_the_room_that_is_left() -> None:
    names = [f"f{n}.py" for n in range(10)]
    contexts = [MAP] + [
        replace(B, id=name, name=name, path=name, body=f"text of {name}", num_tokens=1000)
        for name in names
    ]
    request = replace(spec(TASKS), contexts=contexts, activate_ordered=names)
    bare = build(replace(request, activate_ordered=())).token_estimate
    limits = limit(bare + 5500)
    assembled = build(request, limits)
    shown = [name for name in names if f"text of {name}" in assembled.messages[0].text]
    assert shown == names[:5]
    assert assembled.token_estimate <= limits.request


@pytest.mark.parametrize(("planner", "room"), [(100_000, "94,000"), (30_000, "27,000")])
def test_the_architect_is_told_the_room_of_the_planner(planner: int, room: str) -> None:
    limits = RequestLimits(role=200_000, planner=planner, max_convo=100_000)
    assert f"about {room} tokens" in build(spec(CONTEXT), limits).messages[-1].text


@pytest.mark.parametrize("facts", [CONTEXT, TASKS, CHAT, CODING])
def test_every_long_text_is_counted_once(facts: PromptFacts) -> None:
    counter = Counter([])
    request = full(spec(replace(facts, exec_enabled=True)))
    build_request(request, limits=WIDE, count_tokens=counter)
    long = [text for text in counter.calls if len(text) > 100]
    assert len(long) == len(set(long))
    assert A.body not in counter.calls


@pytest.mark.parametrize(
    ("facts", "most"), [(CONTEXT, 7500), (TASKS, 13_000), (CHAT, 13_000), (CODING, 33_000)]
)
def test_the_fixed_text_of_a_request_is_short(facts: PromptFacts, most: int) -> None:
    request = RequestSpec(
        facts=replace(facts, exec_enabled=True, os_details="Linux"),
        prompt=PROMPT,
        tasks=(OPEN,),
        files=PlanFiles(),
    )
    length = sum(len(message.text) for message in build(request).messages)
    assert length <= most * 0.85
