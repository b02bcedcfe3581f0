import pytest

from execution.logic.stages import (
    MessageFacts,
    NothingToContinue,
    PathChoice,
    Phase,
    ReplyFacts,
    Situation,
    Stage,
    StageChoice,
    choose_paths,
    choose_stage,
    has_file_list,
    should_continue,
)
from models_config.logic.catalog import RoleId

USER = MessageFacts(is_user=True)
CONTEXT = MessageFacts(
    is_user=False, stage=Stage.PLANNING, phase=Phase.CONTEXT, activated_paths=("b", "a")
)
PLAN = MessageFacts(is_user=False, stage=Stage.PLANNING, phase=Phase.TASKS, did_make_plan=True)
NO_PLAN = MessageFacts(is_user=False, stage=Stage.PLANNING, phase=Phase.TASKS)
CODE = MessageFacts(is_user=False, stage=Stage.IMPLEMENTATION)
STOPPED = MessageFacts(is_user=False, stage=Stage.PLANNING, is_stopped=True)
FAILED = MessageFacts(is_user=False, stage=Stage.PLANNING, has_error=True)

CHOOSING = (Stage.PLANNING, Phase.CONTEXT)
TASKS = (Stage.PLANNING, Phase.TASKS)
CODING = (Stage.IMPLEMENTATION, Phase.NONE)


def situation(
    iteration: int, *, ac: bool = True, cont: bool = False, chat: bool = False
) -> Situation:
    return Situation(
        iteration=iteration,
        is_user_continue=cont,
        is_chat=chat,
        auto_context=ac,
        has_map=ac,
    )


@pytest.mark.parametrize(
    ("where", "messages", "expected"),
    [
        pytest.param(situation(0), [USER], CHOOSING, id="S01"),
        pytest.param(situation(0, ac=False), [USER], TASKS, id="S02"),
        pytest.param(Situation(iteration=0, auto_context=True), [USER], TASKS, id="S03"),
        pytest.param(situation(1), [USER, CONTEXT], TASKS, id="S04"),
        pytest.param(situation(2), [USER, CONTEXT, PLAN], CODING, id="S05"),
        pytest.param(situation(3), [USER, CONTEXT, PLAN, CODE], CODING, id="S06"),
        pytest.param(situation(0, cont=True), [USER, PLAN, CODE], CODING, id="S07"),
        pytest.param(situation(0, cont=True), [USER, NO_PLAN], CHOOSING, id="S08"),
        pytest.param(situation(0, cont=True), [USER, CONTEXT], TASKS, id="S09"),
        pytest.param(situation(0, cont=True), [USER, STOPPED], CHOOSING, id="S10"),
        pytest.param(situation(0, cont=True), [USER, PLAN, CODE, FAILED], CODING, id="S11"),
        pytest.param(situation(0, chat=True), [USER], CHOOSING, id="S13"),
        pytest.param(situation(0, chat=True, cont=True), [USER, CODE], CHOOSING, id="S14"),
        pytest.param(
            situation(0, chat=True, cont=True, ac=False), [USER, CODE], TASKS, id="S14 no map"
        ),
        pytest.param(situation(2), [USER, CONTEXT, NO_PLAN], CODING, id="no second planning"),
        pytest.param(situation(0), [], CHOOSING, id="empty conversation"),
    ],
)
def test_stage_selection(
    where: Situation, messages: list[MessageFacts], expected: tuple[Stage, Phase]
) -> None:
    choice = choose_stage(messages, where)
    assert (choice.stage, choice.phase) == expected


def test_continue_without_messages_is_refused() -> None:  # S12
    with pytest.raises(NothingToContinue):
        choose_stage([], situation(0, cont=True))
    with pytest.raises(NothingToContinue):
        choose_stage([STOPPED, FAILED], situation(0, cont=True))


def test_the_context_reply_hands_its_paths_on() -> None:
    assert choose_stage([USER, CONTEXT], situation(1)).activated_paths == ("b", "a")
    assert choose_stage([USER, CONTEXT, PLAN], situation(2)).activated_paths == ()


def test_continue_after_a_stopped_reply_takes_the_prompt_before_it() -> None:
    choice = choose_stage([USER, PLAN, USER, STOPPED], situation(0, cont=True))
    assert choice.last_index == 2
    assert not choice.continues_reply
    assert choose_stage([USER, PLAN], situation(0, cont=True)).continues_reply


