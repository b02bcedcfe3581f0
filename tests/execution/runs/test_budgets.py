"""Budgets and runs: warned, paused with the work kept, continued, and many at once."""

from decimal import Decimal

from django.core import mail

from execution.clients.fake import USAGE, Gate
from execution.models import ModelCall, UsageDay
from models_config.services.prices import price_set
from orgs.logic.budgets import Period
from orgs.models import AuditEvent, Budget
from orgs.services.budgets import budget_set
from plandex_server.threads import in_thread
from plans.models import Branch
from tests.context.samples import a_file
from tests.execution.runs.replies import block, creating, done, plan_of
from tests.execution.runs.stage import Stage, on_stage
from tests.execution.usage_rows import call_make

PLANNER_COST = Decimal("0.00213")
"""400 fresh tokens at $3, 600 cached ones at $0.30 and 50 of the answer at $15, per million."""


async def _limit(
    stage: Stage, period: Period = Period.MONTH, *, hard: str | None = None, soft: str | None = None
) -> Budget:
    return await in_thread(
        budget_set,
        org=stage.world.org,
        period=period,
        hard_limit=None if hard is None else Decimal(hard),
        soft_limit=None if soft is None else Decimal(soft),
    )


@on_stage
async def test_a_call_has_a_cost_and_is_in_its_day(stage: Stage) -> None:
    stage.models.queue("planner", "Yes.")
    await stage.told("Is it so?", isChatOnly=True)
    await stage.settled()
    call = await in_thread(lambda: ModelCall.objects.get(role="planner"))
    assert (call.cost, call.reserved) == (PLANNER_COST, Decimal(0))
    assert call.cache_saving == Decimal("0.00162")
    day = await in_thread(lambda: UsageDay.objects.get(role="planner"))
    assert (day.calls, day.cost, day.input_tokens) == (1, PLANNER_COST, USAGE.input)
    assert not day.failed and not day.unpriced


@on_stage
async def test_a_tell_is_refused_when_nothing_is_left(stage: Stage) -> None:
    await _limit(stage, hard="0")
    viewer = await stage.tell()
    reply = await viewer.reply()
    assert reply.status == 422
    assert reply.text.startswith("Budget reached. The org Example Org has spent $0.00 of $0.00")
    assert not stage.models.requests


@on_stage
async def test_a_budget_reached_in_the_middle_pauses_and_goes_on_when_raised(
    stage: Stage,
) -> None:
    """While the first task is written the budget runs out. Its reply is finished and built; the
    second one waits."""
    await _limit(stage, hard="1")
    gate = Gate()
    stage.models.queue("planner", plan_of("Write one", "Write two"))
    stage.models.queue("coder", creating("one.py", "1\n"), gate, done("Write one"))
    viewer = await stage.tell("Write both.")
    await gate.wait_reached()
    await in_thread(call_make, stage.plan, cost="1")
    gate.open()
    ended = await viewer.end()
    assert ended.terminal is not None and ended.terminal["type"] == "error"
    text = ended.terminal["error"]["msg"]
    assert text.startswith("Budget reached. The org Example Org has spent $1.0")
    assert "An owner or billing admin of the org can raise it; then continue" in text
    assert await stage.files() == {"one.py": "1\n"}
    run = await stage.run()
    assert (run.end, run.error) == ("error", text)
    branch = await in_thread(Branch.objects.get)
    assert (branch.status, branch.error) == ("error", text)
    assert [message.subject for message in mail.outbox] == ["Plandex: a budget is used up"]

    refused = await (await stage.tell("", isUserContinue=True)).reply()
    assert refused.status == 422 and "Budget reached" in refused.text
    await _limit(stage, hard="5")
    stage.models.queue("coder", creating("two.py", "2\n"), done("Write two"))
    assert (await stage.told("", isUserContinue=True)).terminal == {"type": "finished"}
    assert await stage.files() == {"one.py": "1\n", "two.py": "2\n"}
    await stage.settled()
    assert not await in_thread(ModelCall.objects.filter(result="running").exists)


