"""Diffs against those of git itself, on files made at random."""

import json
import os
import random
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from execution.logic.git_diff import git_diff

# What git printed for the first seeds, for machines without it; bytes as Latin-1.
STORED = Path(__file__).parents[2] / "data" / "git_diffs.json"
GIT = shutil.which("git")
SEEDS = range(40 if GIT else 8)
LINES = [
    "def f(x):",
    "    return x",
    "",
    "}",
    "  a = 1",
    "\tb = 2",
    "class A:",
    "x" * 90,
    " \tz ",
    "naïve é 🪙",
    "foo \t",
    "int main(void) {",
    "\r",
    "$var",
    "é start",
    "@@ -1 +1 @@",
    "--- a",
    "+++ b",
    "diff --git a/x b/x",
    "   ",
]
PATHS = [
    "a.py",
    "b.py",
    "dir/a.py",
    "dir/b.py",
    "dir2/a.py",
    "sp ace.txt",
    "naïve.txt",
    'q"uote',
    "tab\tname",
    "back\\slash",
    "_apply.sh",
    "x/y/z.go",
    "a.b",
]
Files = dict[str, str]


def git(folder: Path, *arguments: str) -> bytes:
    """Git without the settings of whoever runs the tests."""
    assert GIT is not None
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    who = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    command = [GIT, *who, *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, check=True, capture_output=True
    ).stdout


def git_says(folder: Path, old: Files, new: Files) -> tuple[bytes, bytes]:
    """The diff without and with colours."""
    folder.mkdir()
    git(folder, "init", "-q", ".")
    write(folder, old)
    git(folder, "add", "-f", ".")
    git(folder, "commit", "-q", "--allow-empty", "-m", "old")
    for path in old:
        (folder / path).unlink()
    write(folder, new)
    git(folder, "add", "-f", "-A", ".")
    plain = git(folder, "diff", "--cached", "--color=never")
    return plain, git(folder, "diff", "--cached", "--color=always")


def write(folder: Path, files: Files) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())


def random_text(chance: random.Random) -> str:
    lines = [
        chance.choice(LINES) + (str(chance.randrange(30)) if chance.random() < 0.4 else "")
        for _ in range(chance.randrange(40))
    ]
    text = "\n".join(lines)
    if text and chance.random() < 0.8:
        text += "\n"
    if chance.random() < 0.05:
        text = text.replace("\n", "\r\n")
    if chance.random() < 0.1:
        text += "\n" * chance.randint(1, 3)
    return f"a\0b{text}" if chance.random() < 0.03 else text


def random_edit(chance: random.Random, text: str) -> str:
    lines = text.split("\n")
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(lines) + 1)
        if chance.random() < 0.4:
            lines[at:at] = chance.choices(LINES, k=chance.randint(1, 4))
        elif chance.random() < 0.6:
            del lines[at : at + chance.randint(1, 3)]
        elif at < len(lines):
            lines[at] = chance.choice(LINES)
    return "\n".join(lines)


def random_files(chance: random.Random) -> tuple[Files, Files]:
    old: Files = {}
    new: Files = {}
    paths = chance.sample(PATHS, chance.randint(1, 9))
    free = [path for path in PATHS if path not in paths]
    for path in paths:
        text, kind = random_text(chance), chance.random()
        if kind < 0.25:
            new[path] = text
            continue
        old[path] = text
        if kind > 0.8 and free:
            target = free.pop(chance.randrange(len(free)))
            new[target] = text if chance.random() < 0.4 else random_edit(chance, text)
        elif kind > 0.45:
            new[path] = random_edit(chance, text)
    if old.keys() - new.keys() and new.keys() - old.keys():
        # Before 2.44 git left a last line without its end out when it measured likeness.
        old = {path: ended(text) for path, text in old.items()}
        new = {path: ended(text) for path, text in new.items()}
    return old, new


def ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_what_git_prints(seed: int, tmp_path: Path) -> None:
    old, new = random_files(random.Random(seed))
    if GIT is None:
        stored = json.loads(STORED.read_text())[seed]
        plain, coloured = (text.encode("latin-1") for text in stored)
    else:
        plain, coloured = git_says(tmp_path / "repository", old, new)
    assert git_diff(old, new) == plain
    assert git_diff(old, new, colour=True) == coloured


def test_nothing() -> None:
    assert git_diff({}, {}) == b""
    assert git_diff({"a": "x\n"}, {"a": "x\n"}, colour=True) == b""


MOVED = "".join(f"line {number} of this file\n" for number in range(20))


def test_a_file_that_is_moved_and_edited() -> None:
    new = MOVED.replace("line 5 ", "line five ")
    assert git_diff({"a/old.txt": MOVED}, {"b/new.txt": new}).decode() == (
        "diff --git a/a/old.txt b/b/new.txt\n"
        "similarity index 94%\n"
        "rename from a/old.txt\n"
        "rename to b/new.txt\n"
        "index 64aa167..3ebc602 100644\n"
        "--- a/a/old.txt\n"
        "+++ b/b/new.txt\n"
        "@@ -3,7 +3,7 @@ line 1 of this file\n"
        " line 2 of this file\n"
        " line 3 of this file\n"
        " line 4 of this file\n"
        "-line 5 of this file\n"
        "+line five of this file\n"
        " line 6 of this file\n"
        " line 7 of this file\n"
        " line 8 of this file\n"
    )


def test_a_file_that_is_only_moved() -> None:
    assert git_diff({"a b.txt": MOVED}, {"ü.txt": MOVED}).decode() == (
        'diff --git a/a b.txt "b/\\303\\274.txt"\n'
        "similarity index 100%\n"
        "rename from a b.txt\n"
        'rename to "\\303\\274.txt"\n'
    )


def sides(text: bytes) -> Mapping[str, int]:
    lines = text.decode().split("\n")
    return {
        "+": sum(line[:1] == "+" for line in lines),
        "-": sum(line[:1] == "-" for line in lines),
    }


def test_large_files_are_paired_too() -> None:
    old = {f"old/{number}.txt": f"{number}\n" * 9000 + MOVED for number in range(10, 16)}
    new = {path.replace("old", "new"): text + "more\n" for path, text in old.items()}
    diff = git_diff(old, new)
    assert diff.count(b"rename from ") == 6
    assert sides(diff) == {"+": 12, "-": 6}
