"""The conversation and the log of a branch."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest

from plandex_server.db import now
from plans.errors import RevisionNotFound
from plans.logic.convo import ConvoFlags, ConvoMessage, CurrentStage, Role, Subtask
from plans.models import Branch, Commit, Plan
from plans.selectors import branch_log, commit_of_plan, commit_on_branch
from plans.services.convo import (
    convo_add,
    convo_import,
    convo_read,
    subtasks_read,
    subtasks_write,
)
from plans.services.summaries import summaries_for, summary_add, summary_latest
from plans.services.versions import branch_rewind, branch_write, revision_at, revision_head
from tests.factories import World
from tests.plans.factories import main_of, plan_make


def message(id: str, role: Role = Role.USER, text: str = "hello", tokens: int = 3) -> ConvoMessage:
    return ConvoMessage(id=id, role=role, message=text, tokens=tokens, user_id="u1")


def say(branch: Branch, *messages: ConvoMessage) -> list[ConvoMessage]:
    with branch_write(branch) as draft:
        said = [convo_add(draft, one) for one in messages]
        draft.message = f"Message #{said[-1].num} | 💬 User prompt | 3 🪙"
    return said


def rewind(branch: Branch, steps: int) -> None:
    sha = branch_log(branch)[steps].sha
    branch_rewind(branch, to=Commit.objects.get(plan=branch.plan, sha=sha))


def test_it_works(world: World, plan: Plan) -> None:
    reply = ConvoMessage(
        id="m2",
        role=Role.ASSISTANT,
        message="Done",
        tokens=5,
        stopped=True,
        flags=ConvoFlags(
            did_make_plan=True,
            current_stage=CurrentStage(tell_stage="planning", planning_phase="tasks"),
        ),
        subtask=Subtask(title="One", uses_files=["a.py"]),
        added_subtasks=[Subtask(title="Two")],
        removed_subtasks=["Three"],
        activate_paths_ordered=["a.py"],
    )
    say(main_of(plan), message("m1"), reply)
    first, second = world.owner.get(f"/plans/{plan.id}/main/convo").json
    assert (first["id"], first["num"], first["role"], first["tokens"]) == ("m1", 1, "user", 3)
    assert first["message"] == first["content"] == "hello"
    assert (first["planId"], first["branch"], first["userId"]) == (plan.id, "main", "u1")
    assert "subtask" not in first and "addedSubtasks" not in first
    assert (second["num"], second["stopped"]) == (2, True)
    assert second["flags"]["didMakePlan"] is True
    assert second["flags"]["CurrentStage"]["TellStage"] == "planning"
    assert second["subtask"]["usesFiles"] == ["a.py"]
    assert [task["title"] for task in second["addedSubtasks"]] == ["Two"]
    assert second["removedSubtasks"] == ["Three"]
    assert second["createdAt"].endswith("Z")
    [main] = world.owner.get(f"/plans/{plan.id}/branches").json
    assert main["convoTokens"] == 8


def test_a_plan_without_history(world: World, plan: Plan) -> None:
    assert world.owner.get(f"/plans/{plan.id}/main/convo").json == []
    assert world.owner.get(f"/plans/{plan.id}/main/logs").json == {"shas": [], "body": ""}
    world.owner.get(f"/plans/{plan.id}/none/convo", status=404)
    world.owner.get(f"/plans/{plan.id}/none/logs", status=404)


def test_times_and_numbers_grow_though_the_clock_goes_back(plan: Plan) -> None:
    clock = iter(datetime(2026, 1, day, tzinfo=UTC) for day in (3, 1, 2))
    with patch("plans.services.convo.now", lambda: next(clock)):
        for number in range(3):
            say(main_of(plan), message(f"m{number}"))
    stored = convo_read(revision_head(main_of(plan)))
    assert [one.id for one in stored] == ["m0", "m1", "m2"]
    assert [one.num for one in stored] == [1, 2, 3]
    times = [one.created_at for one in stored]
    assert times == sorted(set(times))


def test_a_branch_and_a_rewind_have_their_own_conversation(world: World, plan: Plan) -> None:
    main = main_of(plan)
    say(main, message("m1"))
    say(main, message("m2"))
    world.owner.post(f"/plans/{plan.id}/main/branches", {"name": "side"})
    rewind(main, 1)
    [said] = say(main, message("other"))
    assert said.num == 2
    assert [one["id"] for one in world.owner.get(f"/plans/{plan.id}/main/convo").json] == [
        "m1",
        "other",
    ]
    assert [one["id"] for one in world.owner.get(f"/plans/{plan.id}/side/convo").json] == [
        "m1",
        "m2",
    ]
    assert main_of(plan).convo_tokens == 6


def test_an_imported_conversation_goes_on(plan: Plan) -> None:
    with patch("plans.services.convo.now", lambda: datetime(2020, 1, 1, tzinfo=UTC)):
        first = ConvoMessage(
            id="old", role=Role.USER, message="x", num=1, created_at=now() - timedelta(days=1)
        )
        with branch_write(main_of(plan)) as draft:
            convo_import(draft, [first])
            draft.message = "imported"
        [said] = say(main_of(plan), message("new"))
    assert said.num == 2
    assert said.created_at > first.created_at


def test_sub_tasks_belong_to_the_revision(plan: Plan) -> None:
    main = main_of(plan)
    assert subtasks_read(revision_head(main)) == []
    for tasks in ([Subtask(title="One")], [Subtask(title="One", is_finished=True)], []):
        with branch_write(main) as draft:
            subtasks_write(draft, tasks)
            assert subtasks_read(draft) == tasks
            draft.message = "tasks"
    shas = [entry.sha for entry in branch_log(main)]
    states = [subtasks_read(revision_at(commit_on_branch(main, sha))) for sha in shas]
    assert states == [[], [Subtask(title="One", is_finished=True)], [Subtask(title="One")]]


def test_summaries_serve_what_holds_their_message(plan: Plan) -> None:
    said = [say(main_of(plan), message(f"m{number}"))[0] for number in range(3)]
    for one in said:
        summary_add(
            plan_id=plan.id, latest=one, summary=f"up to {one.id}", tokens=1, num_messages=one.num
        )
    found = summaries_for(plan_id=plan.id, message_ids=["m0", "m1", "unknown"])
    assert [one.summary for one in found] == ["up to m0", "up to m1"]
    newest = summary_latest(plan_id=plan.id, message_ids=["m0", "m1"])
    assert newest is not None and newest.summary == "up to m1"
    assert summary_latest(plan_id=plan.id, message_ids=[]) is None
    assert summaries_for(plan_id=plan_make().id, message_ids=["m0"]) == []


def test_the_log_shows_the_newest_first(world: World, plan: Plan) -> None:
    say(main_of(plan), message("m1"))
    say(main_of(plan), message("m2"))
    log = world.owner.get(f"/plans/{plan.id}/main/logs").json
    full = [entry.sha for entry in branch_log(main_of(plan))]
    assert log["shas"] == [sha[:8] for sha in full]
    entries = log["body"].split("\n\n")
    assert entries[0].startswith(f"📝 Update {log['shas'][0]} | ")
    assert entries[0].endswith("\nMessage #2 | 💬 User prompt | 3 🪙")
    assert "Message #1" in entries[1]


def alike(plan: Plan, sha: str, parent: Commit | None = None) -> Commit:
    return Commit.objects.create(
        plan=plan, sha=sha, trees={}, message="made", created_at=now(), parent=parent
    )


def test_shas_are_long_enough_to_name_one_commit(world: World, plan: Plan) -> None:
    first = alike(plan, "abcdef01" + "0" * 56)
    head = alike(plan, "12345678" + "0" * 56, first)
    alike(plan, "abcdef0100" + "1" * 54)  # on no branch, yet `current_plan/{sha}` knows it
    alike(plan_make(), "12345678" + "1" * 56)
    Branch.objects.filter(plan=plan).update(head=head)

    log = world.owner.get(f"/plans/{plan.id}/main/logs").json

    assert log["shas"] == ["12345678", "abcdef01000"]
    assert [commit_of_plan(plan, sha) for sha in log["shas"]] == [head, first]
    assert [commit_on_branch(main_of(plan), sha) for sha in log["shas"]] == [head, first]
    for sha in ("abcdef01", "abc", "", "%", "zzzz", "0" * 64, "a" * 65, "main", "abcd\0"):
        with pytest.raises(RevisionNotFound):
            commit_of_plan(plan, sha)


def test_a_branch_does_not_know_the_commits_of_others(world: World, plan: Plan) -> None:
    say(main_of(plan), message("m1"))
    world.owner.post(f"/plans/{plan.id}/main/branches", {"name": "side"})
    say(main_of(plan), message("m2"))
    side = Branch.objects.get(plan=plan, name="side")
    sha = revision_head(main_of(plan)).sha
    assert commit_of_plan(plan, sha.upper()).sha == sha
    with pytest.raises(RevisionNotFound):
        commit_on_branch(side, sha)


def test_history_is_for_those_who_reach_the_plan(world: World, plan: Plan) -> None:
    say(main_of(plan), message("m1"))
    for path in (f"/plans/{plan.id}/main/convo", f"/plans/{plan.id}/main/logs"):
        world.member.get(path, status=404)
        world.stranger.get(path, status=404)
    Plan.objects.update(shared_with_org_at=now())
    assert len(world.member.get(f"/plans/{plan.id}/main/convo").json) == 1
    assert len(world.member.get(f"/plans/{plan.id}/main/logs").json["shas"]) == 1
    world.stranger.get(f"/plans/{plan.id}/main/convo", status=404)
