"""The metrics of this process. `docs/operations/metrics.md` explains each; `/metrics` shows them.

Their labels have few values: names that users choose share one value once there are too many.
"""

from prometheus_client import REGISTRY, Counter, Gauge, Histogram

MOST_NAMES = 100
OTHER = "other"

_QUICK = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
_MODEL = (0.2, 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300)
_RUN = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 7200)
_QUEUE = (0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300)

REQUESTS = Counter(
    "plandex_requests",
    "Requests by route and status.",
    ("method", "route", "status"),
)
REQUEST_SECONDS = Histogram(
    "plandex_request_seconds",
    "Time until the answer, or until a stream's first byte.",
    ("method", "route"),
    buckets=_QUICK,
)
STREAMS_OPEN = Gauge("plandex_streams_open", "Streams that clients follow now.", ("route",))

RUNS_STARTED = Counter("plandex_runs_started", "Runs that this process began.", ("kind",))
RUNS_EXECUTING = Gauge("plandex_runs_executing", "Runs that this process executes.")
RUNS_ENDED = Counter("plandex_runs_ended", "Runs that ended here.", ("kind", "end"))
RUN_SECONDS = Histogram(
    "plandex_run_seconds", "Time from a request to its run's end.", ("kind",), buckets=_RUN
)
RUN_QUEUE_SECONDS = Histogram(
    "plandex_run_queue_seconds", "Time from a request until its run began.", buckets=_QUEUE
)
RUN_FIRST_TEXT_SECONDS = Histogram(
    "plandex_run_first_text_seconds",
    "Time from a request until the first text for its user.",
    buckets=_MODEL,
)

_CALL = ("provider", "model", "role")
MODEL_CALLS = Counter("plandex_model_calls", "Calls of models by result.", (*_CALL, "result"))
MODEL_ERRORS = Counter("plandex_model_errors", "Calls of models that failed.", ("provider", "kind"))
MODEL_TOKENS = Counter("plandex_model_tokens", "Tokens of models.", (*_CALL, "type"))
MODEL_COST = Counter(
    "plandex_model_cost_dollars", "Cost of models, as far as prices are known.", _CALL
)
MODEL_FIRST_TOKEN_SECONDS = Histogram(
    "plandex_model_first_token_seconds",
    "Time until a model's first token.",
    ("provider", "model"),
    buckets=_MODEL,
)
MODEL_SECONDS = Histogram(
    "plandex_model_call_seconds", "Time of whole calls.", ("provider", "model"), buckets=_MODEL
)

BUILDS = Counter("plandex_builds", "File operations by the way they were placed.", ("way",))

__all__ = ["REGISTRY"]


class Names:
    """The values of a label that users choose: the first hundred, then one for all others."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def __call__(self, name: str) -> str:
        if name in self._known:
            return name
        if len(self._known) >= MOST_NAMES:
            return OTHER
        self._known.add(name)
        return name


provider_name = Names()
model_name = Names()
