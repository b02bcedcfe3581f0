"""How often the answers of models are read."""

import asyncio
from contextlib import ExitStack

from execution.clients import reading
from execution.clients.reading import FEW, LONGEST_S, MANY, Reading, pause_between


def test_few_streams_are_read_at_once() -> None:
    assert {pause_between(streams) for streams in (0, 1, FEW)} == {0.0}


def test_the_more_streams_the_longer_they_pause() -> None:
    pauses = [pause_between(streams) for streams in range(0, MANY + 50, 10)]
    assert pauses == sorted(pauses)
    assert pause_between(FEW + (MANY - FEW) // 2) == LONGEST_S / 2
    assert pause_between(10 * MANY) == LONGEST_S


def test_a_pause_takes_its_time_and_ends_with_the_streams() -> None:
    streams = Reading()

    async def paused() -> float:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await asyncio.gather(*(streams.pause() for _ in range(3)))
        return loop.time() - begun

    with ExitStack() as many:
        for _ in range(MANY):
            many.enter_context(streams.stream())
        assert asyncio.run(paused()) >= LONGEST_S - reading.EARLY_S
        assert asyncio.run(paused()) >= LONGEST_S - reading.EARLY_S  # on a loop of its own
    assert asyncio.run(paused()) < LONGEST_S


def test_a_stream_may_be_stopped_while_it_pauses() -> None:
    streams = Reading()

    async def play() -> None:
        pausing = asyncio.create_task(streams.pause())
        await asyncio.sleep(0)
        pausing.cancel()
        await asyncio.wait({pausing})
        assert pausing.cancelled()
        await streams.pause()

    with ExitStack() as many:
        for _ in range(MANY):
            many.enter_context(streams.stream())
        asyncio.run(play())


def test_a_pause_says_how_long_it_was() -> None:
    streams = Reading()
    assert asyncio.run(streams.pause()) == 0.0
    with ExitStack() as many:
        for _ in range(MANY):
            many.enter_context(streams.stream())
        assert asyncio.run(streams.pause()) == LONGEST_S
