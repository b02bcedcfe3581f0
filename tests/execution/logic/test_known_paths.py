import pytest

from execution.logic.known_paths import KnownPaths
from execution.logic.reply_grammar import Operation, OperationKind

KNOWN = KnownPaths(({"src/Store.py": True, "a.py": True, "A.py": True}, {"LICENSE", "b/New.py"}))


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        pytest.param("src/Store.py", "src/Store.py", id="known"),
        pytest.param("./src/Store.py", "src/Store.py", id="dot"),
        pytest.param("SRC/store.py", "src/Store.py", id="case"),
        pytest.param("./b/new.py", "b/New.py", id="dot and case, in the second group"),
        pytest.param("a.PY", "a.PY", id="one of two"),
        pytest.param("a.py", "a.py", id="known in two cases"),
        pytest.param("license", "license", id="no path"),
        pytest.param("src/other.py", "src/other.py", id="unknown"),
        pytest.param("./other.py", "./other.py", id="unknown with dot"),
        pytest.param("", "", id="empty"),
    ],
)
def test_the_path_that_is_meant(path: str, meant: str) -> None:
    assert KNOWN.meant(path) == meant


def test_an_operation_is_corrected_unless_its_file_is_new() -> None:
    edit = Operation(OperationKind.FILE, "src/store.py", description="Type: replace")
    new = Operation(OperationKind.FILE, "src/store.py", description="**x**\nType: New file")
    move = Operation(OperationKind.MOVE, "src/store.py", "SRC/STORE.py")
    assert KNOWN.corrected(edit).path == "src/Store.py"
    assert KNOWN.corrected(new) is new
    moved = KNOWN.corrected(move)
    assert (moved.path, moved.destination) == ("src/Store.py", "SRC/STORE.py")
