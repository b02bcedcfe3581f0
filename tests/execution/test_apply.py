"""PATCH apply."""

from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from context.logic.items import ContextType
from context.selectors import context_items
from execution.clients.fake import SILENCE, FakeModels
from execution.logic.changes import APPLY_SCRIPT
from execution.logic.model_errors import ModelError
from execution.models import ModelCall, Run, RunKind
from orgs.models import Membership
from plandex_server.db import now
from plans.models import Plan
from plans.selectors import branch_log
from plans.services.versions import revision_head
from tests.execution.pending_states import (
    built,
    descriptions_of,
    edited,
    loaded,
    made,
    moved,
    operation,
    removed,
    results_of,
    scripts_of,
)
from tests.factories import World
from tests.plans.factories import main_of

KEYS = {"OPENROUTER_API_KEY": "k", "OPENAI_API_KEY": "k", "ANTHROPIC_API_KEY": "k"}
BODY = {"apiKeys": None, "openAIBase": "", "openAIOrgId": "", "authVars": KEYS, "sessionId": "s1"}


@pytest.fixture
def models() -> Iterator[FakeModels]:
    fake = FakeModels()
    with patch("execution.services.single_calls.model_client", lambda: fake):
        yield fake


def url(plan: Plan, what: str = "apply") -> str:
    return f"/plans/{plan.id}/main/{what}"


def bodies(world: World, plan: Plan) -> dict[str, str]:
    """Path → body of what is loaded."""
    contexts = world.owner.get(url(plan, "current_plan")).json["contextsByPath"]
    return {path: context.get("body", "") for path, context in contexts.items()}


def log(plan: Plan) -> list[str]:
    return [entry.message for entry in branch_log(main_of(plan))]


def test_it_works(world: World, plan: Plan) -> None:
    loaded(plan, {"a.py": "one\ntwo\n"})
    results = [edited("a.py", ("two", "2")), made("src/b.py", "new\n")]
    description = built(plan, results, commit_msg="Count in digits")

    said = world.owner.patch(url(plan), BODY, status=200).text

    assert said == "Count in digits"
    assert bodies(world, plan) == {"a.py": "one\n2\n", "src/b.py": "new\n"}
    got = world.owner.get(url(plan, "current_plan")).json
    assert got["currentPlanFiles"]["files"] == {}
    assert got["planResult"]["sortedPaths"] == []
    assert all("appliedAt" in one for one in got["planResult"]["results"])
    assert got["convoMessageDescriptions"] == []
    [applied] = got["planApplies"]
    assert applied["commitMsg"] == "Count in digits"
    assert applied["userId"] == world.owner.user_id
    assert applied["convoMessageIds"] == [description.convo_message_id]
    assert applied["convoMessageDescriptionIds"] == [description.id]
    assert applied["planFileResultIds"] == [result.id for result in results]
    message = log(plan)[0]
    assert message.startswith(
        "✅ Marked pending results as applied\n • 📄 a.py\n • 📄 src/b.py\n✏️  Count in digits\n\n"
        "Loaded 1 file into context | added → 2 🪙 |  total → 6 🪙\n"
    )
    assert "\n\nUpdated 1 file in context | added → 0 🪙 | total → 4 🪙\n" in message
    log_body = world.owner.get(url(plan, "logs")).json["body"]
    assert "✏️  Count in digits" in log_body
    tokens = sum(item.num_tokens for item in context_items(revision_head(main_of(plan))))
    assert main_of(plan).context_tokens == tokens
    [new] = [one for one in context_items(revision_head(main_of(plan))) if one.name == "src/b.py"]
    assert new.auto_loaded and new.context_type is ContextType.FILE


def test_removed_and_moved_files_leave_the_context(world: World, plan: Plan) -> None:
    loaded(plan, {"a.py": "a\n", "b.py": "b\n", "c.py": "c\n"})
    built(plan, [removed("a.py"), *moved("b.py", "lib/b.py", "b\n")])
    built(plan, [removed("never-loaded.py"), made("gone.py", "x"), removed("gone.py")])
    world.owner.patch(url(plan), BODY, status=200)
    assert bodies(world, plan) == {"c.py": "c\n", "lib/b.py": "b\n"}
    message = log(plan)[0]
    assert " • 📄 a.py\n • 📄 b.py\n • 📄 gone.py\n • 📄 lib/b.py\n" in message
    assert "Removed 2 pieces of context" in message
    tokens = sum(item.num_tokens for item in context_items(revision_head(main_of(plan))))
    assert main_of(plan).context_tokens == tokens


def test_apply_twice(world: World, plan: Plan) -> None:
    loaded(plan, {"a.py": "1\n"})
    built(plan, [edited("a.py", ("1", "2"))], commit_msg="Two")
    world.owner.patch(url(plan), BODY)
    built(plan, [edited("a.py", ("2", "3"))], commit_msg="Three")
    assert world.owner.patch(url(plan), BODY).text == "Three"
    assert bodies(world, plan) == {"a.py": "3\n"}
    applies = world.owner.get(url(plan, "current_plan")).json["planApplies"]
    assert [len(one["planFileResultIds"]) for one in applies] == [1, 1]


