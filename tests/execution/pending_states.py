"""Branches with pending changes, written as a run writes them."""

from collections.abc import Mapping, Sequence
from itertools import count

from context.logic.items import ContextType
from context.logic.loading import NewContext
from context.selectors import plan_limits
from context.services.load import context_load
from execution.logic.changes import (
    Description,
    Replacement,
    Result,
    StoredOperation,
    decode_applies,
    decode_descriptions,
    decode_results,
    encode,
)
from plandex_server.db import new_id, now
from plans.logic.versions import Kind
from plans.models import Branch, Plan
from plans.services.versions import branch_write, revision_head
from tests.plans.factories import main_of

_numbers = count(1)


def loaded(plan: Plan, files: Mapping[str, str]) -> None:
    """Loads files into the context of `main`, in one commit."""
    main = main_of(plan)
    items = [
        NewContext(context_type=ContextType.FILE, name=path, file_path=path, body=body)
        for path, body in files.items()
    ]
    context_load(branch=main, user_id=main.owner_id, items=items, limits=plan_limits(main))


def made(path: str, content: str) -> Result:
    """A new file."""
    return _result(path, content=content, empty_file=not content)


def edited(path: str, *pairs: tuple[str, str]) -> Result:
    """Replacements in a file: pairs of old and new text."""
    replacements = [Replacement(id=new_id(), old=old, new=new) for old, new in pairs]
    return _result(path, replacements=replacements)


def removed(path: str) -> Result:
    return _result(path, removed_file=True)


def moved(source: str, target: str, content: str) -> list[Result]:
    return [removed(source), made(target, content)]


def built(
    plan: Plan,
    results: Sequence[Result],
    *,
    commit_msg: str = "",
    operations: Sequence[StoredOperation] | None = None,
    did_build: bool = True,
    invalidated: Mapping[str, bool] | None = None,
) -> Description:
    """A reply with its description, and the results of its builds: one commit. `invalidated` are
    the paths to build again."""
    reply_id = f"reply-{next(_numbers)}"
    if operations is None:
        operations = [operation(result.path) for result in results]
    description = Description(
        id=new_id(),
        convo_message_id=reply_id,
        created_at=now(),
        updated_at=now(),
        wrote_files=True,
        commit_msg=commit_msg,
        operations=list(operations),
        did_build=did_build,
        build_paths_invalidated=dict(invalidated or {}),
    )
    with branch_write(main_of(plan)) as draft:
        draft.put(Kind.DESCRIPTION, description.id, encode(description))
        for result in results:
            result.convo_message_id = reply_id
            draft.put(Kind.RESULT, result.id, encode(result))
        draft.message = "🏗️  Build pending changes"
    return description


def operation(path: str, *, kind: str = "file", destination: str = "") -> StoredOperation:
    return StoredOperation(kind=kind, path=path, destination=destination, content="…")


def results_of(branch: Branch) -> list[Result]:
    return decode_results(revision_head(branch).read_all(Kind.RESULT).values())


def descriptions_of(branch: Branch) -> list[Description]:
    return decode_descriptions(revision_head(branch).read_all(Kind.DESCRIPTION).values())


def scripts_of(branch: Branch) -> list[str]:
    """The scripts that the branch's applies executed."""
    applies = decode_applies(revision_head(branch).read_all(Kind.APPLY).values())
    return [apply.script for apply in applies]


def _result(
    path: str,
    *,
    content: str = "",
    replacements: list[Replacement] | None = None,
    removed_file: bool = False,
    empty_file: bool = False,
) -> Result:
    moment = now()
    return Result(
        id=new_id(),
        convo_message_id="",
        plan_build_id=new_id(),
        path=path,
        created_at=moment,
        updated_at=moment,
        content=content,
        replacements=replacements,
        removed_file=removed_file,
        empty_file=empty_file,
    )
