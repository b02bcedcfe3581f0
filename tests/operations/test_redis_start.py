"""What a process says of Redis when it starts."""

import socketserver
import threading
from collections.abc import Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from pytest_django import Settings

from execution.management import redis_start
from execution.management.redis_start import is_redis_address, redis_await, redis_tell
from plandex_server.env import env_secrets

NOBODY = "redis://user:secret@127.0.0.1:1/0"


class _Refusing(socketserver.StreamRequestHandler):
    """A Redis that lets nobody in."""

    def handle(self) -> None:
        for line in self.rfile:
            if line.startswith(b"*"):
                self.wfile.write(b"-WRONGPASS invalid username-password pair\r\n")


@pytest.fixture
def refusing() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"redis://user:secret@127.0.0.1:{server.server_address[1]}/0"
        server.shutdown()


def test_a_web_process_says_that_it_serves_without_it(settings: Settings) -> None:
    settings.REDIS_URL = NOBODY
    told: list[str] = []
    redis_tell(told.append)
    (line,) = told
    assert "Redis at 127.0.0.1:1 does not answer: serving without it" in line
    assert "secret" not in line


def test_a_worker_says_that_it_waits_and_until_when(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = NOBODY
    answers = iter([True, True, True, False])
    monkeypatch.setattr(redis_start, "_is_away", lambda: next(answers))
    told: list[str] = []
    pauses: list[float] = []
    redis_await(told.append, pauses.append)
    assert told == ["Redis at 127.0.0.1:1 does not answer: waiting for it.", "Redis answers."]
    assert len(pauses) == 2


def test_a_refusal_is_not_waited_for(settings: Settings, refusing: str) -> None:
    settings.REDIS_URL = refusing
    for look in (redis_tell, redis_await):
        with pytest.raises(CommandError) as refused:
            look(lambda line: None)
        assert "refuses REDIS_URL" in str(refused.value)
        assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("redis://redis:6379/0", True),
        ("rediss://:password@redis/2", True),
        ("unix:///run/redis.sock", True),
        ("http://redis:6379", False),
        ("redis://redis:port/0", False),
        ("redis", False),
    ],
)
def test_addresses_of_a_redis(url: str, is_one: bool) -> None:
    assert is_redis_address(url) is is_one


def test_several_secrets_in_one_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOME_KEYS", raising=False)
    assert env_secrets("SOME_KEYS") == []
    monkeypatch.setenv("SOME_KEYS", "new, old")
    assert env_secrets("SOME_KEYS") == ["new", "old"]
    for nonsense in (",", "new,", "new,,old"):
        monkeypatch.setenv("SOME_KEYS", nonsense)
        with pytest.raises(ImproperlyConfigured, match="none of them empty"):
            env_secrets("SOME_KEYS")
