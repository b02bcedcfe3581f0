from plandex_server.errors import (
    ApiError,
    BadRequest,
    Conflict,
    NotFound,
    TooManyRequests,
    Unprocessable,
)


class AlreadyRunning(Conflict):
    code = "already_running"

    def __init__(self, plan_id: str, branch: str) -> None:
        super().__init__(
            f"Error telling plan: plan {plan_id} branch {branch} "
            "already has an active stream on this host"
        )


class NothingToBuild(NotFound):
    """The CLI compares this text and prints a friendly line."""

    code = "no_builds"

    def __init__(self) -> None:
        super().__init__("No builds")


class NoActiveRun(NotFound):
    code = "no_active_run"

    def __init__(self) -> None:
        super().__init__("No active model stream for plan")


class KeyReused(Conflict):
    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key came with another request before")


class TooManyRuns(TooManyRequests):
    code = "too_many_runs"

    def __init__(self, limit: int) -> None:
        runs = "run" if limit == 1 else "runs"
        super().__init__(
            f"You have {limit} {runs} in progress, which is all that this server allows one user; "
            "wait for one to end, or stop one"
        )


class MissingCredentials(BadRequest):
    code = "missing_credentials"


class BadKey(BadRequest):
    code = "bad_provider_key"


class KeyRefused(Unprocessable):
    code = "provider_key_refused"


class RunFailed(ApiError):
    """Ends a run with an error that its user sees: `outer: inner: detail`."""

    code = "run_failed"


class BudgetReached(RunFailed):
    """A model call does not fit into a budget; the text says which."""

    status = 422
    code = "budget_reached"


class NoMessages(RunFailed):
    status = 400
    type = "continue_no_messages"

    def __init__(self) -> None:
        super().__init__("No messages yet. Can't continue plan.")


class TooManyTokens(Unprocessable):
    code = "too_many_tokens"


class BranchBusy(Conflict):
    code = "branch_busy"

    def __init__(self, branch: str) -> None:
        super().__init__(
            f"The plan is running on branch {branch[:100]}; stop it or wait for its end"
        )
