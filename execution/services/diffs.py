"""The pending changes of a plan as a diff."""

from execution.logic.git_diff import git_diff
from execution.services.turns import PlanState


def pending_diff(state: PlanState, *, colour: bool) -> bytes:
    """As git shows it: from the loaded files to the pending ones. Empty if nothing is pending."""
    files = state.files
    bodies = state.body_by_path
    old = {path: bodies[path] for path in files.files if path in bodies}
    # A file that was never loaded has no known content: its removal shows as that of nothing.
    old |= {path: bodies.get(path, "") for path in files.removed}
    return git_diff(old, files.files, colour=colour)
