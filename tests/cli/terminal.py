"""A program in a terminal of its own: what it shows, and the keys that somebody presses there."""

import codecs
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

PATIENCE_S = 40.0
"""What never comes is noticed after this time."""
LOOK_AGAIN_S = 0.01
STILL_S = 0.3
ROWS, COLUMNS = 60, 160
DOWN, ENTER, CLEAR_LINE = "\x1b[B", "\r", "\x15"

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]|\x1b\][^\x07]*\x07|\r")


class Terminal:
    """Starts the program. `until` goes through the output, each call from where the last ended."""

    def __init__(self, command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> None:
        self._master, slave = pty.openpty()
        size = struct.pack("HHHH", ROWS, COLUMNS, 0, 0)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
        # setsid gives the program this terminal as its own, so that /dev/tty is this one.
        self._process = subprocess.Popen(
            ["setsid", "--ctty", *command],
            cwd=cwd,
            env=env,
            stdin=slave,
            stdout=slave,
            stderr=slave,
        )
        os.close(slave)
        self._raw = ""
        self._seen = 0
        self._over = False
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join(PATIENCE_S)
        os.close(self._master)

    @property
    def text(self) -> str:
        """Everything shown so far, without the control sequences."""
        return _CONTROL.sub("", self._raw)

    def until(self, words: str) -> None:
        """Waits until the words are shown."""

        def found() -> bool:
            return words in self.text[self._seen :] or self._over

        with self._news:
            in_time = self._news.wait_for(found, PATIENCE_S)
            start = self.text.find(words, self._seen)
            why = "it ended" if self._over else "it shows"
            assert in_time and start >= 0, f"{words!r} did not come, {why}: {self.text[-3000:]}"
            self._seen = start + len(words)

    def rest(self) -> None:
        """Waits until nothing new is shown for a moment, as a person does who reads a menu before
        choosing: the CLI drops keys that come while it still draws one."""
        with self._news:
            for _ in range(round(PATIENCE_S / STILL_S)):
                if not self._news.wait(STILL_S):
                    return

    def press(self, keys: str) -> None:
        """Presses keys as soon as the program listens to single keys: earlier ones get lost."""
        for _ in range(round(PATIENCE_S / LOOK_AGAIN_S)):
            local_modes = termios.tcgetattr(self._master)[3]
            if not local_modes & termios.ICANON:
                break
            threading.Event().wait(LOOK_AGAIN_S)
        os.write(self._master, keys.encode())

    def end(self, seconds: float = PATIENCE_S) -> int:
        """Waits for the program's end; its exit code."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it did not end, it shows: {self.text[-3000:]}") from None
        self._reader.join(PATIENCE_S)
        return code

    def _read(self) -> None:
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        while True:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # what Linux says when no program has the terminal any more
                data = b""
            with self._news:
                self._raw += decode(data)
                self._over = not data
                self._news.notify_all()
            if not data:
                return
