"""What is found to be a stream is what Django's resolver would find."""

import inspect
from collections.abc import Iterable

import pytest
from django.conf import settings
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from plandex_server.stream_paths import _whole_paths, stream_match

PLAN = "8a2a7de0-7ff5-4c4c-b3a1-0a6f3b0d2f11"
PATHS = [
    "/health/live",
    "/health/ready",
    *(f"/plans/{PLAN}/main/{word}" for word in ("tell", "build", "connect", "stop")),
    f"/plans/{PLAN}/a b/tell",
    f"/plans/{PLAN}/current_plan/tell",
    f"/plans/{PLAN}/branches/stop",
    f"/plans/{PLAN}/main/tell/tell",
    f"/plans/{PLAN}/main/tell/",
    f"/plans/{PLAN}/tell",
    "/plans/tell",
    "/tell",
    "tell",
    "xhealth/live",
    "/",
    "",
    "//tell",
    f"//plans/{PLAN}/main/tell",
    f"/plans/{PLAN}//tell",
    f"/plans/{PLAN}/main\n/tell",
    "/custom_models/openai/live",
    "/orgs/users/stop",
    "/admin/tell",
    "/admin/execution/run/stop",
    "/health",
]


@pytest.mark.parametrize("path", PATHS)
def test_it_is_what_the_resolver_finds(path: str) -> None:
    try:
        resolved = resolve(path)
    except Resolver404:
        resolved = None
    found = stream_match(path)
    if resolved is None or not inspect.iscoroutinefunction(resolved.func):
        assert found is None
        return
    assert found is not None
    for name in ("func", "args", "kwargs", "route"):
        assert getattr(found, name) == getattr(resolved, name)


def test_every_coroutine_view_is_found_by_its_word() -> None:
    patterns = [*_whole_paths(get_resolver())]
    streams = [one for one in patterns if inspect.iscoroutinefunction(one.callback)]
    words = {str(one.pattern).rpartition("/")[2] for one in streams}
    assert words == settings.STREAMING_WORDS
    assert len(streams) == len(_coroutines(get_resolver().url_patterns))


def _coroutines(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern]:
    """All of them, below whatever prefix."""
    found: list[URLPattern] = []
    for one in patterns:
        if isinstance(one, URLPattern):
            found += [one] if inspect.iscoroutinefunction(one.callback) else []
        else:
            found += _coroutines(one.url_patterns)
    return found
