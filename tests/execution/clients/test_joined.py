"""Pieces of an answer that arrived together are passed on as one."""

from collections.abc import Iterator

import pytest

from execution.clients.base import Delta, Usage
from execution.clients.streaming_client import joined
from execution.logic.model_errors import ModelError, connection_error


def _joined(*deltas: Delta) -> list[Delta]:
    return list(joined(iter(deltas)))


def test_text_becomes_one_piece_that_knows_its_chunks() -> None:
    assert _joined(Delta("a"), Delta("b"), Delta("c")) == [Delta("abc", chunks=3)]


def test_one_piece_stays_as_it_is() -> None:
    delta = Delta("a")
    assert _joined(delta)[0] is delta
    assert _joined() == []


def test_thoughts_and_the_text_after_them_are_one() -> None:
    told = _joined(Delta(reasoning="x"), Delta(reasoning="y"), Delta("a"))
    assert told == [Delta("a", "xy", chunks=3)]


def test_a_thought_after_text_does_not_overtake_it() -> None:
    told = _joined(Delta("a"), Delta(reasoning="x"), Delta("b"))
    assert told == [Delta("a"), Delta("b", "x", chunks=2)]


def test_an_end_stands_alone() -> None:
    last, counted = Delta("c", finish="stop"), Delta(usage=Usage(1, 2))
    assert _joined(Delta("a"), Delta("b"), last, counted) == [Delta("ab", chunks=2), last, counted]


def test_text_before_a_failure_is_passed_on() -> None:
    def broken() -> Iterator[Delta]:
        yield Delta("a")
        yield Delta("b")
        raise connection_error("cut")

    told = joined(broken())
    assert next(told) == Delta("ab", chunks=2)
    with pytest.raises(ModelError):
        next(told)
