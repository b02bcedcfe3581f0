"""The admin in a real browser, against a live server with a small team on it. These tests run when
PLANDEX_CHROMIUM names the browser's binary; PLANDEX_SCREENSHOTS=1 makes the docs' pictures anew."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser.demo import PASSWORD
from tests.cli.server import CLUSTER, ROOT, LiveServer

IMAGES = ROOT / "docs" / "images"
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SignIn = Callable[[str], Page]
Picture = Callable[[Page, str], None]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves these tests out, instead of skipping them, where there is no browser."""
    if os.environ.get("PLANDEX_CHROMIUM"):
        return
    left_out = [item for item in items if item.get_closest_marker("browser")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    folder = tmp_path_factory.mktemp("admin")
    env = {name: value for name, value in os.environ.items() if name not in CLUSTER}
    env |= {"PLANDEX_DATA_DIR": str(folder / "data"), "LOCAL_MODE": "0"}
    _demo(env)
    live = LiveServer(folder, LOCAL_MODE="0")
    _demo(env, "active")  # a run that was active at the start would have been ended by it
    yield live
    live.close()


def _demo(env: dict[str, str], *what: str) -> None:
    command = [sys.executable, "-m", "tests.browser.demo", *what]
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        binary = os.environ["PLANDEX_CHROMIUM"]
        browser = playwright.chromium.launch(executable_path=binary, args=list(_QUIET))
        yield browser
        browser.close()


@pytest.fixture
def sign_in(server: LiveServer, browser: Browser) -> Iterator[SignIn]:
    """Signs somebody in, in a window of their own; what the pages complain of fails the test."""
    complaints: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def enter(email: str) -> Page:
        context = browser.new_context(
            viewport={"width": 1280, "height": 860}, base_url=server.url, color_scheme="light"
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/admin/")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/admin/**")
        return page

    yield enter
    for context in browser.contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def picture() -> Picture:
    """Keeps what a page shows for the docs, when asked to."""

    def keep(page: Page, name: str) -> None:
        if os.environ.get("PLANDEX_SCREENSHOTS"):
            IMAGES.mkdir(exist_ok=True)
            page.mouse.move(0, 0)
            page.screenshot(path=Path(IMAGES / f"{name}.png"), animations="disabled")

    return keep
