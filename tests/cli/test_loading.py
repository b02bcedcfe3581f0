"""Everything that can be loaded into a plan's context, and how it goes again."""

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.cli.desk import Desk
from tests.cli.model_server import ModelServer

pytestmark = pytest.mark.cli
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/page" else 404)
        self.end_headers()
        self.wfile.write(b"<html><body><p>Words of a page</p></body></html>")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def web() -> Iterator[str]:
    """A site with one page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def planned(desk: Desk) -> Desk:
    desk.write("main.go", "package main\n\nfunc main() {}\n")
    desk.write("src/deep/one.py", "def one():\n    return 1\n")
    desk.write("src/two words.py", "two = 2\n")
    desk.write("größe.md", "# Größe\n")
    desk.write(".plandexignore", "huge.txt\n")
    desk.write("huge.txt", "huge\n")
    desk.run("new", "--name", "loading")
    return desk


def test_files_and_folders(planned: Desk, models: ModelServer) -> None:
    assert "recursive" in planned.fail("load", "src").lower()
    planned.run("load", "src", "--recursive")
    planned.run("load", "größe.md", "main.go")
    assert "already in context" in planned.run("load", "main.go").text
    listed = planned.run("ls").text
    for name in ("src/deep/one.py", "src/two words.py", "größe.md", "main.go"):
        assert name in listed
    assert "func main() {}" in planned.run("show", "main.go").text
    planned.run("chat", "What is there?")
    assert "return 1" in models.asked.of("planner")[0]


def test_an_ignored_file_only_when_forced(planned: Desk) -> None:
    assert "ignored" in planned.run("load", "huge.txt").text
    assert "Loaded 1 file" in planned.run("load", "huge.txt", "--force").text


def test_trees_maps_notes_pipes_and_pages(planned: Desk, models: ModelServer, web: str) -> None:
    planned.run("load", ".", "--tree")
    planned.run("load", ".", "--map")
    planned.run("load", "--note", "Words of a note")
    planned.pipe("Words of a pipe", "load")
    planned.run("load", f"{web}/page")
    planned.fail("load", f"{web}/missing")
    listed = planned.run("ls").text
    for kind in ("tree", "map", "note", "piped", "url"):
        assert f"| {kind} " in listed
    planned.run("chat", "What is there?")
    prompt = models.asked.of("planner")[0]
    for words in ("Words of a note", "Words of a pipe", "Words of a page", "func main()"):
        assert words in prompt
    assert "huge.txt" not in prompt


def test_an_image_needs_a_model_that_sees(planned: Desk) -> None:
    (planned.project / "pixel.gif").write_bytes(PIXEL)
    assert "image" in planned.fail("load", "pixel.gif")


def test_contexts_are_removed(planned: Desk) -> None:
    planned.run("load", "main.go", "größe.md")
    planned.run("load", "src", "--recursive")
    planned.run("load", "--note", "A note")
    planned.run("rm", "src/*.py")
    assert "src/two words.py" not in planned.run("ls").text
    planned.run("rm", "1-3")
    listed = planned.run("ls").text
    assert "src/deep/one.py" not in listed and "a-note" in listed
    planned.run("clear")
    assert "No context" in planned.run("ls").text
