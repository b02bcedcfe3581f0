"""`/metrics`: who may read it, and what a run leaves in it."""

import asyncio
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from execution.logic.model_errors import http_error
from plandex_server.observe.metrics import MOST_NAMES, Names
from plandex_server.operations import exposition
from tests.execution.runs.conftest import quick_flush, stage  # noqa: F401  # fixtures
from tests.execution.runs.exchange import Exchange
from tests.execution.runs.replies import creating, done, plan_of
from tests.execution.runs.stage import Stage, on_stage

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture(autouse=True)
def fresh_look() -> Iterator[None]:
    exposition.whole.cache_clear()
    yield
    exposition.whole.cache_clear()


def samples(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scraped() -> Samples:
    return samples(exposition.process_metrics_text().decode())


class Since:
    """What was counted since."""

    def __init__(self) -> None:
        self._before = scraped()

    def __call__(self, name: str, **labels: str) -> float:
        wanted = labels.items()
        return sum(
            value - self._before.get(key, 0.0)
            for key, value in scraped().items()
            if key[0] == name and wanted <= dict(key[1]).items()
        )


@pytest.mark.django_db
def test_it_works() -> None:
    response = Client().get("/metrics")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    found = samples(response.content.decode())
    assert found["plandex_part_up", (("part", "database"),)] == 1
    assert found["plandex_runs", (("state", "running"),)] == 0
    assert found["plandex_disk_free_bytes", ()] > 0
    assert found["plandex_info", (("version", "1.0.0"),)] == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("10.1.2.3", {}, 403),
        ("not an address", {}, 403),
        # a proxy on this machine that nobody told the server of
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 403),
        ("10.1.2.3", {"Authorization": "Bearer wrong"}, 403),
        ("10.1.2.3", {"Authorization": "Bearer a-long-token"}, 200),
    ],
)
def test_who_may_read(
    settings: Settings, address: str, headers: dict[str, str], status: int
) -> None:
    settings.METRICS_TOKEN = "a-long-token"
    response = Client().get("/metrics", headers=headers, REMOTE_ADDR=address)
    assert response.status_code == status


@pytest.mark.django_db
def test_without_a_token_an_empty_bearer_opens_nothing() -> None:
    response = Client().get(
        "/metrics", headers={"Authorization": "Bearer "}, REMOTE_ADDR="10.1.2.3"
    )
    assert response.status_code == 403


@pytest.mark.django_db
def test_networks_behind_a_proxy(settings: Settings) -> None:
    settings.PROXY_COUNT = 1
    settings.METRICS_NETWORKS = ["10.9.0.0/16"]
    inside = Client().get("/metrics", headers={"X-Forwarded-For": "10.9.1.2"})
    outside = Client().get("/metrics", headers={"X-Forwarded-For": "10.9.1.2, 203.0.113.9"})
    assert (inside.status_code, outside.status_code) == (200, 403)


def test_requests_are_counted_by_route(transactional_db: None) -> None:
    since = Since()

    async def ask() -> None:
        for path in ("/health", "/health", "/plans/1234/main/context", "/no/such/path"):
            await Exchange("GET", path, {}, b"").reply()

    asyncio.run(ask())
    assert since("plandex_requests_total", route="/health", status="200") == 2
    route = "/plans/<str:plan_id>/<str:branch>/context"
    assert since("plandex_requests_total", route=route, status="401") == 1
    assert since("plandex_requests_total", route="none", status="404") == 1
    assert since("plandex_request_seconds_count", route="/health") == 2


def test_request_ids() -> None:
    async def ask(**headers: str) -> str:
        reply = await Exchange("GET", "/health", headers, b"").reply()
        return reply.headers["X-Request-Id"]

    assert asyncio.run(ask(**{"X-Request-Id": "abc-123"})) == "abc-123"
    for refused in ("", "a b", "x" * 65, "a\x1bb", "é"):
        assert re.fullmatch("[0-9a-f]{16}", asyncio.run(ask(**{"X-Request-Id": refused})))


@on_stage
async def test_a_run(stage: Stage) -> None:  # noqa: F811  # the fixture
    since = Since()
    stage.models.queue("planner", http_error(503, "overloaded", {}))
    stage.models.queue("planner", plan_of("Write new.py"))
    stage.models.queue("coder", creating("new.py", "x = 1\n"), done("Write new.py"))
    viewer = await stage.tell(headers={"X-Request-Id": "asked-1"})
    route = "/plans/<str:plan_id>/<str:branch>/tell"
    assert since("plandex_streams_open", route=route) == 1
    await viewer.end()
    await stage.settled()
    assert viewer.headers["X-Request-Id"] == "asked-1"
    assert since("plandex_streams_open", route=route) == 0
    assert since("plandex_runs_started_total", kind="tell") == 1
    assert since("plandex_runs_executing") == 0
    assert since("plandex_runs_ended_total", kind="tell", end="finished") == 1
    assert since("plandex_run_queue_seconds_count") == 1
    assert since("plandex_run_first_text_seconds_count") == 1
    assert since("plandex_model_calls_total", role="planner", result="error") == 1
    assert since("plandex_model_errors_total", provider="openrouter") == 1
    assert since("plandex_model_tokens_total", role="commit-messages", type="cached_input") == 600
    assert since("plandex_model_tokens_total", role="commit-messages", type="input") == 400
    assert since("plandex_model_tokens_total", role="commit-messages", type="output") == 43
    assert since("plandex_model_tokens_total", role="commit-messages", type="reasoning") == 7
    assert since("plandex_builds_total", way="new_file") == 1


def test_names_that_users_choose_are_limited() -> None:
    names = Names()
    for number in range(MOST_NAMES + 5):
        names(f"name {number}")
    assert names("name 0") == "name 0"
    assert names("one more") == "other"