def test_nothing_pending(world: World, plan: Plan) -> None:
    assert world.owner.patch(url(plan), BODY, status=200).text == ""
    [applied] = world.owner.get(url(plan, "current_plan")).json["planApplies"]
    assert applied["planFileResultIds"] == []
    assert log(plan)[0].startswith("✅ Marked pending results as applied")


def test_only_what_is_built_is_marked(world: World, plan: Plan) -> None:
    built(plan, [made("a.py", "a")], commit_msg="Built")
    built(plan, [], commit_msg="Not built", operations=[operation("b.py")], did_build=False)
    assert world.owner.patch(url(plan), BODY).text == "Built"
    [left] = world.owner.get(url(plan, "current_plan")).json["convoMessageDescriptions"]
    assert left["commitMsg"] == "Not built"
    [first, second] = descriptions_of(main_of(plan))
    assert first.applied_at is not None and second.applied_at is None


def test_rejected_replies_give_no_message(world: World, plan: Plan) -> None:
    built(plan, [made("a.py", "a")], commit_msg="Rejected")
    built(plan, [made("b.py", "b")], commit_msg="Kept")
    world.owner.patch(url(plan, "reject_files"), {"paths": ["a.py"]})
    assert world.owner.patch(url(plan), BODY).text == "Kept"
    assert bodies(world, plan) == {"b.py": "b"}


def test_what_can_not_be_replayed_is_not_applied(world: World, plan: Plan) -> None:
    loaded(plan, {"a.py": "a\n"})
    built(plan, [edited("a.py", ("not there", "x"))], commit_msg="Broken")
    built(plan, [made("b.py", "b\n")], commit_msg="Fine")
    assert world.owner.patch(url(plan), BODY, status=200).text == "Fine"
    assert bodies(world, plan) == {"a.py": "a\n", "b.py": "b\n"}
    [broken, _] = descriptions_of(main_of(plan))
    assert [one.path for one in broken.unbuilt] == ["a.py"]
    assert [one.path for one in results_of(main_of(plan))] == ["b.py"]


def test_the_script_is_kept_and_not_loaded(world: World, plan: Plan) -> None:
    built(plan, [made(APPLY_SCRIPT, "npm install\n")])
    built(plan, [edited(APPLY_SCRIPT, ("install", "ci"))])
    world.owner.patch(url(plan), BODY, status=200)
    assert scripts_of(main_of(plan)) == ["npm ci\n"]
    assert bodies(world, plan) == {}


def test_a_context_over_the_limit_does_not_stop_it(
    world: World, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Small:
        planner_input = 20
        architect_input = 20

    loaded(plan, {"a.py": "a\n"})
    monkeypatch.setattr("context.selectors.pack_limits", lambda pack, models: Small)
    Plan.objects.update(config={"autoContext": False})
    built(plan, [edited("a.py", ("a", "word " * 50)), made("b.py", "b\n")])
    world.owner.patch(url(plan), BODY, status=200)
    assert bodies(world, plan) == {"a.py": "a\n", "b.py": "b\n"}
    assert "Updated" not in log(plan)[0]
    assert all(result.applied_at for result in results_of(main_of(plan)))


def test_too_large_a_file_does_not_stop_it(world: World, plan: Plan) -> None:
    built(plan, [made("huge.txt", "x" * 26_214_401), made("b.py", "b\n")])
    with patch("context.logic.loading.count_tokens", lambda text: 1):
        world.owner.patch(url(plan), BODY, status=200)
    assert all(result.applied_at for result in results_of(main_of(plan)))


def test_commit_times(world: World, plan: Plan) -> None:
    """Previous commit ≤ apply < its commit, in whole seconds: what `rewind` needs."""
    moment = now().replace(microsecond=700_000)
    with (
        patch("plans.services.versions.now", lambda: moment),
        patch("execution.services.apply.now", lambda: moment),
    ):
        loaded(plan, {"a.py": "a\n"})
        built(plan, [edited("a.py", ("a", "b"))])
        world.owner.patch(url(plan), BODY)
        built(plan, [edited("a.py", ("b", "c"))])
        world.owner.patch(url(plan), BODY)
    times = [entry.created_at for entry in branch_log(main_of(plan))]
    start = moment.replace(microsecond=0)
    assert [(time - start) / timedelta(seconds=1) for time in times] == [2, 1, 1, 0, 0]
    applies = world.owner.get(url(plan, "current_plan")).json["planApplies"]
    assert [one["createdAt"] for one in applies] == [
        (start + timedelta(seconds=late)).strftime("%Y-%m-%dT%H:%M:%S.000000Z") for late in (0, 1)
    ]


def test_a_model_makes_one_message_of_several(world: World, plan: Plan, models: FakeModels) -> None:
    models.queue("commit-messages", "  Count, then greet\n")
    for number, message in enumerate(("Count", "Greet", "Count")):
        built(plan, [made(f"f{number}.py", "x")], commit_msg=message)
    assert world.owner.patch(url(plan), BODY).text == "Count, then greet"
    [request] = models.requests
    assert request.messages[-1].text == "- Count\n- Greet"
    [call] = ModelCall.objects.all()
    assert (call.role, call.session_id, call.run_id) == ("commit-messages", "s1", None)
    assert (call.user_id, call.plan_id) == (world.owner.user_id, plan.id)


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(ModelError("no", retriable=False), id="failure"),
        pytest.param(SILENCE, id="silence"),
        pytest.param("", id="empty"),
    ],
)
def test_without_a_model_the_messages_are_joined(
    world: World,
    plan: Plan,
    models: FakeModels,
    monkeypatch: pytest.MonkeyPatch,
    step: ModelError | str,
) -> None:
    monkeypatch.setattr("execution.services.apply_message.LIMIT_S", 0.05)
    models.defaults["commit-messages"] = lambda request: ""
    models.queue("commit-messages", step)
    built(plan, [made("a.py", "x")], commit_msg="Count")
    built(plan, [made("b.py", "x")], commit_msg="Greet")
    assert world.owner.patch(url(plan), BODY, status=200).text == "Count\nGreet"
    assert bodies(world, plan) == {"a.py": "x", "b.py": "x"}


