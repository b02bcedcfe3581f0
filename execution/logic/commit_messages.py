"""The messages of a plan's commits. `plandex log` shows them and `rewind` reads them.

The CLI looks for `Message #<num> |` and `<tokens> 🪙`, and takes the first line as the title.
"""

from collections.abc import Iterable, Iterator, Sequence

from execution.logic.stages import Stage
from execution.logic.subtasks import Subtask
from plans.logic.convo import ConvoFlags

_BY_USER = "💬 User prompt"
_BY_MODEL = "🤖 Plandex reply"
_COMPLETED = "🏁 Completed Plan"


def user_message(*, num: int, tokens: int) -> str:
    return _header(num, [_BY_USER], tokens)


def reply_message(
    *,
    num: int,
    tokens: int,
    flags: ConvoFlags,
    stopped: bool = False,
    subtask: Subtask | None = None,
    added: Sequence[Subtask] = (),
    removed: Sequence[Subtask] = (),
) -> str:
    """A header with tags, then a paragraph for each thing the reply did to the plan."""
    parts = [_BY_MODEL]
    if stopped:
        parts.append("🛑 stopped")
    parts += _tags(flags)
    blocks = [_header(num, parts, tokens)]
    if added:
        blocks.append("\n".join(_titles(added)))
    if removed:
        blocks.append("\n".join(["Removed Tasks", *_titles(removed)]))
    if subtask is not None and flags.current_stage.tell_stage == Stage.IMPLEMENTATION:
        blocks.append("\n".join([f"📋 {_line(subtask.title)}", *_files(subtask.uses_files)]))
    if flags.did_complete_plan:
        blocks.append(_COMPLETED)
    return "\n\n".join(blocks)


def build_message(*, paths: Iterable[str], rebuilt: Sequence[str] = ()) -> str:
    """`rebuilt` when the build only made up for changed context."""
    if rebuilt:
        lines = [f"  • rebuild → {_line(path)}" for path in sorted(rebuilt)]
        return "\n".join(["🏗️  Rebuild paths invalidated by context update", *lines])
    return "\n".join(["🏗️  Build pending changes", *_files(sorted(paths))])


def apply_message(*, paths: Iterable[str], commit_msg: str, summaries: Iterable[str] = ()) -> str:
    """`summaries` tell what the apply did to the context."""
    lines = ["✅ Marked pending results as applied", *_files(sorted(paths)), f"✏️  {commit_msg}"]
    return "\n\n".join(["\n".join(lines), *(summary for summary in summaries if summary)])


def repair_message(*, paths: Iterable[str]) -> str:
    lines = [f"  • rebuild → {_line(path)}" for path in sorted(paths)]
    return "\n".join(["🩹 Dropped pending changes that do not fit their files", *lines])


def reject_all_message() -> str:
    return "🚫 Rejected all pending changes"


def reject_file_message(path: str) -> str:
    return f"🚫 Rejected pending changes to file: {_line(path)}"


def reject_files_message(paths: Sequence[str]) -> str:
    noun = "file" if len(paths) == 1 else "files"
    lines = [f" • {_line(path)}" for path in paths]
    return "\n".join([f"🚫 Rejected pending changes to {noun}:", *lines])


def _header(num: int, parts: Iterable[str], tokens: int) -> str:
    return " | ".join([f"Message #{num}", *parts, f"{tokens} 🪙"])


def _tags(flags: ConvoFlags) -> Iterator[str]:
    if flags.did_load_context:
        yield "📥 Loaded Context"
    if flags.did_make_plan:
        yield _plan_tag(flags)
    if flags.did_write_code:
        yield "👨‍💻 Wrote Code"
    if flags.did_complete_plan:
        yield "🏁"
    if flags.has_error:
        yield "🚨 Error"


def _plan_tag(flags: ConvoFlags) -> str:
    if flags.did_make_debugging_plan:
        return "🐞 Made Debug Plan"
    return "🔄 Revised Plan" if flags.did_remove_tasks else "📋 Made Plan"


def _titles(tasks: Iterable[Subtask]) -> Iterator[str]:
    return (f"• {_line(task.title)}" for task in tasks)


def _files(paths: Iterable[str]) -> Iterator[str]:
    return (f" • 📄 {_line(path)}" for path in paths)


def _line(text: str) -> str:
    """Text of a model on one line, so that it cannot start a paragraph of its own."""
    return " ".join(text.split())
