import pytest

from execution.logic.new_files import only_shows_changes, unwrapped
from execution.logic.reply_grammar import Operation, OperationKind


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        pytest.param("a.py", "```python\nx = 1\n```\n", "x = 1\n", id="fence around code"),
        pytest.param("a.py", "\n```\n\nx = 1\n\n```\n\n", "\nx = 1\n\n", id="with blank lines"),
        pytest.param("a.py", "~~~py\nx = 1\n~~~", "x = 1\n", id="tildes"),
        pytest.param("a.py", "````c++\n```\nx\n```\n````\n", "```\nx\n```\n", id="longer fence"),
        pytest.param("a.py", "```python\n```\n", "", id="nothing in it"),
        pytest.param("a.md", "```md\nA\n\n```\nx\n```\n```\n", "A\n\n```\nx\n```\n", id="prose"),
        pytest.param("a.md", "```sh\nls\n```\n", None, id="prose that is a sample"),
        pytest.param("a.md", "```\nls\n```\n", None, id="prose in a fence without language"),
        pytest.param("a.md", "```\nls\n```\n\nText\n\n```\nls\n```\n", None, id="two samples"),
        pytest.param("a.py", '"""\n```\nx\n```\n"""\n', None, id="fence in a docstring"),
        pytest.param("a.py", "```python\nx = 1\n", None, id="never closed"),
        pytest.param("a.py", "```python\nx\n```\ny\n```\n", None, id="three fences"),
        pytest.param("a.py", "```\n", None, id="one line"),
        pytest.param("a.py", "", None, id="empty"),
    ],
)
def test_a_fence_around_the_content(path: str, content: str, expected: str | None) -> None:
    assert unwrapped(content, path) == (content if expected is None else expected)


@pytest.mark.parametrize(
    ("content", "description", "expected"),
    [
        ("# ... existing code ...\nx = 1\n", "Type: add", True),
        ("x = 1\n# Plandex: removed code\n", "", True),
        ("x = 1\n", "Type: add", False),
        ("# ... existing code ...\n", "**Creating**\nType: New file\n", False),
    ],
)
def test_content_that_only_shows_changes(content: str, description: str, expected: bool) -> None:
    operation = Operation(OperationKind.FILE, "a.py", content=content, description=description)
    assert only_shows_changes(operation) is expected
