"""Somebody's desk: a home folder with the CLI's files, a project, and the CLI itself."""

import base64
import json
import os
import subprocess
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.cli.terminal import CLEAR_LINE, DOWN, ENTER, Terminal

ROLES = {
    "planner": "planner",
    "architect": "architect",
    "coder": "coder",
    "summarizer": "summarizer",
    "builder": "builder",
    "wholeFileBuilder": "whole-file-builder",
    "names": "names",
    "commitMessages": "commit-messages",
    "autoContinue": "auto-continue",
}
PACK = "scripted"
SCHEMA = "https://plandex.ai/schemas/models-input.schema.json"
# The name under which the CLI's tokenizer looks for the file it would download.
RANKS = "fb374d419588a4632f3f557e76b4b70aebbca790"


@dataclass(frozen=True, slots=True)
class Shown:
    """A command that has ended."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Desk:
    home: Path
    project: Path
    binary: str

    def env(self) -> dict[str, str]:
        tools = self.home / "bin"
        return {
            "HOME": str(self.home),
            "PATH": f"{tools}:{os.environ['PATH']}",
            "SHELL": "/bin/bash",
            # With these the CLI asks its terminal for no colours and opens no pager.
            "TERM": "screen-256color",
            "LANG": "C.UTF-8",
            "PLANDEX_SKIP_UPGRADE": "1",
            "PLANDEX_DISABLE_SUGGESTIONS": "1",
            "TIKTOKEN_CACHE_DIR": str(_cache(self.home)),
            **{f"GIT_{who}_NAME": "Somebody" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "somebody@example.com" for who in ("AUTHOR", "COMMITTER")},
        }

    def open(self, *args: str) -> Terminal:
        """Starts a command in a terminal of its own."""
        return Terminal([self.binary, *args], cwd=self.project, env=self.env())

    def run(self, *args: str) -> Shown:
        """A command that asks nothing, to its end; it has to succeed."""
        with self.open(*args) as terminal:
            return _success(terminal, args)

    def pipe(self, text: str, *args: str) -> Shown:
        """The same, with a text on its standard input."""
        script = 'printf %s "$1" | "$0" "${@:2}"'
        command = ["bash", "-c", script, self.binary, text, *args]
        with Terminal(command, cwd=self.project, env=self.env()) as terminal:
            return _success(terminal, args)

    def fail(self, *args: str) -> str:
        """A command that has to be refused; what it shows."""
        with self.open(*args) as terminal:
            assert terminal.end() == 1, terminal.text
            return terminal.text

    def apply(self) -> Shown:
        """Writes the pending changes to the disk, runs their commands, commits nothing."""
        return self.run("apply", "--auto-exec", "--skip-commit")

    def write(self, path: str, text: str) -> None:
        file = self.project / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def read(self, path: str) -> str:
        return (self.project / path).read_text()

    def files(self) -> set[str]:
        """The project's files, without those of git and the CLI."""
        paths = (path.relative_to(self.project) for path in self.project.rglob("*"))
        return {
            str(path)
            for path in paths
            if (self.project / path).is_file() and not path.parts[0].startswith(".")
        }

    def git(self, *args: str) -> str:
        done = subprocess.run(
            ["git", *args], cwd=self.project, env=self.env(), capture_output=True, check=True
        )
        return done.stdout.decode()


def _success(terminal: Terminal, args: Sequence[str]) -> Shown:
    shown = Shown(terminal.end(), terminal.text)
    assert shown.code == 0, f"plandex {' '.join(args)}: exit code {shown.code}\n{shown.text}"
    return shown


def _cache(home: Path) -> Path:
    return home / ".plandex-home-v2" / "cache"


def home_make(home: Path, ranks: bytes) -> None:
    """A home folder in which the CLI needs no network and no pager."""
    tools = home / "bin"
    tools.mkdir(parents=True)
    for pager in ("less", "more"):
        (tools / pager).write_text("#!/bin/sh\nexec cat\n")
        (tools / pager).chmod(0o755)
    _cache(home).mkdir(parents=True)
    (_cache(home) / RANKS).write_bytes(ranks)


@cache
def ranks_make() -> bytes:
    """The o200k ranks in the file format of the CLI's tokenizer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of how the package opens its data
        import bpe_openai
    encoding = bpe_openai.get_encoding("o200k_base")
    first_special = encoding.eot_token - 1
    tokens = (encoding.decode_single_token_bytes(rank) for rank in range(first_special))
    return b"".join(base64.b64encode(token) + b" %d\n" % rank for rank, token in enumerate(tokens))


def desk_make(folder: Path, server_url: str, models_url: str) -> Desk:
    """The desk of somebody who has signed in and has a pack of scripted models."""
    desk = Desk(folder / "home", folder / "project", os.environ["PLANDEX_CLI"])
    desk.project.mkdir()
    home_make(desk.home, ranks_make())
    sign_in(desk, server_url)
    models_save(desk, models_url)
    desk.run("set-config", "default", "auto-load-context", "false")
    desk.run("set-config", "default", "skip-changes-menu", "true")
    return desk


def sign_in(desk: Desk, url: str) -> None:
    """As the README says it, but for the address."""
    with desk.open("sign-in") as terminal:
        terminal.until("Use Plandex Cloud or another host?")
        terminal.press(DOWN + ENTER)
        terminal.until("Host:")
        terminal.press(CLEAR_LINE + url + ENTER)
        terminal.until("Signed in as")
        assert terminal.end() == 0


def models_save(desk: Desk, models_url: str) -> None:
    """Makes a pack of scripted models and chooses it for all plans."""
    path = desk.home / "models.json"
    path.write_text(json.dumps(_models(models_url)))
    shown = desk.run("models", "custom", "--save", "--file", str(path))
    assert f"model pack → {PACK}" in shown.text
    desk.run("set-model", "default", PACK)


def _models(url: str) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "providers": [{"name": "scripted", "baseUrl": url, "skipAuth": True}],
        "models": [_model(role) for role in ROLES.values()],
        "modelPacks": [
            {
                "name": PACK,
                "description": "Models that answer from a script",
                **{key: f"scripted/{role}" for key, role in ROLES.items()},
            }
        ],
    }


def _model(role: str) -> dict[str, Any]:
    return {
        "modelId": f"scripted/{role}",
        "publisher": "scripted",
        "description": role,
        "defaultMaxConvoTokens": 75_000,
        "maxTokens": 200_000,
        "maxOutputTokens": 64_000,
        "reservedOutputTokens": 8_000,
        "preferredOutputFormat": "xml",
        "providers": [
            {"provider": "custom", "customProvider": "scripted", "modelName": f"test-{role}"}
        ],
    }
