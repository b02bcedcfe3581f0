"""When a run is taken from a process that gives no sign of life."""

from datetime import UTC, datetime, timedelta

from execution.logic.silence import Sign, Silence

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
OLD = Sign("a worker", NOON - timedelta(days=1))
NEW = Sign("a worker", NOON)
FREE = Sign("", NOON)


def _silence() -> Silence:
    return Silence(owned=9.0, free=2.0, gap=5.0)


def _looks(silence: Silence, sign: Sign, start: float, stop: float) -> bool:
    """Looks once a second; whether the run is to be taken at the last look."""
    taken = False
    for second in range(int(stop - start) + 1):
        taken = "run" in silence.look({"run": sign}, start + second)
    return taken


def test_a_silent_owner_loses_its_run() -> None:
    silence = _silence()
    assert not _looks(silence, OLD, 0, 8)
    assert silence.look({"run": OLD}, 9) == {"run": OLD}


def test_how_old_a_sign_is_does_not_matter() -> None:
    assert _silence().look({"run": OLD}, 1000) == {}


def test_a_new_sign_begins_the_count_again() -> None:
    silence = _silence()
    _looks(silence, OLD, 0, 8)
    assert not _looks(silence, NEW, 9, 17)
    assert silence.look({"run": NEW}, 18)


def test_a_sign_from_the_past_is_a_sign() -> None:
    silence = _silence()
    _looks(silence, NEW, 0, 8)
    assert silence.look({"run": OLD}, 9) == {}


def test_a_run_without_an_owner_is_taken_sooner() -> None:
    silence = _silence()
    assert not _looks(silence, FREE, 0, 1)
    assert silence.look({"run": FREE}, 2)


def test_who_could_not_look_begins_again() -> None:
    silence = _silence()
    _looks(silence, OLD, 0, 8)
    assert silence.look({"run": OLD}, 14) == {}
    assert not _looks(silence, OLD, 15, 22)
    assert silence.look({"run": OLD}, 23)


def test_a_run_that_ended_is_forgotten() -> None:
    silence = _silence()
    _looks(silence, OLD, 0, 8)
    silence.look({}, 9)
    assert silence.look({"run": OLD}, 10) == {}
