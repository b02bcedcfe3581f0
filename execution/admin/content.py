"""What a plan holds, for its page. Only reads; large texts are read on pages of their own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from context.logic.items import ContextItem, items_decode
from execution.logic.changes import Result, decode_results, pending_by_path
from execution.models import Run
from execution.selectors import latest_summary
from execution.services.diffs import pending_diff
from execution.services.turns import plan_state_read
from plans.logic.convo import ConvoMessage, Subtask
from plans.logic.names import MAIN
from plans.logic.versions import Kind
from plans.models import Branch, Plan
from plans.selectors import LogEntry, log_shown
from plans.services.convo import convo_read, subtasks_read
from plans.services.versions import revision_head

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
MOST_CONTEXTS = 500
MOST_MESSAGES = 40
MOST_LOG = 100
MOST_RUNS = 20
MOST_TEXT = 200_000
"""Characters of one text on a page."""


@dataclass(frozen=True, slots=True)
class Change:
    """A path with something pending."""

    path: str
    what: str


@dataclass(frozen=True, slots=True)
class PlanContent:
    """A plan as it is on one of its branches; long lists are cut to their newest or first part."""

    branches: Sequence[Branch]
    branch: Branch
    contexts: Sequence[ContextItem]
    context_count: int
    messages: Sequence[ConvoMessage]
    message_count: int
    summary: str
    subtasks: Sequence[Subtask]
    changes: Sequence[Change]
    log: Sequence[LogEntry]
    runs: Sequence[Run]


def plan_content(plan: Plan, branch_name: str) -> PlanContent | None:
    """The plan on the named branch, else on `main`; None for a plan without branches."""
    branches = list(Branch.objects.filter(plan=plan).select_related("head").order_by("created_at"))
    branch = _chosen(branches, branch_name)
    if branch is None:
        return None
    revision = revision_head(branch)
    items = items_decode(revision.read_all(Kind.CONTEXT))
    messages = convo_read(revision)
    results = decode_results(revision.read_all(Kind.RESULT).values())
    runs = Run.objects.filter(branch=branch).select_related("user").order_by("-created_at")
    return PlanContent(
        branches=branches,
        branch=branch,
        contexts=items[:MOST_CONTEXTS],
        context_count=len(items),
        messages=messages[-MOST_MESSAGES:],
        message_count=len(messages),
        summary=latest_summary(branch),
        subtasks=subtasks_read(revision),
        changes=[
            Change(path, _what(pending)) for path, pending in pending_by_path(results).items()
        ],
        log=[_plain(entry) for entry in log_shown(branch)[:MOST_LOG]],
        runs=list(runs.defer("request", "sealed_credentials")[:MOST_RUNS]),
    )


def plan_diff(branch: Branch) -> str:
    """The pending changes as `plandex diff` shows them, cut to what a page can hold."""
    diff = pending_diff(plan_state_read(revision_head(branch)), colour=False)
    return diff.decode(errors="replace")[:MOST_TEXT]


def context_body(branch: Branch, item_id: str) -> str | None:
    """The text of one context item, cut to what a page can hold; None where there is none."""
    body = revision_head(branch).read(Kind.BODY, item_id)
    return None if body is None else body.decode(errors="replace")[:MOST_TEXT]


def branch_of(plan: Plan, name: str) -> Branch | None:
    return Branch.objects.filter(plan=plan, name=name).select_related("head").first()


def _chosen(branches: Sequence[Branch], name: str) -> Branch | None:
    by_name = {branch.name: branch for branch in branches}
    return by_name.get(name) or by_name.get(MAIN) or next(iter(branches), None)


def _plain(entry: LogEntry) -> LogEntry:
    """Without the colours, which are a terminal's."""
    return entry._replace(message=_COLOURS.sub("", entry.message))


def _what(pending: Sequence[Result]) -> str:
    if pending[-1].removed_file:
        return "removed"
    if any(result.content or result.empty_file for result in pending):
        return "new file"
    count = sum(len(result.live_replacements) for result in pending)
    return f"{count} edit(s)"
