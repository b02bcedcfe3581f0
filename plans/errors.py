from plandex_server.errors import BadRequest, Conflict, Forbidden, NotFound


class PlanNotFound(NotFound):
    code = "plan_not_found"

    def __init__(self) -> None:
        super().__init__("This plan does not exist, or you can't see it.")


class MayNotUpdate(Forbidden):
    """The plan is in reach, which is not enough to change it."""

    def __init__(self) -> None:
        super().__init__("User does not have permission to update plan")


class BranchNotFound(NotFound):
    code = "branch_not_found"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no branch named {name[:100]} in this plan.")


class BranchExists(Conflict):
    code = "branch_exists"

    def __init__(self, name: str) -> None:
        super().__init__(f"A branch named {name[:100]} already exists in this plan.")


class RevisionNotFound(NotFound):
    code = "revision_not_found"

    def __init__(self, sha: str) -> None:
        super().__init__(f"There is no revision {sha[:64]} in this plan's history.")


class StaleBranch(Conflict):
    code = "stale_branch"

    def __init__(self, name: str) -> None:
        super().__init__(f"The branch {name[:100]} changed meanwhile; please try again.")


class InvalidName(BadRequest):
    code = "invalid_name"


class WrongArchiveState(BadRequest):
    code = "wrong_archive_state"
