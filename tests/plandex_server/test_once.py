import threading
from concurrent.futures import ThreadPoolExecutor

from plandex_server.once import once


def test_threads_that_come_at_the_same_moment_get_the_same() -> None:
    makers = []
    second = threading.Event()

    @once
    def thing() -> object:
        makers.append(threading.get_ident())
        if len(makers) > 1:
            second.set()
        second.wait(0.2)  # whoever may come in beside comes now
        return object()

    with ThreadPoolExecutor(4) as threads:
        found = {id(answer.result()) for answer in [threads.submit(thing) for _ in range(4)]}
    assert found == {id(thing())}
    assert len(makers) == 1
