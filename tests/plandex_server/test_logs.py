"""Log lines: one object each where asked for, with their ids, and never with a secret."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings

from plandex_server.observe import logs
from plandex_server.observe.redaction import HIDDEN, Redactor
from tests.execution.runs.conftest import quick_flush, stage  # noqa: F401  # fixtures
from tests.execution.runs.replies import creating, done, plan_of
from tests.execution.runs.stage import KEY, Stage, on_stage

OWN = "the-server-secret"
DATABASE = "postgresql://plandex:pa%24%24word@db/plandex"

SECRETS = [
    "sk-or-v1-0123456789abcdef",
    "sk-ant-api03-AbCdEf-0123456789",
    "sk-proj-abc_DEF-0123456789",
    "gsk_0123456789abcdefgh",
    "AIzaSyA0123456789abcdefghijklmnop",
    "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiJhYmMifQ.c2lnbmF0dXJlLXRleHQ",
    "eyJ0b2tlbiI6ImFiYyIsIm9yZ0lkIjoiMTIzIn0=",
    "Bearer 0123456789abcdef",
    "Basic dXNlcjpwYXNzd29yZA==",
    "https://user:hunter22@proxy.example.com/",
    "OPENAI_API_KEY=whatever-it-is",
    "{'api_key': 'whatever-it-is'}",
    '"password": "correct horse"',
    "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----",
    OWN,
    "pa%24%24word",
    "pa$$word",
]
PLAIN = [
    "run 0b6cdd2e-8f2b-4f3a-9d52-2c5a2d0e4a3f: a build failed",
    "GET /plans/1234/main/context",
    "a skating-tokens task-list, sk-1",
    "tokens: 1200 in, 50 out",
    "http://127.0.0.1:8099/health",
    "Basic editing of a file",
]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """What the handler of the settings would write, in JSON."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLine())
    handler.addFilter(logs.Finish([OWN, DATABASE]))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    caplog.set_level(logging.INFO, "plandex.requests")
    yield stream.getvalue
    root.removeHandler(handler)
    root.setLevel(level)


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_it_works(lines: Callable[[], str]) -> None:
    logging.getLogger("plandex.test").warning("%d builds of %s", 3, "a.py", extra={"plan_id": "p"})
    (line,) = objects(lines())
    assert line["message"] == "3 builds of a.py"
    assert (line["level"], line["logger"], line["plan_id"]) == ("WARNING", "plandex.test", "p")
    assert line["time"].endswith("+00:00")


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_redacted_wherever_they_stand(lines: Callable[[], str], secret: str) -> None:
    logger = logging.getLogger("plandex.test")
    logger.warning("it said %s", secret, extra={"note": secret})
    logger.warning(secret)
    try:
        raise ValueError(secret)
    except ValueError:
        logger.exception("failed")
    written = lines()
    bare = secret.replace("\n", "\\n")
    assert bare not in written
    for part in ("hunter22", "whatever", "horse", "MIIEvQ", "0123456789", OWN):
        assert part not in written
    assert written.count(HIDDEN) >= 4


@pytest.mark.parametrize("text", PLAIN)
def test_plain_words_stay(text: str) -> None:
    assert Redactor([OWN])(text) == text


@pytest.mark.parametrize("word", ["x", "token", "secret_", "a://", "sk-", "-----BEGIN "])
def test_long_words_take_no_longer_than_they_are_long(word: str) -> None:
    """A pattern that begins anew at each letter would not end within the hour."""
    text = word * (1_000_000 // len(word))
    assert Redactor([OWN])(text + " OPENAI_API_KEY=whatever-it-is").find("whatever") == -1


def test_arguments_that_do_not_fit_break_nothing(lines: Callable[[], str]) -> None:
    logging.getLogger("plandex.test").warning("%d", "sk-or-v1-0123456789abcdef")
    assert objects(lines())[0]["message"] == "%d"


def test_lines_for_people_name_their_ids() -> None:
    record = logging.makeLogRecord({"msg": "build failed", "name": "x", "levelname": "INFO"})
    logs.run_id.set("")
    logs.Finish().filter(record)
    assert logs.TextLine().format(record).endswith("x: build failed")
    record.run_id = "0b6cdd2e-8f2b"
    assert logs.TextLine().format(record).endswith("x: build failed [run_id=0b6cdd2e]")


def test_the_settings_put_every_line_through_the_filter() -> None:
    handlers = django_settings.LOGGING["handlers"]
    assert all(handler["filters"] == ["finish"] for handler in handlers.values())
    assert django_settings.SECRET_KEY in django_settings.LOGGING["filters"]["finish"]["secrets"]


@on_stage
async def test_a_run(stage: Stage, lines: Callable[[], str]) -> None:  # noqa: F811  # the fixture
    """Its lines tell where the time and the tokens went, and hold neither prompt, file nor key."""
    stage.models.queue("planner", plan_of("Write the secret recipe"))
    stage.models.queue("coder", creating("new.py", "pepper = 1\n"), done("Write the secret recipe"))
    await (await stage.tell("Cook a goulash.", headers={"X-Request-Id": "asked-1"})).end()
    run = await stage.run()
    await stage.settled()
    told = objects(lines())
    ours = [line for line in told if line["logger"] == "plandex.runs"]
    assert {line["run_id"] for line in ours} == {run.id}
    messages = [line["message"] for line in ours]
    assert messages[:2] == ["run asked for", "run began"]
    assert "run ended: finished" in messages
    assert ours[0]["request_id"] == "asked-1"
    calls = [line for line in ours if line["message"].startswith("model call")]
    assert {call["role"] for call in calls} >= {"planner", "coder"}
    assert all(call["output_tokens"] > 0 and call["total_ms"] >= 0 for call in calls)
    (ended,) = [line for line in ours if line["message"] == "run ended: finished"]
    parts = [ended[f"{part}_ms"] for part in ("queued", "thinking", "streaming", "server")]
    assert sum(parts) == ended["total_ms"]
    # The summary of the conversation may be there before the run is over, or come later.
    if ended["calls"] < len(calls):
        calls = [call for call in calls if not call["message"].endswith("Conversation summary")]
    assert ended["calls"] == len(calls) and ended["unpriced_calls"] == 0
    for name in ("cost", "input_tokens", "output_tokens"):
        assert ended[name] == pytest.approx(sum(call[name] for call in calls)), name
    (request,) = [line for line in told if line["logger"] == "plandex.requests"]
    assert (request["route"], request["status"]) == ("/plans/<str:plan_id>/<str:branch>/tell", 200)
    assert request["request_id"] == "asked-1"
    text = lines()
    for hidden in (KEY, "goulash", "pepper", "recipe"):
        assert hidden not in text
