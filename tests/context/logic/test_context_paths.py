import pytest

from context.logic.context_paths import check_context_path
from context.logic.items import ContextType
from plans.logic.paths import UnsafePath


@pytest.mark.parametrize("path", ["a.py", "src/a.py", "a b/c.txt", "漢字.md"])
@pytest.mark.parametrize("kind", [ContextType.FILE, ContextType.IMAGE])
def test_files_of_the_project(kind: ContextType, path: str) -> None:
    check_context_path(kind, path)


@pytest.mark.parametrize(
    "path", ["", "../a.py", "..", "src/../../a", "/etc/passwd", "C:/a", "a\0b", ".git/config"]
)
@pytest.mark.parametrize("kind", [ContextType.FILE, ContextType.IMAGE])
def test_other_files_are_refused(kind: ContextType, path: str) -> None:
    with pytest.raises(UnsafePath):
        check_context_path(kind, path)


@pytest.mark.parametrize(
    "path", [".", "..", "../..", "./", "../", "../lib", "./src/", "src", "src/", "src/a.py"]
)
@pytest.mark.parametrize("kind", [ContextType.MAP, ContextType.DIRECTORY_TREE])
def test_directories_may_be_above_the_project(kind: ContextType, path: str) -> None:
    check_context_path(kind, path)


@pytest.mark.parametrize("path", ["/", "/etc", "src/../..", "C:/", "a\0b", "../\0", ".git"])
@pytest.mark.parametrize("kind", [ContextType.MAP, ContextType.DIRECTORY_TREE])
def test_other_directories_are_refused(kind: ContextType, path: str) -> None:
    with pytest.raises(UnsafePath):
        check_context_path(kind, path)


@pytest.mark.parametrize("kind", [ContextType.NOTE, ContextType.PIPED_DATA, ContextType.URL])
def test_other_types_have_no_path(kind: ContextType) -> None:
    check_context_path(kind, "")
