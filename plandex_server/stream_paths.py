"""Which paths are streams. Django's resolver would try two hundred patterns for each of them."""

import inspect
from collections.abc import Iterator
from functools import lru_cache

from django.conf import settings
from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver


def stream_match(path: str) -> ResolverMatch | None:
    """What a path matches, if that is a coroutine view."""
    root, path = path[:1], path[1:]
    if root != "/":
        return None
    for pattern, is_stream in _patterns().get(path.rpartition("/")[2], ()):
        match = pattern.resolve(path)
        if match is not None:
            return match if is_stream else None
    return None


@lru_cache(maxsize=1)
def _patterns() -> dict[str, list[tuple[URLPattern, bool]]]:
    """By the last word of a stream's path: the patterns that such a path may match, in their
    order, and whether they are streams'."""
    patterns = list(_whole_paths(get_resolver()))
    found = {}
    for word in settings.STREAMING_WORDS:
        ends = [(one, str(one.pattern).rpartition("/")[2]) for one in patterns]
        found[word] = [
            (one, inspect.iscoroutinefunction(one.callback))
            for one, end in ends
            if end == word or "<" in end
        ]
    return found


def _whole_paths(resolver: URLResolver) -> Iterator[URLPattern]:
    """The patterns of the API. What is below a prefix is the admin's, which has no streams."""
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield one
        elif not str(one.pattern):
            yield from _whole_paths(one)
