"""How long text waits for company."""

from execution.logic.bundling import FEW, LONGEST_S, MANY, SHORTEST_S, WAY_S, frame_wait, news_wait


def test_few_streams_wait_shortest() -> None:
    assert {frame_wait(streams) for streams in (0, 1, FEW)} == {SHORTEST_S}


def test_many_streams_wait_longest() -> None:
    assert {frame_wait(streams) for streams in (MANY, 10 * MANY)} == {LONGEST_S}


def test_between_them_it_grows_evenly() -> None:
    assert frame_wait((FEW + MANY) // 2) == (SHORTEST_S + LONGEST_S) / 2
    waits = [frame_wait(streams) for streams in range(MANY + FEW)]
    assert waits == sorted(waits)


def test_in_a_worker_it_leaves_time_for_the_way() -> None:
    assert all(frame_wait(n) - news_wait(n) == WAY_S for n in (1, FEW, MANY))
