"""How people come into a server for a team: their mails, and what the CLI asks them."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.cli.desk import Desk
from tests.cli.terminal import DOWN, ENTER, LOOK_AGAIN_S, PATIENCE_S, Terminal

Mails = Callable[[], str]
"""All that the server has printed so far, which without a mail server includes the mails."""


@contextmanager
def sign_up(desk: Desk, url: str, mails: Mails, email: str) -> Iterator[Terminal]:
    """The CLI at the first question after the PIN of a new account on another host."""
    with desk.open("sign-in") as terminal:
        _prove(terminal, url, mails, email)
        yield terminal


@contextmanager
def another_account(desk: Desk, url: str, mails: Mails, email: str) -> Iterator[Terminal]:
    """The same on a desk that has an account."""
    with desk.open("sign-in") as terminal:
        terminal.until("Select an account:")
        terminal.press(DOWN + ENTER)
        _prove(terminal, url, mails, email)
        yield terminal


def new_account(terminal: Terminal, name: str) -> None:
    terminal.until("Your name:")
    terminal.press(name + ENTER)


def org_new(terminal: Terminal, name: str) -> None:
    """An org that is open to nobody."""
    terminal.until("Create a new org now?")
    terminal.press("y")
    terminal.until("Org name:")
    terminal.press(name + ENTER)
    terminal.until("Enable auto-join")
    terminal.press("n")
    terminal.until("Signed in as")


def switch_account(desk: Desk, name: str) -> None:
    """To the first account in the list."""
    with desk.open("sign-in") as terminal:
        terminal.until("Select an account:")
        terminal.press(ENTER)
        terminal.until(f"Signed in as <{name}>")
        assert terminal.end() == 0


def _prove(terminal: Terminal, url: str, mails: Mails, email: str) -> None:
    terminal.until("Use Plandex Cloud or another host?")
    terminal.press(DOWN + DOWN + ENTER)
    terminal.until("Host:")
    terminal.press(url + ENTER)
    terminal.until("Your email:")
    before = mails()
    terminal.press(email + ENTER)
    terminal.until("Please enter your pin:")
    terminal.press(_pin(mails, before) + ENTER)


def _pin(mails: Mails, before: str) -> str:
    """The PIN of the mail that came after `before` was all there was."""
    for _ in range(round(PATIENCE_S / LOOK_AGAIN_S)):
        found = re.search(r"PIN is (\w{6})", mails()[len(before) :])
        if found:
            return found[1]
        threading.Event().wait(LOOK_AGAIN_S)
    raise AssertionError(f"no PIN was mailed: {mails()[-2000:]}")
