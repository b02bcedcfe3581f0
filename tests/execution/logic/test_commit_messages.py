from execution.logic.commit_messages import (
    apply_message,
    build_message,
    reject_all_message,
    reject_file_message,
    reject_files_message,
    reply_message,
    user_message,
)
from execution.logic.subtasks import Subtask
from plans.logic.convo import ConvoFlags, CurrentStage

PLANNING = CurrentStage(tell_stage="planning", planning_phase="tasks")
CODING = CurrentStage(tell_stage="implementation")
TASK = Subtask("Wire the --json flag", uses_files=("notes/cli.py", "notes/store.py"))


def test_prompts() -> None:
    assert user_message(num=1, tokens=9) == "Message #1 | 💬 User prompt | 9 🪙"


def test_plain_replies() -> None:
    message = reply_message(num=2, tokens=4, flags=ConvoFlags(current_stage=PLANNING))
    assert message == "Message #2 | 🤖 Plandex reply | 4 🪙"


def test_stopped_replies() -> None:
    message = reply_message(num=2, tokens=4, flags=ConvoFlags(), stopped=True)
    assert message == "Message #2 | 🤖 Plandex reply | 🛑 stopped | 4 🪙"


def test_a_reply_that_completes_the_plan() -> None:
    flags = ConvoFlags(
        current_stage=CODING, did_write_code=True, did_complete_task=True, did_complete_plan=True
    )
    assert reply_message(num=5, tokens=6, flags=flags, subtask=TASK) == (
        "Message #5 | 🤖 Plandex reply | 👨‍💻 Wrote Code | 🏁 | 6 🪙\n\n"
        "📋 Wire the --json flag\n • 📄 notes/cli.py\n • 📄 notes/store.py\n\n"
        "🏁 Completed Plan"
    )


def test_a_reply_that_changes_the_plan() -> None:
    flags = ConvoFlags(current_stage=PLANNING, did_make_plan=True, did_remove_tasks=True)
    message = reply_message(
        num=3,
        tokens=5,
        flags=flags,
        subtask=TASK,
        added=[Subtask("A"), Subtask("B")],
        removed=[Subtask("C")],
    )
    assert message == (
        "Message #3 | 🤖 Plandex reply | 🔄 Revised Plan | 5 🪙\n\n• A\n• B\n\nRemoved Tasks\n• C"
    )


def test_tags_come_in_their_order() -> None:
    flags = ConvoFlags(
        did_load_context=True,
        did_make_plan=True,
        did_make_debugging_plan=True,
        did_remove_tasks=True,
        did_write_code=True,
        has_error=True,
    )
    assert reply_message(num=3, tokens=5, flags=flags) == (
        "Message #3 | 🤖 Plandex reply | 📥 Loaded Context | 🐞 Made Debug Plan | "
        "👨‍💻 Wrote Code | 🚨 Error | 5 🪙"
    )
    made = reply_message(num=3, tokens=5, flags=ConvoFlags(did_make_plan=True))
    assert made == "Message #3 | 🤖 Plandex reply | 📋 Made Plan | 5 🪙"


def test_titles_stay_on_their_line() -> None:
    message = reply_message(num=1, tokens=1, flags=ConvoFlags(), added=[Subtask("A\n\nB | C")])
    assert message.split("\n\n") == ["Message #1 | 🤖 Plandex reply | 1 🪙", "• A B | C"]


def test_builds() -> None:
    assert build_message(paths=["b.py", "a.py"]) == (
        "🏗️  Build pending changes\n • 📄 a.py\n • 📄 b.py"
    )
    assert build_message(paths=["a.py"], rebuilt=["c.py", "b.py"]) == (
        "🏗️  Rebuild paths invalidated by context update\n  • rebuild → b.py\n  • rebuild → c.py"
    )


def test_applies() -> None:
    assert apply_message(paths=["b", "a"], commit_msg="Add f", summaries=["Loaded", ""]) == (
        "✅ Marked pending results as applied\n • 📄 a\n • 📄 b\n✏️  Add f\n\nLoaded"
    )
    assert apply_message(paths=[], commit_msg="x") == ("✅ Marked pending results as applied\n✏️  x")


def test_rejects() -> None:
    assert reject_all_message() == "🚫 Rejected all pending changes"
    assert reject_file_message("a") == "🚫 Rejected pending changes to file: a"
    assert reject_files_message(["a"]) == "🚫 Rejected pending changes to file:\n • a"
    assert reject_files_message(["a", "b"]) == ("🚫 Rejected pending changes to files:\n • a\n • b")