@on_stage
async def test_a_build_that_does_not_fit_is_left_to_a_later_one(stage: Stage) -> None:
    """An edit that needs a model, while nothing is left for one."""
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    await _limit(stage, hard="1")
    gate = Gate()
    rest = "# ... existing code ...\n"
    stage.models.queue("planner", plan_of("Write it", uses="`a.py`"))
    stage.models.queue(
        "coder", gate, block("a.py", f"{rest}\nnowhere()\n\n{rest}"), done("Write it")
    )
    viewer = await stage.tell(projectPaths={"a.py": True})
    await gate.wait_reached()
    await in_thread(call_make, stage.plan, cost="1")
    gate.open()
    ended = await viewer.end()
    assert ended.terminal is not None
    assert ended.terminal["error"]["msg"].startswith("Build error: a.py: Budget reached. ")
    assert not stage.models.asked("builder") and not stage.models.asked("whole-file-builder")

    await _limit(stage, hard="5")
    whole = "<PlandexWholeFile>\nx = 1\n\nnowhere()\n</PlandexWholeFile>"
    for role in ("builder", "whole-file-builder"):
        stage.models.defaults[role] = lambda request: whole
    built = await (await stage.build(projectPaths={"a.py": True})).end()
    assert built.terminal == {"type": "finished"}
    assert await stage.files() == {"a.py": "x = 1\n\nnowhere()\n"}


@on_stage
async def test_a_soft_limit_is_told_once_in_the_stream_and_once_by_mail(stage: Stage) -> None:
    await _limit(stage, soft="0.001", hard="50")
    stage.models.queue("planner", "One.")
    quiet = await stage.told("First?", isChatOnly=True)
    assert "⚠️" not in quiet.reply
    for _ in range(2):
        stage.models.queue("planner", "Two.")
        warned = await stage.told("Second?", isChatOnly=True)
        assert warned.reply.startswith("⚠️  The org Example Org has spent $0.0")
        assert warned.reply.endswith("Two.")
    (message,) = mail.outbox
    assert message.to == ["owner@example.com"] and "running low" in message.subject
    convo = await in_thread(stage.world.owner.get, f"/plans/{stage.plan.id}/main/convo")
    assert "⚠️" not in convo.text
    actions = await in_thread(lambda: list(AuditEvent.objects.values_list("action", flat=True)))
    assert actions.count("budget.warned") == 1


@on_stage
async def test_a_large_request_is_refused_by_a_limit_per_request(stage: Stage) -> None:
    await _limit(stage, Period.REQUEST, hard="0.0001")
    ended = await stage.told("Do it.")
    assert ended.terminal is not None and ended.terminal["type"] == "error"
    text = ended.terminal["error"]["msg"]
    assert text.startswith("This request would cost about $0.0")
    assert "The org Example Org allows $0.0001 for one" in text


@on_stage
async def test_a_large_request_is_told_with_its_cost(stage: Stage) -> None:
    await _limit(stage, Period.REQUEST, soft="0.0001")
    stage.models.queue("planner", "Yes.")
    told = await stage.told("Is it?", isChatOnly=True)
    assert told.reply.startswith("⚠️  This request sends about ")
    assert " tokens to anthropic/claude-sonnet-4, for about $0.0" in told.reply


@on_stage
async def test_a_price_of_the_org_s_own_counts(stage: Stage) -> None:
    await in_thread(
        price_set,
        org=stage.world.org,
        model_id="anthropic/claude-sonnet-4",
        input=Decimal(1000),
        output=Decimal(1000),
    )
    stage.models.queue("planner", "Yes.")
    await stage.told("Is it?", isChatOnly=True)
    call = await in_thread(lambda: ModelCall.objects.get(role="planner"))
    assert call.cost == Decimal("1.05")
