"""What plans and branches may be called."""

import re
from collections.abc import Iterable
from itertools import count

from plandex_server.api.names import CONTROLS, holds_controls

MAIN = "main"
DRAFT = "draft"
MAX_NAME_LENGTH = 255

# Words that follow a plan's id in an address; a branch of that name could not be reached there.
_ADDRESS_WORDS = frozenset(
    "archive branches config current_plan rename share unarchive unshare".split()
)
_ADDRESS_MARKS = "/?#%\\"
# White space, and what shows nothing or turns the text's direction: for a regex's class.
_BLANKS = (
    r"\x20\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
    r"\ufff9-\ufffb"
)
_BLANK = re.compile(f"[{CONTROLS}{_BLANKS}]")
BRANCH_NAME_PATTERN = (
    rf"^(?!({'|'.join(sorted(_ADDRESS_WORDS))}|HEAD)$)(?![-.])(?!.*\.\.)"
    rf"[^{CONTROLS}{_BLANKS}/?#%\\]+$"
)
"""The names that `branch_name_problem` has nothing against, for the API description."""


def branch_name_problem(name: str) -> str:
    """Why no branch may have this name, in one sentence; empty when it may.

    A branch name is one segment of an address, and older clients check it out with git.
    """
    if not name:
        return "A branch needs a name"
    if len(name) > MAX_NAME_LENGTH:
        return f"A branch name has at most {MAX_NAME_LENGTH} characters"
    if _BLANK.search(name):
        return "A branch name may not contain white space, control or invisible characters"
    if any(mark in name for mark in _ADDRESS_MARKS):
        return r"A branch name may not contain /, \, ?, # or %"
    if name.startswith(("-", ".")):
        return "A branch name may not start with - or ."
    if ".." in name:
        return "A branch name may not contain .."
    if name == "HEAD" or name in _ADDRESS_WORDS:
        return f"{name} is a reserved name, choose another one for the branch"
    return ""


def plan_name_problem(name: str) -> str:
    """Why no plan may have this name, in one sentence; empty when it may."""
    if not name.strip():
        return "Name cannot be empty"
    if len(name) > MAX_NAME_LENGTH:
        return f"A plan name has at most {MAX_NAME_LENGTH} characters"
    if holds_controls(name):
        return "A plan name may not contain control characters"
    return ""


def first_free_name(name: str, taken: Iterable[str]) -> str:
    """The name itself or, when it is taken, the first of name.2, name.3, … that is free."""
    used = set(taken)
    if name not in used:
        return name
    for number in count(2):
        suffix = f".{number}"
        candidate = name[: MAX_NAME_LENGTH - len(suffix)] + suffix
        if candidate not in used:
            return candidate
    raise AssertionError("counting does not end")
