"""Where a run's time went: the parts add up to the whole."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution.logic.run_time import CallTime, RunTime, run_time

START = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def at(ms: int) -> datetime:
    return START + timedelta(milliseconds=ms)


def call(began: int, first: int | None, ended: int) -> CallTime:
    return CallTime(at(began), None if first is None else at(first), at(ended))


@pytest.mark.parametrize(
    ("calls", "parts"),
    [
        ([], RunTime(queued=100, thinking=0, streaming=0, server=900)),
        ([call(200, 500, 800)], RunTime(100, 300, 300, 300)),
        # One after the other, and an error before the first token.
        ([call(200, None, 300), call(300, 400, 600)], RunTime(100, 200, 200, 500)),
        # Both at once: while one speaks, nobody waits for the other.
        ([call(200, 300, 600), call(200, 500, 700)], RunTime(100, 100, 400, 400)),
        # It outlives the run.
        ([call(700, 800, 5000)], RunTime(100, 100, 200, 600)),
        ([call(-50, -20, 20)], RunTime(100, 0, 0, 900)),
    ],
)
def test_it_works(calls: list[CallTime], parts: RunTime) -> None:
    assert run_time(at(0), at(100), at(1000), calls) == parts


def test_a_run_that_nobody_took_only_waited() -> None:
    assert run_time(at(0), at(900), at(400), []) == RunTime(400, 0, 0, 0)
    assert run_time(at(0), None, at(400), []) == RunTime(0, 0, 0, 400)


_MOMENTS = st.integers(-500, 5000)
_CALLS = st.lists(st.tuples(_MOMENTS, st.integers(0, 900), st.integers(0, 900), st.booleans()))


@given(st.integers(0, 3000), st.integers(0, 4000), _CALLS)
def test_the_parts_are_the_whole(
    began: int, ended: int, calls: list[tuple[int, int, int, bool]]
) -> None:
    spans = [
        call(start, start + wait if said else None, start + wait + spoke)
        for start, wait, spoke, said in calls
    ]
    parts = run_time(at(0), at(began), at(ended), spans)
    assert parts.total == ended
    assert min(parts.queued, parts.thinking, parts.streaming, parts.server) >= 0