@pytest.mark.parametrize(
    ("stage", "role"),
    [
        (CHOOSING, RoleId.ARCHITECT),
        (TASKS, RoleId.PLANNER),
        (CODING, RoleId.CODER),
    ],
)
def test_role_of_a_stage(stage: tuple[Stage, Phase], role: RoleId) -> None:
    assert StageChoice(*stage).role is role


def context(**facts: bool) -> ReplyFacts:
    return ReplyFacts(stage=Stage.PLANNING, phase=Phase.CONTEXT, iteration=0, **facts)


def tasks(**facts: bool) -> ReplyFacts:
    return ReplyFacts(stage=Stage.PLANNING, phase=Phase.TASKS, iteration=1, **facts)


def code(iteration: int = 2, **facts: bool) -> ReplyFacts:
    return ReplyFacts(stage=Stage.IMPLEMENTATION, phase=Phase.NONE, iteration=iteration, **facts)


@pytest.mark.parametrize(
    ("reply", "goes_on"),
    [
        pytest.param(context(), True, id="N01"),
        pytest.param(
            context(is_chat=True, has_activated_paths=True, has_file_list=True), True, id="N02"
        ),
        pytest.param(context(is_chat=True, has_activated_paths=True), False, id="N03"),
        pytest.param(context(is_chat=True), False, id="N04"),
        pytest.param(tasks(is_chat=True, has_tasks=True, has_current_task=True), False, id="N05"),
        pytest.param(
            tasks(auto_continue=False, has_tasks=True, has_current_task=True), False, id="N06"
        ),
        pytest.param(tasks(has_tasks=True, has_current_task=True), True, id="N07"),
        pytest.param(tasks(), False, id="N08"),
        pytest.param(tasks(has_current_task=True), True, id="N09"),
        pytest.param(tasks(has_removals=True, has_current_task=True), True, id="N10"),
        pytest.param(tasks(has_removals=True, all_finished=True), False, id="N11"),
        pytest.param(code(has_current_task=True), True, id="N12"),
        pytest.param(code(has_current_task=True, auto_continue=False), False, id="N12 --stop"),
        pytest.param(code(all_finished=True), False, id="N13"),
        pytest.param(code(200, has_current_task=True), False, id="N14"),
        pytest.param(code(199, has_current_task=True), True, id="N14 before"),
        pytest.param(context(auto_continue=False), True, id="context ignores auto-continue"),
    ],
)
def test_continue_decision(reply: ReplyFacts, goes_on: bool) -> None:
    assert should_continue(reply) is goes_on


PROJECT = {"a.py", "b/c.py", "d.md"}


@pytest.mark.parametrize(
    ("stage", "chat", "reply", "activated", "loaded"),
    [
        pytest.param(
            CHOOSING, False, "`b/c.py` (`Foo`), `a.py`", ["b/c.py", "a.py"], ["b/c.py"], id="A01"
        ),
        pytest.param(CHOOSING, False, "`b/c.py` `b/c.py`", ["b/c.py"], ["b/c.py"], id="A02"),
        pytest.param(CHOOSING, False, "`new.py`", [], [], id="A03"),
        pytest.param(CHOOSING, False, "b/c.py", [], [], id="A04"),
        pytest.param(TASKS, False, "Uses: `d.md`", ["d.md"], ["d.md"], id="A05"),
        pytest.param(TASKS, True, "`d.md`", [], [], id="A06"),
        pytest.param(CODING, False, "`d.md`", [], [], id="A07"),
        pytest.param(CHOOSING, False, "` b/c.py `", ["b/c.py"], ["b/c.py"], id="A08"),
        pytest.param(CHOOSING, True, "`d.md`", ["d.md"], ["d.md"], id="chat context"),
        pytest.param(CHOOSING, False, "`pending.py`", ["pending.py"], [], id="pending file"),
        pytest.param(CHOOSING, False, "` a\n.py`", [], [], id="span over two lines"),
    ],
)
def test_paths_to_activate_and_load(
    stage: tuple[Stage, Phase],
    chat: bool,
    reply: str,
    activated: list[str],
    loaded: list[str],
) -> None:
    assert choose_paths(
        reply,
        choice=StageChoice(*stage),
        is_chat=chat,
        project_paths=PROJECT,
        context_paths={"a.py"},
        pending_paths={"pending.py"},
    ) == PathChoice(tuple(activated), tuple(loaded))


def test_a_file_list_needs_its_heading() -> None:
    assert has_file_list("Text\n\n### Files\n\n- `a.py`\n")
    assert not has_file_list("The files are `a.py`.")