def test_without_keys_the_messages_are_joined(world: World, plan: Plan) -> None:
    built(plan, [made("a.py", "x")], commit_msg="Count")
    built(plan, [made("b.py", "x")], commit_msg="Greet")
    assert world.owner.patch(url(plan), {"authVars": None}).text == "Count\nGreet"
    assert not ModelCall.objects.exists()


def test_a_change_while_the_model_thinks_is_applied_too(world: World, plan: Plan) -> None:
    built(plan, [made("a.py", "a")], commit_msg="Count")
    built(plan, [made("b.py", "b")], commit_msg="Greet")

    def late_built(**kwargs: object) -> str:
        built(plan, [made("c.py", "c")], commit_msg="Late")
        return "Count and greet"

    with patch("execution.services.apply.commit_message", late_built):
        assert world.owner.patch(url(plan), BODY).text == "Count\nGreet\nLate"
    assert bodies(world, plan) == {"a.py": "a", "b.py": "b", "c.py": "c"}
    assert all(result.applied_at for result in results_of(main_of(plan)))


def test_not_while_a_run_is_active(world: World, plan: Plan) -> None:
    built(plan, [made("a.py", "a")])
    run = Run.objects.create(
        plan=plan, branch=main_of(plan), user_id=plan.owner_id, kind=RunKind.TELL, request=b""
    )
    refused = world.owner.patch(url(plan), BODY, status=409).text
    assert refused.startswith("The plan is running on branch main")
    assert results_of(main_of(plan))[0].applied_at is None
    Run.objects.filter(pk=run.pk).update(finished_at=now())
    world.owner.patch(url(plan), BODY, status=200)


def test_a_run_that_starts_meanwhile_stops_it(world: World, plan: Plan) -> None:
    built(plan, [made("a.py", "a")], commit_msg="Add")

    def late_run(**kwargs: object) -> str:
        Run.objects.create(
            plan=plan, branch=main_of(plan), user_id=plan.owner_id, kind=RunKind.TELL, request=b""
        )
        return "Add"

    with patch("execution.services.apply.commit_message", late_run):
        world.owner.patch(url(plan), BODY, status=409)
    assert results_of(main_of(plan))[0].applied_at is None
    assert len(log(plan)) == 1


def test_bad_requests(world: World, plan: Plan) -> None:
    world.owner.patch(url(plan), b"{", status=400)
    world.owner.patch(url(plan), {"authVars": 5}, status=400)
    world.owner.patch(f"/plans/{plan.id}/none/apply", BODY, status=404)
    world.owner.api.patch(url(plan), status=200)


def test_access(world: World, plan: Plan) -> None:
    built(plan, [made("a.py", "a")])
    world.member.patch(url(plan), BODY, status=404)
    world.stranger.patch(url(plan), BODY, status=404)
    Plan.objects.update(shared_with_org_at=now())
    Membership.objects.filter(user_id=world.member.user_id).update(role="member")
    for what in ("apply", "reject_all", "reject_file", "reject_files", "rewind"):
        world.member.patch(url(plan, what), {"sha": "abcd", "paths": []}, status=403)
    assert results_of(main_of(plan))[0].is_open
    world.member.get(url(plan, "current_plan"), status=200)
    world.admin.patch(url(plan), BODY, status=200)


def test_queries_do_not_grow(world: World, plan: Plan) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            world.owner.patch(url(plan), BODY, status=200)
        return len(captured)

    loaded(plan, {"a.py": "a", "gone.py": "x", "stays.py": "x"})
    built(plan, [edited("a.py", ("a", "b")), made("b.py", "b"), removed("gone.py")])
    few = queries()
    loaded(plan, {f"f{number}.py": "f" for number in range(20)})
    loaded(plan, {f"g{number}.py": "g" for number in range(20)})
    built(plan, [edited(f"f{number}.py", ("f", "g")) for number in range(20)])
    built(plan, [made(f"n{number}.py", "n") for number in range(20)])
    built(plan, [removed(f"g{number}.py") for number in range(20)])
    assert queries() == few
    assert few <= 24
